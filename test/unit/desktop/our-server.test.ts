import { expect, test } from 'vitest';
import type { FoundServer, Launch } from '../../../app/clients/index.ts';
import { ourServer } from '../../../app/desktop/clients-window/clients-reader.ts';
import type { ServerSetting } from '../../../app/settings/index.ts';

const server = (name: string, title?: string): ServerSetting => ({
  name,
  ...(title === undefined ? {} : { title }),
  command: 'c',
  args: [],
  env: {},
  cwd: null,
  era: 'auto',
  spare: true,
});

const leadingTo = (launch: Launch): FoundServer => ({
  key: { holder: ['mcpServers'], name: 'x' },
  entry: { name: 'x', path: ['mcpServers', 'x'], project: null, enabled: true, launch, outside: null },
  mode: 'run',
  label: null,
  patch: null,
  isStale: false,
});

test('an entry leads to a server by its name or its title, encoded or not', () => {
  const servers = [server('天氣'), server('my-nas', 'My NAS'), server('my-nas-2')];
  const at = (path: string) =>
    ourServer(leadingTo({ kind: 'address', url: `http://127.0.0.1:28080${path}` }), {
      servers,
      defaultServer: 'my-nas-2',
    });
  const by = (...args: string[]) =>
    ourServer(leadingTo({ kind: 'program', command: 'mcp-gangway', args, env: {}, cwd: null }), {
      servers,
      defaultServer: null,
    });
  expect(['/servers/%E5%A4%A9%E6%B0%A3/mcp', '/servers/天氣/mcp', '/servers/My%20NAS/mcp', '/mcp'].map(at)).toEqual([
    '天氣',
    '天氣',
    'my-nas',
    'my-nas-2',
  ]);
  expect([by('connect', 'My NAS'), by('connect', 'my-nas-2'), by('connect', 'gone')]).toEqual([
    'my-nas',
    'my-nas-2',
    'gone',
  ]);
});
