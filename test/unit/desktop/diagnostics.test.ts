import { describe, expect, it } from 'vitest';
import { diagnosticsText, LINES_IN_DIAGNOSTICS } from '../../../app/desktop/diagnostics.ts';
import { shownServers } from '../../../app/desktop/state-publisher.ts';
import { appTextIn } from '../../../app/i18n/app.ts';
import { LogEntry } from '../../../app/log/index.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../app/settings/index.ts';
import { appState, tunnel } from '../../support/app-state.ts';

const SECRETS = {
  token: 'token-of-this-gateway-0123456789',
  password: 'p4ssw0rd-of-upstream',
  environment: 'value-of-a-plain-variable',
  key: 'value-of-a-secret-variable',
  option: 'value-of-a-secret-option',
} as const;

const settings: Settings = {
  ...DEFAULT_SETTINGS,
  token: SECRETS.token,
  upstream: `http://someone:${SECRETS.password}@proxy.corp:3128`,
  servers: [
    {
      name: 'files',
      command: 'npx',
      args: ['-y', 'mcp-files', '--api-token', SECRETS.option],
      env: { REGION: SECRETS.environment, API_KEY: SECRETS.key },
      cwd: '/home/someone/files',
      era: 'auto',
      spare: false,
    },
  ],
};

function text(entries: readonly LogEntry[] = [], language: 'en' | 'zh-Hant' = 'en'): string {
  const problem = {
    id: 'x',
    weight: 'note',
    at: 0,
    sentence: `It said ${SECRETS.environment}`,
    hint: '',
    fix: null,
  } as const;
  const state = appState({ servers: shownServers(settings), problem, tunnels: [tunnel(1)] });
  return diagnosticsText({ now: 0, machine: { platform: 'darwin' }, settings, state, entries }, appTextIn(language));
}

describe('The diagnostics', () => {
  it('hold what helps: machine, settings, state and the end of the log', () => {
    const found = text([new LogEntry(0, 'warn', 'server:files', 'The disk is slow', {})]);
    for (const part of [
      '1970-01-01',
      '"platform": "darwin"',
      '"port": 28080',
      'mcp-files',
      'nas.lan',
      '/home/someone/files',
    ])
      expect(found).toContain(part);
    expect(found).toContain('[WARN] The disk is slow  server:files');
    expect(found).toContain('"API_KEY": "[redacted]"');
    expect(found).toContain('proxy.corp:3128');
  });

  it('hold no token, no password and no value of an environment, wherever it stands', () => {
    const found = text([
      new LogEntry(0, 'info', 'server:files', `${Object.values(SECRETS).join(' ')}`, { region: SECRETS.environment }),
    ]);
    // The option's value is known by the option before it, which is not there in the line above.
    const known = Object.entries(SECRETS).filter(([name]) => name !== 'option');
    for (const [name, secret] of known) expect(found, name).not.toContain(secret);
    expect(text()).not.toContain(SECRETS.option);
  });

  it('keep to the last lines of the log', () => {
    const entries = Array.from({ length: 2500 }, (_, at) => new LogEntry(at, 'info', '', `line ${at}.`, {}));
    const found = text(entries, 'zh-Hant');
    expect(found).toContain('最後 2000 行');
    expect(found).not.toContain(`line ${2500 - LINES_IN_DIAGNOSTICS - 1}.`);
    expect(found).toContain(`line ${2500 - LINES_IN_DIAGNOSTICS}.`);
    expect(found).toContain('line 2499.');
  });
});
