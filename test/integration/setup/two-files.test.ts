import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ClientSetup } from '../../../app/desktop/clients-window/client-setup.ts';
import { clientSetup } from '../../support/client-setup.ts';

describe('Two files of one client with a server of the same name', () => {
  it('go through Gangway under names of their own', async () => {
    const content = JSON.stringify({ mcp: { nas: { type: 'local', command: ['uvx', 'nas-mcp'] } } }, null, 2);
    const { setup, home } = clientSetup(content, { path: '.config/opencode/opencode.jsonc' });
    writeFileSync(home.file.replace(/c$/, ''), content);
    const labels: unknown[] = [];
    for (const at of [0, 1]) {
      const answer = await setup.plan(await nasOf(setup, at), 'through');
      if (answer.kind === 'refused') throw new Error(answer.trouble.sentence.en);
      labels.push(/http:\/\/(opencode\.[\w.-]+):/.exec(answer.preview.diff)?.[1]);
    }
    expect(labels).toEqual(['opencode.nas', expect.stringMatching(/^opencode\.nas-[0-9a-f]{6}$/)]);
  });
});

async function nasOf(setup: ClientSetup, at: number): Promise<string> {
  const content = (await setup.list())[at]?.content;
  const [nas] = content?.kind === 'servers' ? content.servers : [];
  if (nas === undefined) throw new Error(`There is no server in file ${at}`);
  return nas.id;
}
