import { describe, expect, it } from 'vitest';
import { CLIENTS } from '../../../app/clients/index.ts';
import { planEntry } from '../../../app/clients/plan/plan.ts';
import { shownDiff } from '../../../app/desktop/clients-window/preview.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';

/** The changed lines that a person sees when an entry moves to Gangway. */
function shown(args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const client = CLIENTS.find(({ id }) => id === 'claude-desktop');
  if (client === undefined) throw new Error('no Claude Desktop');
  const entry = { command: 'uvx', args: ['nas-mcp', ...args], env };
  const bytes = Buffer.from(JSON.stringify({ mcpServers: { nas: entry } }, null, 2));
  const read = { client, file: 'config', fileIndex: 0, bytes, record: null, mode: null };
  const key = { holder: ['mcpServers'], name: 'nas' };
  const plan = planEntry(read, key, { kind: 'run', by: 'shim' }, '24.21.0', ENVIRONMENT);
  if (plan.kind !== 'change') throw new Error(JSON.stringify(plan));
  return shownDiff(plan, 28080, []);
}

describe('Changed lines of a client’s file', () => {
  it.each<[string[], string]>([
    [['-e', 'PW=blue-horse'], 'blue-horse'],
    [['--env=NAS_PW=horse'], 'horse'],
    [['-eDB_PASS=tiger'], 'tiger'],
    [['--header', 'Authorization: blue horse'], 'blue horse'],
    [['-H', 'Authorization:bluehorse'], 'bluehorse'],
    [['--header', 'Cookie: id=bluehorse'], 'bluehorse'],
    [['--header=X-Api-Key: bluehorse'], 'bluehorse'],
    [['http://ann:tiger@nas.lan/x'], 'tiger'],
    [['--url=http://ann:tiger@nas.lan/x'], 'tiger'],
    [['--dsn', 'postgres://ann:tiger@nas.lan,b.lan/x'], 'tiger'],
    [['redis://:tiger@nas.lan'], 'tiger'],
    [['--pat', 'bluehorse'], 'bluehorse'],
    [['--pat=blue-horse'], 'blue-horse'],
    [['--auth', 'ann:tiger'], 'tiger'],
    [['--auth', 'bluehorse7'], 'bluehorse7'],
    [['--bearer', 'bluehorse'], 'bluehorse'],
    [['--cookie', 'bluehorse'], 'bluehorse'],
    [['--cookie=sid=bluehorse'], 'bluehorse'],
    [['--password', 'tiger'], 'tiger'],
    [['--token', 'blue-horse'], 'blue-horse'],
  ])('show no secret by its place: %j', (args, secret) => {
    expect(shown(args)).not.toContain(secret);
  });

  it('write out what hides or turns around what a file of a project runs', () => {
    const lines = shown(['\u202eyas', 'a\u{e0152}\u3164b'], { MODE: '\u200bfast' });
    expect(lines).toContain(String.raw`"\u{202e}yas"`);
    expect(lines).toContain(String.raw`"a\u{e0152}\u{3164}b"`);
    expect(lines).toContain(String.raw`"\u{200b}fast"`);
  });

  it('show no secret of a variable with a short name', () => {
    expect(shown([], { PW: 'blue-horse', NAS_PAT: 'horse' })).not.toMatch(/blue-horse|"horse/);
  });

  it.each<[string[]]>([
    [['--auth', 'none']],
    [['--auth', 'oauth2']],
    [['--auth=basic']],
    [['--bearer', 'true']],
    [['--cookie', '/etc/cookies.txt']],
    [['--token', '${input:token}']],
    [['--pat', '$NAS_PAT']],
    [['--url', 'http://nas.lan:8123/api']],
    [['--header', 'Accept-Language: de']],
    [['-e', 'MODE=fast']],
    [['--path', 'photos']],
    [['--pattern', 'bluehorse']],
    [['git@nas.lan:photos']],
  ])('show what is ordinary: %j', (args) => {
    const lines = shown(args);
    for (const word of args) expect(lines).toContain(word);
  });
});
