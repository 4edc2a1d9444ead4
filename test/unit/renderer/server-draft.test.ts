import { describe, expect, it } from 'vitest';
import { appTextIn } from '../../../app/i18n/app.ts';
import type { ProgramSetting, RemoteSetting } from '../../../app/settings/settings.ts';
import { draftOf, readDraft } from '../../../renderer/settings/server-draft.ts';

const COMMON = {
  name: 'nas',
  title: 'My NAS',
  alias: 'n',
  era: 'dual',
  tools: { allow: ['read*'], deny: ['read_secret'] },
  prompts: { deny: ['*'] },
  resources: { allow: [] },
  changes: 'hold',
} as const;

describe('a server that is edited in the settings', () => {
  it('keeps everything that the form does not show, for a program', () => {
    const server: ProgramSetting = {
      ...COMMON,
      command: 'nas-mcp',
      args: ['--a b'],
      env: { A: '1' },
      cwd: '/x',
      spare: true,
    };
    expect(readDraft(draftOf(server, false), appTextIn('en'))).toEqual({ ok: true, server });
  });

  it('keeps everything that the form does not show, for a URL', () => {
    const server: RemoteSetting = {
      ...COMMON,
      url: 'https://nas.lan/mcp',
      transport: 'sse',
      headers: { 'X-Key': 'a' },
      oauth: { clientId: 'me' },
      tls: { ca: '/ca.pem' },
      lanCredentials: true,
    };
    expect(readDraft(draftOf(server, true), appTextIn('en'))).toEqual({ ok: true, server });
  });
});
