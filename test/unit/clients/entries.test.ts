import { describe, expect, it } from 'vitest';
import { readEntries } from '../../../app/clients/entry/entry.ts';
import { movedServer } from '../../../app/clients/entry/moved-server.ts';
import { CLIENTS, type ClientId, type DesiredMode, type Program, refusalSentence } from '../../../app/clients/index.ts';
import type { ReadFile } from '../../../app/clients/plan/ground.ts';
import { planEntry } from '../../../app/clients/plan/plan.ts';
import { filesOf, furtherFilesOf, shownFile } from '../../../app/clients/table/client.ts';
import { appTextIn } from '../../../app/i18n/app.ts';
import type { ServerSetting } from '../../../app/settings/settings.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';

function clientOf(id: ClientId) {
  const client = CLIENTS.find((each) => each.id === id);
  if (client === undefined) throw new Error(id);
  return client;
}

/** As it stands in a file. */
function reference(name: string): string {
  return `\${${name}}`;
}

describe('Where clients’ files are', () => {
  it('follows the system and the folders that its variables move', () => {
    const zed = clientOf('zed');
    expect(filesOf(zed, { folder: '/Users/a', platform: 'darwin', env: {} })).toEqual([
      '/Users/a/.config/zed/settings.json',
    ]);
    expect(filesOf(zed, { folder: '/home/a', platform: 'linux', env: { XDG_CONFIG_HOME: '/cfg' } })).toEqual([
      '/cfg/zed/settings.json',
    ]);
    expect(filesOf(zed, { folder: '/home/a', platform: 'freebsd', env: {} })).toEqual([
      '/home/a/.config/zed/settings.json',
    ]);
    expect(filesOf(zed, { folder: 'C:\\Users\\a', platform: 'win32', env: {} })).toEqual([
      'C:\\Users\\a\\AppData\\Roaming\\Zed\\settings.json',
    ]);
    expect(shownFile(clientOf('cursor'), 'win32')).toBe('%USERPROFILE%\\.cursor\\mcp.json');
    expect(shownFile(clientOf('goose'), 'linux')).toBe('~/.config/goose/config.yaml');
  });

  it('follows the variable that a client has for its folder, and no relative one', () => {
    const home = { folder: '/Users/a', platform: 'darwin' } as const;
    const codex = (env: NodeJS.ProcessEnv) => filesOf(clientOf('codex'), { ...home, env });
    expect(codex({ CODEX_HOME: '/opt/codex' })).toEqual(['/opt/codex/config.toml']);
    expect(codex({ CODEX_HOME: 'here' })).toEqual(['/Users/a/.codex/config.toml']);
    expect(codex({ CODEX_HOME: '' })).toEqual(['/Users/a/.codex/config.toml']);
    expect(filesOf(clientOf('claude-code'), { ...home, env: { CLAUDE_CONFIG_DIR: '/c' } })).toEqual([
      '/c/.claude.json',
    ]);
    expect(filesOf(clientOf('claude-code'), { ...home, env: {} })).toEqual(['/Users/a/.claude.json']);
    expect(shownFile(clientOf('codex'), 'darwin')).toBe('~/.codex/config.toml');
    const cline = (env: NodeJS.ProcessEnv) => furtherFilesOf(clientOf('cline'), { ...home, env });
    expect(cline({})).toEqual([]);
    expect(cline({ CLINE_MCP_SETTINGS_PATH: '/x/mcp.json' })).toEqual(['/x/mcp.json']);
  });

  it('names every client once, with a place on every system that it runs on', () => {
    expect(new Set(CLIENTS.map(({ id }) => id)).size).toBe(CLIENTS.length);
    for (const { id, files } of CLIENTS) {
      const known = Object.entries(files).flatMap(([platform, { length }]) => (length > 0 ? [platform] : []));
      expect(known).toEqual(id === 'visual-studio' ? ['win32'] : ['darwin', 'linux', 'win32']);
    }
  });
});

describe('The servers of a file', () => {
  it('start in the folder that either of two keys names', () => {
    const entry = (more: object) => ({ mcp: { servers: { nas: { command: 'node', args: ['x.js'], ...more } } } });
    const cwdOf = (more: object) => readEntries(clientOf('openclaw'), entry(more))[0]?.launch;
    expect(cwdOf({ workingDirectory: '/a' })).toMatchObject({ cwd: '/a' });
    expect(cwdOf({ cwd: '/b', workingDirectory: '/a' })).toMatchObject({ cwd: '/b' });
  });

  it('are read per project where the client keeps them so', () => {
    const value = {
      mcpServers: { all: { command: 'a' } },
      projects: { '/p': { mcpServers: { one: { type: 'http', url: 'http://x/mcp' } } }, '/q': {} },
    };
    expect(readEntries(clientOf('claude-code'), value)).toMatchObject([
      { name: 'all', project: null, path: ['mcpServers', 'all'] },
      { name: 'one', project: '/p', path: ['projects', '/p', 'mcpServers', 'one'], launch: { kind: 'address' } },
    ]);
  });

  it('may be switched off, brought along by the client, or written in ways of their own', () => {
    const jan = readEntries(clientOf('jan'), {
      mcpServers: { a: { command: 'x', active: false }, b: { command: '', url: 'http://x' } },
    });
    expect(jan).toMatchObject([{ enabled: false }, { enabled: true, launch: { kind: 'address', url: 'http://x' } }]);
    const goose = readEntries(clientOf('goose'), {
      extensions: { developer: { type: 'builtin', enabled: true }, odd: 3 },
    });
    expect(goose.map(({ launch }) => launch.kind)).toEqual(['foreign', 'foreign']);
    const zed = readEntries(clientOf('zed'), { context_servers: { old: { command: { path: 'x', args: [] } } } });
    expect(zed).toMatchObject([{ launch: { kind: 'foreign' } }]);
    expect(readEntries(clientOf('cursor'), { mcpServers: [] })).toEqual([]);
    expect(readEntries(clientOf('cursor'), undefined)).toEqual([]);
  });

  it('have an environment of text', () => {
    const value = { servers: { a: { command: 'x', env: { N: 1, T: true, S: 's', X: null } } } };
    expect(readEntries(clientOf('vscode'), value)).toMatchObject([{ launch: { env: { N: '1', T: 'true', S: 's' } } }]);
  });
});

function moved(
  id: ClientId,
  name: string,
  launch: Program,
  servers: readonly ServerSetting[] = [],
  env: NodeJS.ProcessEnv = {},
) {
  const entry = { name, path: ['mcpServers', name], project: null, enabled: true, outside: null, launch };
  return movedServer(clientOf(id), entry, {}, servers, env);
}

describe('A server that moves to us', () => {
  const program: Program = {
    kind: 'program',
    command: 'npx',
    args: ['x'],
    env: { KEY: '$NAS_KEY', U: reference('NAS_KEY') },
    cwd: null,
  };

  it('takes along what is in the entry, and leaves what only its client knows', () => {
    const own = { ...program, args: ['$NAS_KEY', reference('NAS_KEY')], env: { NAS_KEY: 'k' } };
    const ours = { NAS_KEY: 'ours', HOME: '/Users/anna' };
    expect(moved('gemini-cli', 'My NAS', own, [], ours)).toMatchObject({
      kind: 'server',
      server: { name: 'my-nas', command: 'npx', args: ['k', 'k'], env: { NAS_KEY: 'k' } },
    });
    expect(moved('cursor', 'My NAS', program, [], ours)).toMatchObject({
      server: { env: { KEY: '$NAS_KEY', U: reference('NAS_KEY') } },
    });
    const asking = { ...program, env: { U: reference('NAS_KEY') } };
    expect(moved('claude-code', 'nas', asking, [], ours)).toEqual({
      kind: 'variable',
      variable: reference('NAS_KEY'),
    });
    const home = { ...program, args: [`${reference('HOME')}/nas`], env: {} };
    expect(moved('claude-code', 'nas', home, [], ours)).toMatchObject({ server: { args: ['/Users/anna/nas'] } });
  });

  it('is the one we have already when it is the same, else it gets a name of its own', () => {
    const plain = { ...program, env: {} };
    const first = moved('cursor', 'nas', plain);
    if (first.kind !== 'server') throw new Error(first.kind);
    expect(moved('zed', 'nas', plain, [first.server])).toEqual(first);
    const other = moved('zed', 'nas', { ...program, env: { A: '1' } }, [first.server]);
    expect(other).toMatchObject({ server: { name: expect.stringMatching(/^nas-[\da-f]{6}$/), title: 'nas' } });
    expect(moved('zed', '家', plain)).toMatchObject({ server: { name: '家' } });
  });

  it('stays where it is when only the client can fill in what it needs', () => {
    const asking = { ...program, env: { KEY: reference('input:key') } };
    expect(moved('vscode', 'nas', asking)).toEqual({ kind: 'variable', variable: reference('input:key') });
    const inFolder = { ...program, env: {}, cwd: reference('workspaceFolder') };
    expect(moved('vscode', 'nas', inFolder)).toEqual({ kind: 'variable', variable: reference('workspaceFolder') });
  });
});

describe('A wish that cannot be granted', () => {
  const text = JSON.stringify({
    mcpServers: {
      far: { url: 'http://nas.lan/mcp' },
      ours: { command: '/x/mcp-gangway', args: ['connect', 'nas'] },
      odd: {},
      asking: { command: 'x', env: { K: reference('input:k') } },
    },
  });

  it.each<[string, DesiredMode, ClientId, string]>([
    ['far', { kind: 'through' }, 'cursor', 'Let Gangway run it instead'],
    ['ours', { kind: 'run', by: 'shim' }, 'cursor', 'not by Gangway'],
    ['ours', { kind: 'off' }, 'cursor', 'not by Gangway'],
    ['odd', { kind: 'through' }, 'cursor', 'leaves it alone'],
    ['gone', { kind: 'off' }, 'cursor', 'no server named gone'],
    ['asking', { kind: 'run', by: 'shim' }, 'cursor', reference('input:k')],
    ['odd', { kind: 'add', server: 'nas', by: 'shim' }, 'cursor', 'already has a server named odd'],
    ['new', { kind: 'add', server: 'nas', by: 'address' }, 'claude-desktop', 'cannot name an address'],
  ])('%s: %o says why', (name, desired, id, words) => {
    const read: ReadFile = {
      client: clientOf(id),
      file: 'f',
      fileIndex: 0,
      bytes: Buffer.from(text),
      record: null,
      mode: null,
    };
    const plan = planEntry(read, { holder: ['mcpServers'], name }, desired, null, ENVIRONMENT);
    if (plan.kind !== 'refused') throw new Error(plan.kind);
    expect(refusalSentence(plan.refusal, appTextIn('en'))).toContain(words);
    expect(refusalSentence(plan.refusal, appTextIn('zh-Hant'))).toMatch(/[一-鿿]/);
  });

  it.each([
    [
      'repeated keys',
      '{"mcpServers":{},"mcpServers":{"nas":{"command":"x"},"nas":{"command":"y"}}}',
      'cursor',
      'mcpServers',
    ],
    ['aliases', 'base: &b\n  A: "1"\nextensions:\n  nas: {type: stdio, cmd: x, envs: *b}\n', 'goose', 'extensions'],
  ] as const)('%s are edited only where nothing else changes with it', (_, content, id, holder) => {
    const read: ReadFile = {
      client: clientOf(id),
      file: 'f',
      fileIndex: 0,
      bytes: Buffer.from(content),
      record: null,
      mode: null,
    };
    const plan = planEntry(read, { holder: [holder], name: 'nas' }, { kind: 'run', by: 'shim' }, null, ENVIRONMENT);
    expect(plan.kind).toBe('change');
    const through = planEntry(read, { holder: [holder], name: 'nas' }, { kind: 'through' }, null, ENVIRONMENT);
    expect(through.kind).toBe('change');
  });
});

describe('A proxy that was there before', () => {
  it('is offered as our upstream, and its exceptions are named', () => {
    const env = { HTTPS_PROXY: 'http://corp:3128', NO_PROXY: '10.0.0.0/8,localhost' };
    const text = JSON.stringify({ mcpServers: { nas: { command: 'uvx', args: [], env } } });
    const read: ReadFile = {
      client: clientOf('cursor'),
      file: 'f',
      fileIndex: 0,
      bytes: Buffer.from(text),
      record: null,
      mode: null,
    };
    const plan = planEntry(read, { holder: ['mcpServers'], name: 'nas' }, { kind: 'through' }, null, ENVIRONMENT);
    expect(plan).toMatchObject({ upstream: 'http://corp:3128', exceptions: ['10.0.0.0/8'] });
  });
});
