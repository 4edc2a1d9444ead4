import { describe, expect, it } from 'vitest';
import { announcement } from '../../../app/cli/announcement.ts';
import { textIn } from '../../../app/i18n/index.ts';
import { DEFAULT_SETTINGS, type ServerSetting, type Settings } from '../../../app/settings/settings.ts';

function announced(changes: Partial<Settings>): string {
  const settings = { ...DEFAULT_SETTINGS, ...changes };
  return announcement('1.2.3', [settings], settings, textIn('en'));
}

function server(name: string): ServerSetting {
  return { name, command: 'x', args: [], env: {}, cwd: null, era: 'auto', spare: false };
}

describe('the announcement', () => {
  it('has the variables to copy, each on a line of its own', () => {
    const lines = announced({ port: 9000 }).split('\n');
    expect(lines).toContain('  HTTP_PROXY=http://127.0.0.1:9000');
    expect(lines).toContain('  HTTPS_PROXY=http://127.0.0.1:9000');
    expect(lines).toContain('  NO_PROXY=localhost,127.0.0.1,::1');
    expect(lines).toContain('  NODE_USE_ENV_PROXY=1');
  });

  it('has the URLs of every server, short ones for the default', () => {
    const text = announced({ servers: [server('default'), server('notes')], defaultServer: 'default' });
    expect(text).toContain('  http://127.0.0.1:28080/mcp\n  http://127.0.0.1:28080/sse  (older clients)');
    expect(text).toContain('  http://127.0.0.1:28080/servers/notes/mcp\n');
  });

  it('has the one address of all servers where there are several, and that of each group', () => {
    const groups = [{ name: 'work', servers: ['notes'] }];
    const text = announced({ servers: [server('default'), server('notes')], defaultServer: 'default', groups });
    expect(text).toContain('  http://127.0.0.1:28080/all/mcp  (all of them as one server)\n');
    expect(text).toContain('  http://127.0.0.1:28080/groups/work/mcp  (the group work as one server)\n');
    expect(announced({ servers: [server('default')], defaultServer: 'default' })).not.toContain('/all/');
  });

  it('without servers says how to add one', () => expect(announced({})).toContain('--sse COMMAND'));

  it('never shows the token, and says where it goes', () => {
    const text = announced({ token: 'the-secret-token-of-mine' });
    expect(text).not.toContain('the-secret');
    expect(text).toContain('HTTP_PROXY=http://gangway:TOKEN@127.0.0.1:28080');
    expect(text).toContain('TOKEN stands for your token.');
  });

  it('open to other machines names an address that works here, and warns of a short token', () => {
    const text = announced({ host: '0.0.0.0', token: 'short' });
    expect(text).toContain('@127.0.0.1:28080');
    expect(text).toContain('The token is short.');
    expect(text).toContain('Other machines use the address of this one');
    expect(announced({ host: '::', token: 'x'.repeat(32) })).toContain('@[::1]:28080');
    expect(announced({ host: '::', token: 'x'.repeat(32) })).not.toContain('short');
    expect(announced({ host: '192.168.1.5', token: 'x'.repeat(32) })).toContain('@192.168.1.5:28080');
  });

  it('lists the forwards', () => {
    const forwards = [{ port: 5432, host: 'fd00::5', targetPort: 5433 }];
    expect(announced({ forwards })).toContain('127.0.0.1:5432 leads to [fd00::5]:5433.');
  });
});
