import { describe, expect, it } from 'vitest';
import { CLIENTS, type ClientId, type DesiredMode, type Plan, refusalSentence } from '../../../app/clients/index.ts';
import { launched } from '../../../app/clients/launch/launcher.ts';
import { formatOf, type ReadFile } from '../../../app/clients/plan/ground.ts';
import { planEntry, planUndo } from '../../../app/clients/plan/plan.ts';
import { appTextIn } from '../../../app/i18n/app.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';

const SHIM: DesiredMode = { kind: 'run', by: 'shim' };
const ADDRESS: DesiredMode = { kind: 'run', by: 'address' };
const THROUGH: DesiredMode = { kind: 'through' };
const OUR_URL = 'http://127.0.0.1:28080/servers/nas/mcp';

/** As it stands in a file. */
function reference(name: string): string {
  return `\${${name}}`;
}

function readFor(id: ClientId, content: unknown): ReadFile {
  const client = CLIENTS.find((each) => each.id === id);
  if (client === undefined) throw new Error(id);
  const bytes = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return { client, file: 'config', fileIndex: 0, bytes, record: null, mode: null };
}

function plan(read: ReadFile, desired: DesiredMode, holder = read.client.servers[0] ?? []): Plan {
  return planEntry(read, { holder, name: 'nas' }, desired, '24.21.0', ENVIRONMENT);
}

/** The document after a change, which undone has to be the one of before, byte for byte. */
function changed(read: ReadFile, desired: DesiredMode, holder?: readonly string[]) {
  const made = plan(read, desired, holder);
  if (made.kind !== 'change') throw new Error(JSON.stringify(made));
  const undo = planUndo({ ...read, bytes: made.bytes, record: made.record });
  expect(undo.kind === 'change' && Buffer.from(undo.bytes).toString()).toBe(Buffer.from(read.bytes).toString());
  const after = formatOf(read.client).read(Buffer.from(made.bytes).toString());
  return { server: made.server, value: after.kind === 'value' ? after.value : null };
}

function refused(read: ReadFile, desired: DesiredMode, words: string, holder?: readonly string[]) {
  const made = plan(read, desired, holder);
  if (made.kind !== 'refused') throw new Error(made.kind);
  expect(refusalSentence(made.refusal, appTextIn('en'))).toContain(words);
  expect(refusalSentence(made.refusal, appTextIn('zh-Hant'))).toMatch(/[一-鿿]/);
}

describe('Keys that only a program may have', () => {
  it('leave an entry of Codex that becomes an address, and come back', () => {
    const toml = '[mcp_servers.nas]\ncommand = "npx"\nargs = ["-y", "nas-mcp"]\ncwd = "/nas"\nenv_vars = ["NAS_KEY"]\n';
    expect(changed(readFor('codex', toml), ADDRESS).value).toEqual({
      mcp_servers: { nas: { url: OUR_URL, http_headers: { Authorization: 'Bearer Tok-en_1' } } },
    });
  });

  it('stay in an entry of Codex when Gangway does not have the variables that they hand on', () => {
    const toml = '[mcp_servers.nas]\ncommand = "npx"\nenv_vars = ["NAS_TOKEN", { name = "B", source = "local" }]\n';
    refused(readFor('codex', toml), ADDRESS, 'env_vars: NAS_TOKEN, B');
    expect(changed(readFor('codex', toml), THROUGH).value).toMatchObject({ mcp_servers: { nas: { command: 'npx' } } });
  });

  it('give way to what Goose wants of an address', () => {
    const yaml = 'extensions:\n  nas:\n    type: stdio\n    cmd: npx\n    env_keys: []\n    name: nas\n';
    expect(changed(readFor('goose', yaml), ADDRESS).value).toEqual({
      extensions: {
        nas: {
          name: 'nas',
          type: 'streamable_http',
          description: '',
          uri: OUR_URL,
          headers: { Authorization: 'Bearer Tok-en_1' },
        },
      },
    });
  });

  it('have headers under requestOptions beside them in Continue', () => {
    const yaml = 'mcpServers:\n  - name: nas\n    type: stdio\n    command: npx\n';
    expect(changed(readFor('continue', yaml), ADDRESS).value).toEqual({
      mcpServers: [
        {
          name: 'nas',
          type: 'streamable-http',
          url: OUR_URL,
          requestOptions: { headers: { Authorization: 'Bearer Tok-en_1' } },
        },
      ],
    });
  });
});

describe('Secrets that stand outside an entry', () => {
  it.each<[ClientId, unknown, string]>([
    ['vscode', { servers: { nas: { command: 'npx', envFile: `${reference('workspaceFolder')}/.env` } } }, 'envFile'],
    ['cursor', { mcpServers: { nas: { command: 'npx', envFile: '/x/.env' } } }, 'envFile'],
    ['goose', 'extensions:\n  nas: {type: stdio, cmd: npx, env_keys: [NAS_TOKEN]}\n', 'env_keys: NAS_TOKEN'],
    ['continue', 'mcpServers:\n  - name: nas\n    command: npx\n    env: {A: "${{ secrets.A }}"}\n', 'secrets.A'],
    ['opencode', { mcp: { nas: { type: 'local', command: ['npx'], environment: { A: '{env:A}' } } } }, '{env:A}'],
    ['windsurf', { mcpServers: { nas: { command: 'npx', args: [reference('env:A')] } } }, reference('env:A')],
    ['claude-code', { mcpServers: { nas: { command: 'npx', args: [reference('A:-x')] } } }, reference('A:-x')],
  ])('keep a server of %s with its client, and Through is offered', (id, content, words) => {
    const read = readFor(id, content);
    refused(read, SHIM, words);
    refused(read, SHIM, 'Send it through Gangway instead');
    changed(read, THROUGH);
  });

  it.each<[ClientId, unknown, string]>([
    ['codex', '[mcp_servers.nas]\nurl = "http://nas.lan/mcp"\nbearer_token_env_var = "T"\n', 'bearer_token_env_var'],
    [
      'claude-code',
      { mcpServers: { nas: { type: 'http', url: 'http://nas.lan', headersHelper: '/x' } } },
      'headersHelper',
    ],
    ['goose', 'extensions:\n  nas: {type: streamable_http, uri: "http://nas.lan/$T", env_keys: [T]}\n', 'env_keys: T'],
    ['cursor', { mcpServers: { nas: { url: `http://nas.lan/${reference('env:T')}` } } }, reference('env:T')],
    [
      'vscode',
      { servers: { nas: { url: 'http://nas.lan', headers: { A: reference('input:t') } } } },
      reference('input:t'),
    ],
  ])('keep an address of %s with its client', (id, content, words) => {
    refused(readFor(id, content), ADDRESS, words);
  });
});

describe('What a client hands on as it stands', () => {
  it('stays so: Claude Desktop fills nothing in', () => {
    const entry = {
      command: 'npx',
      args: ['nas-mcp', '--header', `Authorization:${reference('AUTH_HEADER')}`],
      env: { AUTH_HEADER: 'Bearer t', PASSWORD: `a${reference('HOME')}b`, OTHER: '$NAS_KEY' },
    };
    expect(changed(readFor('claude-desktop', { mcpServers: { nas: entry } }), SHIM).server).toMatchObject(entry);
  });

  it('is filled in by the bridge that it is handed to, from the entry and nothing else', () => {
    const entry = {
      command: 'npx',
      args: ['mcp-remote', 'https://x/mcp', '--header', `Authorization:${reference('AUTH_HEADER')}`],
      env: { AUTH_HEADER: `Bearer a${reference('HOME')}b` },
    };
    const { server } = changed(
      readFor('claude-desktop', { mcpServers: { nas: { ...entry, env: { AUTH_HEADER: 'Bearer t' } } } }),
      SHIM,
    );
    expect(server).toMatchObject({ url: 'https://x/mcp', headers: { Authorization: 'Bearer t' } });
    expect(server).not.toHaveProperty('command');
    const ours = { ...entry, args: entry.args.with(3, `Authorization:${reference('NAS_KEY')}`), env: {} };
    refused(readFor('claude-desktop', { mcpServers: { nas: ours } }), SHIM, reference('NAS_KEY'));
  });

  it('comes from the entry before anything else where the client fills it in', () => {
    const entry = { command: 'npx', args: [`H:${reference('NAS_KEY')}`], env: { NAS_KEY: 'own' } };
    const { server } = changed(readFor('claude-code', { mcpServers: { nas: entry } }), SHIM);
    expect(server).toMatchObject({ args: ['H:own'], env: { NAS_KEY: 'own' } });
  });
});

describe('The folder of a server', () => {
  it('is that of the key each client has for it', () => {
    const warp = { mcpServers: { nas: { command: 'node', args: ['build/index.js'], working_directory: '/nas' } } };
    const moved = changed(readFor('warp', warp), ADDRESS);
    expect(moved.server).toMatchObject({ cwd: '/nas', args: ['build/index.js'] });
    expect(moved.value).not.toHaveProperty('mcpServers.nas.working_directory');
    const kilo = { mcp: { nas: { type: 'local', command: ['node', 'x.js'], cwd: '/nas' } } };
    expect(changed(readFor('kilo', kilo), ADDRESS).server).toMatchObject({ cwd: '/nas' });
  });

  it('is the project for a server of a project', () => {
    const value = { projects: { '/work': { mcpServers: { nas: { command: 'node', args: ['x.js'] } } } } };
    const holder = ['projects', '/work', 'mcpServers'];
    expect(changed(readFor('claude-code', value), ADDRESS, holder).server).toMatchObject({ cwd: '/work' });
  });

  it.each<[ClientId, unknown, string]>([
    ['claude-desktop', { mcpServers: { nas: { command: 'node', args: ['build/index.js'] } } }, 'build/index.js'],
    ['cursor', { mcpServers: { nas: { command: 'npm', args: ['start'] } } }, 'npm start'],
    ['opencode', { mcp: { nas: { type: 'local', command: ['npx', 'x'], cwd: 'nas' } } }, '“nas”'],
  ])('that only %s knows keeps a server with relative paths there', (id, content, words) => {
    refused(readFor(id, content), SHIM, words);
    changed(readFor(id, content), THROUGH);
  });
});

describe('An address that the client connects to itself', () => {
  const headers = { Authorization: 'Bearer t' };
  const ours = { Authorization: 'Bearer Tok-en_1' };

  it.each<[ClientId, string, Record<string, unknown>, Record<string, unknown>, string]>([
    [
      'claude-code',
      'mcpServers',
      { type: 'http', headers },
      { type: 'http', url: OUR_URL, headers: ours },
      'streamable',
    ],
    ['cursor', 'mcpServers', { headers }, { url: OUR_URL, headers: ours }, 'auto'],
    ['vscode', 'servers', { type: 'sse', headers }, { type: 'http', url: OUR_URL, headers: ours }, 'sse'],
    [
      'copilot-cli',
      'mcpServers',
      { type: 'http', tools: ['*'], headers },
      { type: 'http', tools: ['*'], url: OUR_URL, headers: ours },
      'streamable',
    ],
    [
      'zed',
      'context_servers',
      { source: 'custom', headers },
      { source: 'custom', url: OUR_URL, headers: ours },
      'auto',
    ],
    [
      'cline',
      'mcpServers',
      { type: 'streamableHttp', headers },
      { type: 'streamableHttp', url: OUR_URL, headers: ours },
      'streamable',
    ],
    ['gemini-cli', 'mcpServers', { headers, trust: true }, { httpUrl: OUR_URL, headers: ours, trust: true }, 'sse'],
    ['lm-studio', 'mcpServers', { headers }, { url: OUR_URL, headers: ours }, 'auto'],
    ['warp', 'mcpServers', { headers }, { url: OUR_URL, headers: ours }, 'auto'],
    ['opencode', 'mcp', { type: 'remote', headers }, { type: 'remote', url: OUR_URL, headers: ours }, 'auto'],
  ])('in %s becomes a server of ours, with its headers', (id, holder, entry, expected, transport) => {
    const url = 'http://homeassistant.local:8123/api/mcp';
    const { server, value } = changed(readFor(id, { [holder]: { nas: { url, ...entry } } }), ADDRESS);
    expect(server).toMatchObject({ name: 'nas', url, headers, transport });
    expect(value).toEqual({ [holder]: { nas: expected } });
  });

  it('may stand under any key and way of headers that the client knows', () => {
    const url = 'http://nas.lan/mcp';
    const windsurf = { mcpServers: { nas: { serverUrl: url, headers } } };
    expect(changed(readFor('windsurf', windsurf), ADDRESS).server).toMatchObject({ url, headers });
    const codex = `[mcp_servers.nas]\nurl = "${url}"\nhttp_headers = { Authorization = "Bearer t" }\n`;
    expect(changed(readFor('codex', codex), ADDRESS).server).toMatchObject({ url, headers });
    const table = `[mcp_servers.nas]\nurl = "${url}"\n\n[mcp_servers.nas.http_headers]\nAuthorization = "Bearer t"\n`;
    expect(changed(readFor('codex', table), ADDRESS).server).toMatchObject({ url, headers });
    const list = `mcpServers:\n  - name: nas\n    type: sse\n    url: ${url}\n    requestOptions:\n      headers: {Authorization: Bearer t}\n`;
    expect(changed(readFor('continue', list), ADDRESS).server).toMatchObject({ url, headers, transport: 'sse' });
  });

  it.each<[ClientId, string, Record<string, unknown>, Record<string, unknown>]>([
    [
      'claude-code',
      'mcpServers',
      { type: 'http', oauth: { clientId: 'c', callbackPort: 3118, scopes: ['a', 'b'] } },
      { clientId: 'c', scope: 'a b' },
    ],
    ['vscode', 'servers', { type: 'http', oauth: { clientId: 'c' } }, { clientId: 'c' }],
    [
      'cursor',
      'mcpServers',
      { auth: { CLIENT_ID: 'c', CLIENT_SECRET: 's', scopes: ['a'] } },
      { clientId: 'c', clientSecret: 's', scope: 'a' },
    ],
    [
      'gemini-cli',
      'mcpServers',
      { oauth: { enabled: true, clientId: 'c', scopes: ['a'] }, authProviderType: 'dynamic_discovery' },
      { clientId: 'c', scope: 'a' },
    ],
    [
      'copilot-cli',
      'mcpServers',
      { type: 'http', oauthClientId: 'c', oauthGrantType: 'client_credentials', oauthPublicClient: true },
      { clientId: 'c', grantType: 'client_credentials' },
    ],
    ['opencode', 'mcp', { type: 'remote', oauth: { clientId: 'c', scope: 'a' } }, { clientId: 'c', scope: 'a' }],
  ])('in %s takes its sign-in along', (id, holder, entry, oauth) => {
    const url = 'https://nas.lan/mcp';
    const { server, value } = changed(readFor(id, { [holder]: { nas: { url, ...entry } } }), ADDRESS);
    expect(server).toMatchObject({ url, oauth });
    expect(JSON.stringify(value)).not.toMatch(/oauth|CLIENT_ID|authProviderType/i);
  });

  it('that our settings cannot hold stays where it is, and is named; one without a name can be moved', () => {
    const entries = { nas: { command: 'npx', args: ['nas-mcp', 'x'.repeat(40_000)] } };
    refused(readFor('cursor', { mcpServers: entries }), ADDRESS, 'nas is left out: args[1] has 40000 characters');
    const nameless = readFor('cursor', { mcpServers: { '': { command: 'npx', args: ['nas-mcp'] } } });
    const made = planEntry(nameless, { holder: ['mcpServers'], name: '' }, ADDRESS, '24.21.0', ENVIRONMENT);
    expect(made).toMatchObject({ kind: 'change', server: { command: 'npx' } });
    expect(made.kind === 'change' && made.server).not.toHaveProperty('title');
  });

  it('leaves no scopes of its sign-in behind in Codex', () => {
    const toml = '[mcp_servers.nas]\nurl = "https://nas.lan/mcp"\nscopes = ["a"]\noauth_resource = "r"\n';
    const { server, value } = changed(readFor('codex', toml), ADDRESS);
    expect(server).toMatchObject({ oauth: { scope: 'a', resource: 'r' } });
    expect(value).toEqual({ mcp_servers: { nas: { url: OUR_URL, http_headers: ours } } });
  });

  it('that is never signed in to stays so', () => {
    const value = { mcp: { nas: { type: 'remote', url: 'https://nas.lan/mcp', oauth: false } } };
    expect(changed(readFor('opencode', value), ADDRESS).server).toMatchObject({ oauth: false });
  });

  it.each<[ClientId, string, Record<string, unknown>, string]>([
    ['gemini-cli', 'mcpServers', { oauth: { tokenUrl: 'https://a/token', clientId: 'c' } }, 'oauth.tokenUrl'],
    ['gemini-cli', 'mcpServers', { authProviderType: 'google_credentials' }, 'authProviderType'],
    ['copilot-cli', 'mcpServers', { oidc: true }, 'oidc'],
  ])('in %s stays there with a sign-in that is its own', (id, holder, entry, words) => {
    refused(readFor(id, { [holder]: { nas: { url: 'https://nas.lan/mcp', ...entry } } }), ADDRESS, words);
  });

  it('becomes a program in a client whose file holds only those', () => {
    const value = { mcpServers: { nas: { type: 'http', url: 'http://nas.lan/mcp', headers } } };
    const moved = changed(readFor('claude-desktop', value), SHIM);
    expect(moved.server).toMatchObject({ url: 'http://nas.lan/mcp', headers });
    expect(moved.value).toEqual({
      mcpServers: { nas: { command: ENVIRONMENT.shim.command, args: ['connect', 'nas'] } },
    });
    const jan = { command: '', args: [], env: {}, active: true, type: 'http', url: 'http://nas.lan/mcp', headers };
    expect(changed(readFor('jan', { mcpServers: { nas: jan } }), SHIM).value).toEqual({
      mcpServers: { nas: { command: ENVIRONMENT.shim.command, args: ['connect', 'nas'], active: true } },
    });
    const code = changed(readFor('claude-code', value), SHIM);
    expect(code.value).toMatchObject({ mcpServers: { nas: { type: 'stdio', args: ['connect', 'nas'] } } });
  });
});

describe('OpenCode 2', () => {
  const holder = ['mcp', 'servers'];

  it('has its servers one map deeper, beside those of OpenCode 1', () => {
    const nas = { type: 'local', command: ['npx', '-y', 'x'], cwd: '/nas', disabled: false };
    const value = { mcp: { old: { type: 'local', command: ['uvx', 'y'] }, servers: { nas } } };
    const moved = changed(readFor('opencode', value), SHIM, holder);
    expect(moved.server).toMatchObject({ command: 'npx', args: ['-y', 'x'], cwd: '/nas' });
    expect(moved.value).toMatchObject({
      mcp: {
        old: value.mcp.old,
        servers: { nas: { type: 'local', command: [ENVIRONMENT.shim.command, 'connect', 'nas'], disabled: false } },
      },
    });
  });

  it('can still have a server with the name of that map', () => {
    const value = { mcp: { servers: { type: 'local', command: ['uvx', 'y'] } } };
    const read = readFor('opencode', value);
    const made = planEntry(read, { holder: ['mcp'], name: 'servers' }, THROUGH, null, ENVIRONMENT);
    expect(made.kind).toBe('change');
  });
});

describe('A client that reads plain JSON only', () => {
  const comment = '{\n  // mine\n  "mcpServers": {"nas": {"command": "npx"}}\n}';
  const comma = '{\n  "mcpServers": {"nas": {"command": "npx"},}\n}';
  const mark = '\ufeff{"mcpServers": {"nas": {"command": "npx"}}}';

  it.each<[ClientId, string, string]>([
    ['claude-desktop', comment, 'line 2, column 3'],
    ['claude-desktop', comma, 'line 2, column 43'],
    ['claude-desktop', mark, 'line 1, column 1'],
    ['claude-code', comment, 'line 2, column 3'],
    ['claude-code', comma, 'line 2, column 43'],
  ])('%s is told where its file is wrong, and the file stays', (id, content, words) => {
    refused(readFor(id, content), THROUGH, words);
    refused(readFor(id, content), SHIM, words);
  });

  it('leaves other clients their comments, commas and marks', () => {
    for (const content of [comment, comma, mark]) expect(plan(readFor('cursor', content), THROUGH).kind).toBe('change');
    expect(plan(readFor('claude-code', mark), THROUGH).kind).toBe('change');
  });

  it('gets its file back although a comment has come into it since', () => {
    const read = readFor('claude-desktop', { mcpServers: { nas: { command: 'npx' } } });
    const made = plan(read, THROUGH);
    if (made.kind !== 'change') throw new Error(made.kind);
    const noted = Buffer.concat([Buffer.from(made.bytes), Buffer.from('\n// mine')]);
    const undo = planUndo({ ...read, bytes: noted, record: made.record });
    expect(undo.kind === 'change' && Buffer.from(undo.bytes).toString()).toBe(`${read.bytes.toString()}\n// mine`);
  });
});

describe('A container', () => {
  it('is given the proxy by its own command line', () => {
    const args = ['run', '-i', '--rm', '-e', 'KEY=1', 'mcp/x'];
    const read = readFor('claude-desktop', { mcpServers: { nas: { command: 'docker', args } } });
    const { value } = changed(read, THROUGH);
    const url = 'http://claude-desktop.nas:Tok-en_1@host.docker.internal:28080';
    expect(value).toMatchObject({
      mcpServers: {
        nas: { command: 'docker', args: expect.arrayContaining(['run', '-e', `HTTP_PROXY=${url}`, ...args.slice(1)]) },
      },
    });
    const made = plan(read, THROUGH);
    if (made.kind !== 'change') throw new Error(made.kind);
    const again = plan({ ...read, bytes: made.bytes, record: made.record }, THROUGH);
    expect(again.kind).toBe('unchanged');
    const cleared = changed({ ...read, bytes: Buffer.from(made.bytes) }, { kind: 'off' });
    expect(cleared.value).toEqual({ mcpServers: { nas: { command: 'docker', args } } });
  });

  it('of another form is refused, with the other way', () => {
    for (const entry of [
      { command: 'bash', args: ['-c', 'cd x && docker run -i mcp/x'] },
      { command: 'docker', args: ['mcp', 'gateway', 'run'] },
    ]) {
      refused(readFor('claude-desktop', { mcpServers: { nas: entry } }), THROUGH, 'Let Gangway run it instead');
    }
  });
});

describe('A program that variables do not get to', () => {
  it.each([
    [{ command: 'wsl', args: ['npx', '-y', 'x'] }, 'wsl starts nas in another system'],
    [{ command: 'limactl', args: ['shell', 'vm', 'npx', 'x'] }, 'limactl starts nas in another system'],
    [{ command: 'sudo', args: ['npx', 'x'] }, 'sudo keeps the proxy settings from nas'],
    [{ command: 'env', args: ['-i', 'npx', 'x'] }, 'env keeps the proxy settings from nas'],
  ])('is not sent through Gangway, and can be run in it: %j', (entry, words) => {
    const read = readFor('claude-desktop', { mcpServers: { nas: entry } });
    refused(read, THROUGH, words);
    refused(read, THROUGH, 'Let Gangway run it instead');
    expect(changed(read, SHIM).server).toMatchObject(entry);
  });
});

describe('Entries that are hard to tell or that have moved', () => {
  it('of one name in one list are left alone', () => {
    const yaml = 'mcpServers:\n  - name: nas\n    command: npx\n  - name: nas\n    command: uvx\n';
    refused(readFor('continue', yaml), THROUGH, 'more than one server named nas');
  });

  it('that a merge key of YAML gives values to have them written out, and what stands in the other place stays', () => {
    const yaml =
      'shared: &shared\n  env: { KEY: k }\nmcp_servers:\n  nas:\n    <<: *shared\n    command: uvx\n    args: [nas-mcp]\n';
    const read = readFor('hermes', yaml);
    const through = changed(read, THROUGH).value;
    expect(through).toMatchObject({ mcp_servers: { nas: { env: { KEY: 'k', NODE_USE_ENV_PROXY: '1' } } } });
    for (const desired of [THROUGH, SHIM, ADDRESS]) {
      expect(changed(read, desired).value).toMatchObject({ shared: { env: { KEY: 'k' } } });
    }
  });

  it('that were taken out of the file since leave their definitions with Gangway when the rest is undone', () => {
    const mine = { nas: { command: 'uvx', args: ['nas-mcp'] }, db: { command: 'uvx', args: ['db-mcp'] } };
    const read = readFor('cursor', { mcpServers: mine });
    const first = plan(read, SHIM);
    if (first.kind !== 'change') throw new Error(first.kind);
    const key = { holder: ['mcpServers'], name: 'db' };
    const second = planEntry({ ...read, bytes: first.bytes, record: first.record }, key, SHIM, null, ENVIRONMENT);
    if (second.kind !== 'change') throw new Error(second.kind);
    const { nas: _gone, ...left } = JSON.parse(second.texts.after).mcpServers;
    const now = { ...readFor('cursor', { mcpServers: left }), record: second.record };
    expect(planUndo(now)).toMatchObject({ kind: 'change', released: ['db'], record: null });
  });

  it('of a file with a merge key that leads to no map are left alone', () => {
    const made = plan(readFor('hermes', 'mcp_servers:\n  nas:\n    <<: 3\n    command: uvx\n'), THROUGH);
    expect(made).toMatchObject({ kind: 'refused', refusal: { kind: 'broken' } });
  });

  it('whose environment is null have it back as null', () => {
    const read = readFor('claude-desktop', '{"mcpServers": {"nas": {"command": "npx", "env": null}}}');
    const made = plan(read, THROUGH);
    if (made.kind !== 'change') throw new Error(made.kind);
    const noted = Buffer.concat([Buffer.from(made.bytes), Buffer.from('\n')]);
    const undo = planUndo({ ...read, bytes: noted, record: made.record });
    expect(undo.kind === 'change' && Buffer.from(undo.bytes).toString()).toBe(`${read.bytes.toString()}\n`);
  });

  it.each([
    ['another map', 'nas', ['mcp', 'servers']],
    ['another name', 'my nas', ['mcp']],
  ])('are undone in %s too', (_, name, holder) => {
    const read = readFor('opencode', { mcp: { nas: { type: 'local', command: ['npx', 'x'] } } });
    const made = plan(read, SHIM);
    if (made.kind !== 'change') throw new Error(made.kind);
    const entry = { type: 'local', command: [ENVIRONMENT.shim.command, 'connect', 'nas'], enabled: true };
    const inner = { [name]: entry };
    const moved = holder.length === 1 ? { mcp: inner } : { mcp: { servers: inner } };
    const undo = planUndo({ ...read, bytes: Buffer.from(JSON.stringify(moved)), record: made.record });
    if (undo.kind !== 'change') throw new Error(undo.kind);
    const back = { type: 'local', command: ['npx', 'x'], enabled: true };
    const whole = holder.length === 1 ? { mcp: { [name]: back } } : { mcp: { servers: { [name]: back } } };
    expect(JSON.parse(Buffer.from(undo.bytes).toString())).toEqual(whole);
  });
});

describe('A file that was written to do harm', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

  it.each([
    ['cursor', `// mine\n{ "mcpServers": { "nas": { "command": "uvx", "x": ${deep} } } }`, 'broken'],
    ['codex', `[mcp_servers.nas]\ncommand = "uvx"\nx = ${deep}\n`, 'broken'],
    ['cursor', `{ "mcpServers": { "nas": { "command": "uvx", "x": ${deep} } } }`, 'uneditable'],
  ] as const)('is refused where it is nested too deeply for %s', (id, text, kind) => {
    expect(plan(readFor(id, text), THROUGH)).toMatchObject({ kind: 'refused', refusal: { kind } });
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('may name a program %s', (command) => {
    expect(launched(command, ['-x', 'exec', 'y'])).toMatchObject({ runtime: 'unknown', program: command });
    const read = readFor('cursor', { mcpServers: { nas: { command, args: ['-x', 'exec', 'y'] } } });
    expect(changed(read, THROUGH).server).toBeNull();
    const schemes = readFor('cursor', { mcpServers: { nas: { command: 'uvx', args: [`${command}://ha.lan`] } } });
    expect(changed(schemes, SHIM).server).toMatchObject({ args: [`${command}://ha.lan`] });
  });

  it('of OpenClaw may be JSON5, which is left alone with the reason', () => {
    const file = "{ mcp: { servers: { nas: { command: 'uvx' } } } }";
    expect(plan(readFor('openclaw', file), THROUGH)).toMatchObject({ refusal: { kind: 'json5', line: 1, column: 3 } });
    refused(readFor('openclaw', file), THROUGH, 'is JSON5 from line 1');
  });

  it('is looked through where it only limits the time', () => {
    expect(launched('timeout', ['-k', '5', '60', 'npx', '-y', 'x'])).toMatchObject({ runtime: 'node', program: 'npx' });
    expect(launched('kubectl', ['exec', '-i', 'pod', '--', 'x'])).toMatchObject({ runtime: 'machine' });
  });
});
