import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { editText } from '../../../app/clients/document/index.ts';
import { filledIn } from '../../../app/clients/entry/references.ts';
import {
  CLIENTS,
  type Client,
  type DesiredMode,
  type Plan,
  proposalSentence,
  proposeMode,
  refusalSentence,
} from '../../../app/clients/index.ts';
import { modeOf } from '../../../app/clients/our-addresses.ts';
import { newEntry } from '../../../app/clients/plan/entry-to-address.ts';
import { formatOf, type ReadFile } from '../../../app/clients/plan/ground.ts';
import { planEntry, planUndo } from '../../../app/clients/plan/plan.ts';
import { type BridgeReading, readBridge } from '../../../app/clients/url-bridge/bridge.ts';
import { appTextIn } from '../../../app/i18n/app.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';
import { processorTime } from '../../support/processor-time.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/clients-config');
const URL = 'http://homeassistant.local:8123/api/mcp';

/** One entry for each bridge, as its documentation has it. */
const ENTRIES = [
  {
    name: 'remote',
    command: 'npx',
    args: ['-y', 'mcp-remote@latest', URL, '--allow-http', '--header', 'Authorization:Bearer t-1'],
    env: {},
    server: { url: URL, transport: 'auto', headers: { Authorization: 'Bearer t-1' } },
  },
  {
    name: 'proxy',
    command: 'mcp-proxy',
    args: [],
    env: { SSE_URL: 'http://homeassistant.local:8123/mcp_server/sse', API_ACCESS_TOKEN: 't-2' },
    server: {
      url: 'http://homeassistant.local:8123/mcp_server/sse',
      transport: 'sse',
      headers: { Authorization: 'Bearer t-2' },
    },
  },
  {
    name: 'gate',
    command: 'npx',
    args: ['-y', 'supergateway', '--streamableHttp', 'https://nas.lan/mcp', '--oauth2Bearer', 't-3'],
    env: {},
    server: { url: 'https://nas.lan/mcp', transport: 'streamable', headers: { Authorization: 'Bearer t-3' } },
  },
] as const;

function changeOf(plan: Plan): Plan & { kind: 'change' } {
  if (plan.kind !== 'change') throw new Error(JSON.stringify(plan));
  return plan;
}

/** A client's file with an entry for each bridge in it. */
function fileWith(client: Client): ReadFile {
  const text = readFileSync(join(FIXTURES, `${client.id}.before`), 'utf8').replace(/^\ufeff/, '');
  const reading = formatOf(client).read(text);
  if (reading.kind === 'broken') throw new Error(client.id);
  const [holder = []] = client.servers;
  const made = ENTRIES.reduce(
    (parsed, { name, command, args, env }) => {
      const value = newEntry(client, name, { kind: 'shim', command, args }, env);
      return client.name?.list === true
        ? editText(formatOf(client), parsed, [{ kind: 'append', path: holder, value }])
        : editText(formatOf(client), parsed, [{ kind: 'set', path: [...holder, name], value }]);
    },
    { text, value: reading.value },
  );
  return { client, file: 'config', fileIndex: 0, bytes: Buffer.from(made.text), record: null, mode: null };
}

describe.each(CLIENTS.map((client) => [client.title, client] as const))('%s', (_, client) => {
  it('lets every bridge in front of a URL run in Gangway, and has its own bytes back', async () => {
    const before = fileWith(client);
    const desired: DesiredMode = { kind: 'run', by: client.remote === null ? 'shim' : 'address' };
    const [holder = []] = client.servers;
    let now = before;
    for (const { name, server } of ENTRIES) {
      const plan = changeOf(planEntry(now, { holder, name }, desired, null, ENVIRONMENT));
      expect(plan.server).toMatchObject({ name, ...server });
      now = { ...now, bytes: plan.bytes, record: plan.record };
    }
    const text = Buffer.from(now.bytes).toString('utf8');
    expect(text).not.toMatch(/t-[123]\b|mcp-remote@latest|supergateway|API_ACCESS_TOKEN/);
    await expect(text).toMatchFileSnapshot(join(FIXTURES, 'bridges', `${client.id}.after`));
    expect(Buffer.from(changeOf(planUndo(now)).bytes).toString('utf8')).toBe(
      Buffer.from(before.bytes).toString('utf8'),
    );
  });
});

type Line = readonly [command: string, args: readonly string[], env?: Readonly<Record<string, string>> | undefined];

/** A table of command lines for `it.each`. */
function each(lines: readonly Line[]): readonly (readonly [Line])[] {
  return lines.map((line) => [line]);
}

function read([command, args, env = {}]: Line): BridgeReading | null {
  return readBridge({ command, args, env });
}

const AUTH = { Authorization: 'Bearer t' };

describe('A command line that starts mcp-remote', () => {
  it.each(
    each([
      ['npx', ['mcp-remote', URL]],
      ['npx', ['-y', 'mcp-remote@0.1.29', URL, '3334']],
      ['/opt/homebrew/bin/npx', ['--yes', '--package=mcp-remote@latest', 'mcp-remote', URL]],
      ['npx', ['-p', 'mcp-remote', 'mcp-remote', URL]],
      ['npm', ['exec', 'mcp-remote', '--', URL]],
      ['npx -y mcp-remote', [URL]],
      ['pnpm', ['dlx', 'mcp-remote', URL]],
      ['pnpm', ['--silent', 'dlx', 'mcp-remote@0.1', URL]],
      ['corepack', ['pnpm', 'dlx', 'mcp-remote', URL]],
      ['yarn', ['dlx', 'mcp-remote', URL]],
      ['bunx', ['mcp-remote', URL]],
      ['deno', ['run', '-A', 'npm:mcp-remote', URL]],
      ['mcp-remote', [URL]],
      ['C:\\Users\\a\\AppData\\Roaming\\npm\\mcp-remote.cmd', [URL]],
      ['node', ['/usr/lib/node_modules/mcp-remote/dist/proxy.js', URL]],
      ['/opt/node/bin/node', ['/opt/node/bin/npx', '-y', 'mcp-remote', URL]],
      ['node', ['/usr/lib/node_modules/npm/bin/npx-cli.js', '-y', 'mcp-remote@latest', URL]],
      ['cmd', ['/c', 'npx', '-y', 'mcp-remote', URL]],
      ['C:\\Windows\\System32\\cmd.exe', ['/d', '/s', '/c', 'npx.cmd', '-y', 'mcp-remote@0.1.29', URL]],
      ['docker', ['run', '-i', '--rm', 'node:22-alpine', 'npx', '-y', 'mcp-remote', URL]],
      ['/bin/zsh', ['-lc', `exec npx -y mcp-remote ${URL}`]],
      ['bash', ['-c', `PATH=/opt/bin:$PATH npx mcp-remote '${URL}'`]],
      ['env', ['PATH=/opt/bin', 'npx', 'mcp-remote', URL]],
      ['nvm', ['exec', '22', 'npx', 'mcp-remote', URL]],
      [
        'npx',
        ['mcp-remote', URL, '--debug', '--silent', '--auth-timeout', '60', '--connect-timeout=5', '--protocol', 'auto'],
      ],
    ]),
  )('is looked through: %j', (line) => {
    expect(read(line)).toMatchObject({
      bridge: 'mcp-remote',
      kind: 'url',
      url: URL,
      transport: 'auto',
      headers: {},
    });
  });

  it.each<[string, Line, object]>([
    ['a header', ['npx', ['mcp-remote', URL, '--header', 'Authorization: Bearer t']], { headers: AUTH }],
    [
      'a header from a variable',
      ['npx', ['mcp-remote', URL, '--header', 'Authorization:${AUTH}'], { AUTH: 'Bearer t' }],
      { headers: AUTH },
    ],
    [
      'two headers',
      ['npx', ['mcp-remote', URL, '--header', 'A: 1', '--header', 'B: ${B} 2'], { B: 'x' }],
      { headers: { A: '1', B: 'x 2' } },
    ],
    ['a header before the URL', ['npx', ['mcp-remote', '--header', 'A: 1', URL]], { headers: { A: '1' } }],
    [
      'a variable of env',
      ['env', ['AUTH=Bearer t', 'npx', 'mcp-remote', URL, '--header', 'Authorization:${AUTH}']],
      { headers: AUTH },
    ],
    [
      'a variable of a shell',
      ['sh', ['-c', `npx mcp-remote ${URL} --header "Authorization: Bearer $T"`], { T: 't' }],
      { headers: AUTH },
    ],
    [
      'a variable of cmd',
      ['cmd', ['/c', 'npx', 'mcp-remote', URL, '--header', 'Authorization:%AUTH%'], { AUTH: 'Bearer t' }],
      { headers: AUTH },
    ],
    ['SSE only', ['npx', ['mcp-remote', URL, '--transport', 'sse-only']], { transport: 'sse' }],
    ['HTTP only', ['npx', ['mcp-remote', URL, '--transport', 'http-only']], { transport: 'streamable' }],
    [
      'a client that is registered',
      [
        'npx',
        ['mcp-remote', URL, '--static-oauth-client-info', '{"client_id":"c","client_secret":"${S}"}'],
        { S: 's' },
      ],
      { oauth: { clientId: 'c', clientSecret: 's', callbackHost: 'localhost' } },
    ],
    [
      'scopes',
      [
        'npx',
        [
          'mcp-remote',
          URL,
          '--static-oauth-client-metadata',
          '{"scope":"a b","client_name":"x"}',
          '--host',
          '127.0.0.1',
        ],
      ],
      { oauth: { scope: 'a b', callbackHost: '127.0.0.1' } },
    ],
    [
      'parameters of the sign-in',
      ['npx', ['mcp-remote', URL, '--resource', 'https://r/', '--authorize-param', 'audience=x=y', '--device-code']],
      { oauth: { resource: 'https://r/', authorizeParams: { audience: 'x=y' }, grantType: 'device_code' } },
    ],
    ['no resource', ['npx', ['mcp-remote', URL, '--disable-resource-parameter']], { oauth: { resource: false } }],
    ['authorities', ['npx', ['mcp-remote', URL], { NODE_EXTRA_CA_CERTS: '/ca.pem' }], { ca: '/ca.pem' }],
  ])('keeps %s', (_, line, expected) => {
    expect(read(line)).toMatchObject({ kind: 'url', url: URL, ...expected });
  });

  it.each<[string, Line, object]>([
    [
      'a filter of tools',
      ['npx', ['mcp-remote', URL, '--ignore-tool', 'wipe*']],
      { kind: 'option', option: '--ignore-tool' },
    ],
    [
      'a file of headers',
      ['npx', ['mcp-remote', URL, '--header-file', '/h.txt']],
      { kind: 'option', option: '--header-file' },
    ],
    [
      'an option of the future',
      ['npx', ['mcp-remote', URL, '--quantum=s3cret']],
      { kind: 'option', option: '--quantum' },
    ],
    [
      'an option without its value',
      ['npx', ['mcp-remote', URL, '--resource']],
      { kind: 'option', option: '--resource' },
    ],
    ['no header', ['npx', ['mcp-remote', URL, '--header', 's3cret']], { kind: 'option', option: '--header' }],
    ['words that were torn apart', ['npx', ['mcp-remote', URL, '3334', 's3cret']], { kind: 'option', option: 'args' }],
    [
      'a client in a file',
      ['npx', ['mcp-remote', URL, '--static-oauth-client-info', '@/x.json']],
      { kind: 'option', option: '--static-oauth-client-info' },
    ],
    [
      'a callback at another machine',
      ['npx', ['mcp-remote', URL, '--host', 'mac.lan']],
      { kind: 'option', option: '--host' },
    ],
    [
      'a variable that is not there',
      ['npx', ['mcp-remote', URL, '--header', 'A: ${NOPE}']],
      { kind: 'variable', variable: '${NOPE}' },
    ],
    [
      'certificates that nobody looks at',
      ['env', ['NODE_TLS_REJECT_UNAUTHORIZED=0', 'npx', 'mcp-remote', URL]],
      { kind: 'option', option: 'NODE_TLS_REJECT_UNAUTHORIZED' },
    ],
    ['a keeper of secrets', ['op', ['run', '--', 'npx', 'mcp-remote', URL]], { kind: 'environment', program: 'op' }],
    [
      'a line that sets variables',
      ['bash', ['-c', `T=s3cret npx mcp-remote ${URL}`]],
      { kind: 'environment', program: 'bash' },
    ],
    [
      'a line that reads a file',
      ['bash', ['-c', `source ~/.env; npx mcp-remote ${URL}`]],
      { kind: 'environment', program: 'bash' },
    ],
  ])('with %s is not moved, and no secret is told', (_, line, expected) => {
    expect(read(line)).toMatchObject({ bridge: 'mcp-remote', ...expected });
    expect(JSON.stringify(read(line))).not.toContain('s3cret');
  });

  it.each(
    each([
      ['npx', ['-y', 'ha-mcp', 'mcp-remote']],
      ['npx', ['-y', '@somebody/mcp-remote', URL]],
      ['node', ['/srv/mcp-remote/server.js', URL]],
      ['python3', ['-m', 'mcp_remote', URL]],
      ['mcp-remote', []],
    ]),
  )('is not taken for what only looks like it: %j', (line) => {
    expect(read(line)).toBeNull();
  });
});

describe('A command line that starts the mcp-proxy of Python', () => {
  const SSE = 'http://homeassistant.local:8123/mcp_server/sse';
  const TOKEN = { API_ACCESS_TOKEN: 't' };

  it.each(
    each([
      ['mcp-proxy', [], { SSE_URL: SSE, ...TOKEN }],
      ['mcp-proxy', [SSE], TOKEN],
      ['/Users/anna/.local/bin/mcp-proxy', [SSE], TOKEN],
      ['uvx', ['mcp-proxy', SSE], TOKEN],
      ['uvx', ['--from', 'mcp-proxy==0.9.0', 'mcp-proxy@latest', SSE], TOKEN],
      ['uv', ['tool', 'run', 'mcp-proxy', SSE], TOKEN],
      ['uv', ['--directory', '/x', 'run', '--with', 'mcp-proxy', 'mcp-proxy', SSE], TOKEN],
      ['pipx', ['run', '--spec', 'mcp-proxy', 'mcp-proxy', SSE], TOKEN],
      ['python3', ['-m', 'mcp_proxy', SSE], TOKEN],
      ['uvx', ['mcp-proxy', '--headers', 'Authorization', 'Bearer t', SSE]],
      ['uvx', ['mcp-proxy', '-H', 'authorization', 'Bearer old', '--debug', '--log-level=INFO', SSE], TOKEN],
    ]),
  )('is looked through: %j', (line) => {
    expect(read(line)).toMatchObject({
      bridge: 'mcp-proxy',
      kind: 'url',
      url: SSE,
      transport: 'sse',
      headers: AUTH,
    });
  });

  it('keeps the transport that the documentation of Home Assistant names', () => {
    const args = ['--transport=streamablehttp', '--stateless', URL];
    expect(read(['mcp-proxy', args, TOKEN])).toMatchObject({ url: URL, transport: 'streamable', headers: AUTH });
    expect(read(['mcp-proxy', ['--verify-ssl', '/ca.pem', URL]])).toMatchObject({ kind: 'url', ca: '/ca.pem' });
  });

  it.each<[string, Line, object]>([
    [
      'no check of certificates',
      ['mcp-proxy', ['--no-verify-ssl', URL]],
      { kind: 'option', option: '--no-verify-ssl' },
    ],
    ['a token endpoint', ['mcp-proxy', [URL, '--client-id', 'c']], { kind: 'option', option: '--client-id' }],
    ['further words', ['mcp-proxy', [URL, 's3cret']], { kind: 'option', option: 'args' }],
    ['a keeper of secrets', ['doppler', ['run', '--', 'mcp-proxy', URL]], { kind: 'environment', program: 'doppler' }],
  ])('with %s is not moved', (_, line, expected) => {
    expect(read(line)).toMatchObject({ bridge: 'mcp-proxy', ...expected });
  });

  it.each(
    each([
      ['npx', ['mcp-proxy', '--port', '8080', 'tsx', 'server.js']],
      ['mcp-proxy', ['--port=8096', 'uvx', 'mcp-server-fetch']],
      ['mcp-proxy', []],
    ]),
  )('is no bridge where it serves a program: %j', (line) => {
    expect(read(line)).toBeNull();
  });
});

describe('A command line that starts supergateway', () => {
  it.each<[Line, object]>([
    [['npx', ['-y', 'supergateway', '--sse', URL]], { url: URL, transport: 'sse', headers: {} }],
    [
      ['npx', ['-y', 'supergateway@4', '--streamable-http', URL, '--logLevel', 'none']],
      { url: URL, transport: 'streamable' },
    ],
    [
      ['supergateway', [`--streamableHttp=${URL}`, '--outputTransport', 'stdio']],
      { url: URL, transport: 'streamable' },
    ],
    [['npx', ['supergateway', '--sse', URL, '--header', 'A: 1', 'B:2', '--cors']], { headers: { A: '1', B: '2' } }],
    [['npx', ['supergateway', '--sse', URL, '--header', ' A : b:c ']], { headers: { A: 'b:c' } }],
    [['npx', ['supergateway', '--sse', URL, '--oauth2Bearer', 't']], { headers: AUTH }],
    [
      ['npx', ['supergateway', '--stdio', 'cd /srv && uvx ha-mcp --name "a b"', '--port', '8000']],
      { kind: 'program', command: 'uvx', args: ['ha-mcp', '--name', 'a b'], folder: '/srv' },
    ],
  ])('is looked through: %j', (line, expected) => {
    expect(read(line)).toMatchObject({ bridge: 'supergateway', ...expected });
  });

  it.each<[Line, object]>([
    [
      ['npx', ['supergateway', '--sse', URL, '--outputTransport', 'ws']],
      { kind: 'option', option: '--outputTransport' },
    ],
    [['npx', ['supergateway', '--stdio', 'uvx a | tee log']], { kind: 'option', option: '--stdio' }],
    [['npx', ['supergateway', '--stdio', 'TOKEN=s3cret uvx a']], { kind: 'option', option: '--stdio' }],
    [['npx', ['supergateway', '--stdio', 'export A=1; uvx a']], { kind: 'option', option: '--stdio' }],
    [
      ['npx', ['supergateway', '--stdio', '. .venv/bin/activate && python a.py']],
      { kind: 'option', option: '--stdio' },
    ],
    [['npx', ['supergateway', '--stdio', 'uvx a 2>/tmp/log']], { kind: 'option', option: '--stdio' }],
    [['npx', ['supergateway', '--config', 'x.json']], { kind: 'option', option: '--config' }],
    [['npx', ['supergateway', '--sse', URL, '--header', ' '.repeat(5000)]], { kind: 'option', option: '--header' }],
  ])('with what only it can do is not moved: %j', (line, expected) => {
    expect(read(line)).toMatchObject({ bridge: 'supergateway', ...expected });
  });
});

describe('A bridge in a container', () => {
  const SSE = 'http://homeassistant.local:8123/mcp_server/sse';
  const PROXY = 'ghcr.io/sparfenyuk/mcp-proxy';

  it.each<[Line, object]>([
    [
      ['docker', ['run', '--rm', '-i', '-e', `SSE_URL=${SSE}`, '-e', 'API_ACCESS_TOKEN=t', `${PROXY}:v0.8`]],
      { bridge: 'mcp-proxy', url: SSE, transport: 'sse', headers: AUTH },
    ],
    [
      [
        'podman',
        ['run', '-it', '--name=ha', '--network=host', '--env=API_ACCESS_TOKEN', PROXY, SSE],
        { API_ACCESS_TOKEN: 't' },
      ],
      { bridge: 'mcp-proxy', url: SSE, headers: AUTH },
    ],
    [
      [
        'docker',
        ['run', '-i', '--pull', 'always', 'ghcr.io/supercorp-ai/supergateway:3', '--sse', SSE, '--oauth2Bearer', 't'],
      ],
      { bridge: 'supergateway', url: SSE, headers: AUTH },
    ],
    [
      ['cmd', ['/c', 'docker', 'run', '-i', 'supercorp/supergateway', '--streamableHttp', URL]],
      { bridge: 'supergateway', url: URL, transport: 'streamable' },
    ],
    [
      [
        'docker',
        ['run', '-i', '-eA', 'node@sha256:0a', 'npx', 'mcp-remote', URL, '--header', 'Authorization:${A}'],
        { A: 'Bearer t', B: '' },
      ],
      { bridge: 'mcp-remote', url: URL, headers: AUTH },
    ],
  ])('is looked through: %j', (line, expected) => {
    expect(read(line)).toMatchObject({ kind: 'url', ...expected });
  });

  it.each<[string, Line]>([
    [
      'gets a variable of an environment that is not known',
      ['docker', ['run', '-i', '-e', 'API_ACCESS_TOKEN', PROXY, SSE]],
    ],
    [
      'gets no variable of the entry',
      ['docker', ['run', '-i', 'node', 'npx', 'mcp-remote', URL, '--header', 'A: ${A}'], { A: 't' }],
    ],
    ['has a file of variables', ['docker', ['run', '--env-file', '/a', PROXY, SSE]]],
    ['has a network of its own', ['docker', ['run', '--network', 'ha', PROXY, SSE]]],
    ['has names of its own', ['docker', ['run', '--add-host=ha:1.2.3.4', PROXY, SSE]]],
    ['has authorities of its own', ['docker', ['run', '-e', 'SSL_CERT_FILE=/ca.pem', PROXY, SSE]]],
    ['has files of its own', ['docker', ['run', '-v', '/a:/b', PROXY, SSE]]],
    [
      'is started by a keeper of secrets',
      ['op', ['run', '--', 'docker', 'run', '-e', 'API_ACCESS_TOKEN', PROXY, SSE], { API_ACCESS_TOKEN: 'op://v/s' }],
    ],
    ['has another program in front', ['docker', ['run', '-i', 'mcp/fetch', 'npx', 'mcp-remote', URL]]],
    ['is told its program', ['docker', ['run', '-i', '--entrypoint', 'sh', PROXY, SSE]]],
    ['is of another author', ['docker', ['run', '-i', 'somebody/mcp-proxy', SSE]]],
    ['leads to this machine', ['docker', ['run', '-i', PROXY, 'http://host.docker.internal:8123/mcp_server/sse']]],
    ['leads to itself', ['docker', ['run', '-i', PROXY, 'http://127.0.0.1:8123/mcp_server/sse']]],
    ['has a program in it', ['docker', ['run', '-i', 'supercorp/supergateway', '--stdio', 'npx x']]],
    ['runs already', ['docker', ['exec', '-i', 'node', 'npx', 'mcp-remote', URL]]],
  ])('that %s stays a container', (_, line) => {
    expect(read(line)).toBeNull();
  });
});

describe('The window', () => {
  const probes = { nodeVersion: () => Promise.resolve('24.21.0') };

  it.each<[Line, string, string]>([
    [['npx', ['mcp-remote', 'https://x.example/mcp']], 'no Node is needed any more', 'x.example'],
    [
      ['mcp-proxy', [], { SSE_URL: 'http://ha.lan:8123/mcp_server/sse' }],
      'no Python is needed',
      'Home Assistant at ha.lan',
    ],
    [
      ['mcp-proxy', ['--transport=streamablehttp', '--stateless', URL]],
      'no Python is needed',
      'Home Assistant at homeassistant.local',
    ],
    [['npx', ['supergateway', '--stdio', 'uvx x']], 'starts the program itself', 'supergateway'],
    [
      ['docker', ['run', '-i', 'ghcr.io/sparfenyuk/mcp-proxy', '--transport=streamablehttp', URL]],
      'no container is needed',
      'Home Assistant at homeassistant.local',
    ],
  ])('offers to run what is behind %j, with the reason', async ([command, args, env = {}], reason, where) => {
    const proposal = await proposeMode({ kind: 'program', command, args, env, cwd: null }, false, probes);
    expect(proposal.mode).toBe('run');
    expect(proposalSentence(proposal, appTextIn('en'))).toContain(reason);
    expect(proposalSentence(proposal, appTextIn('en'))).toContain(where);
    expect(proposalSentence(proposal, appTextIn('zh-Hant'))).toMatch(/由 Gangway 執行/);
  });

  it('says why a bridge is not moved, and what can be done', () => {
    const [client] = CLIENTS;
    if (client === undefined) throw new Error('no client');
    const text = JSON.stringify({
      mcpServers: { nas: { command: 'npx', args: ['mcp-remote', URL, '--ignore-tool', 'x'] } },
    });
    const file = { client, file: 'config', fileIndex: 0, bytes: Buffer.from(text), record: null, mode: null };
    const plan = planEntry(
      file,
      { holder: ['mcpServers'], name: 'nas' },
      { kind: 'run', by: 'shim' },
      null,
      ENVIRONMENT,
    );
    if (plan.kind !== 'refused') throw new Error(plan.kind);
    expect(refusalSentence(plan.refusal, appTextIn('en'))).toContain('--ignore-tool');
    expect(refusalSentence(plan.refusal, appTextIn('en'))).toContain('send it through Gangway instead');
    expect(refusalSentence(plan.refusal, appTextIn('zh-Hant'))).toContain('--ignore-tool');
  });

  it('knows a bridge in front of Gangway itself for an entry that leads here already', () => {
    const launch = {
      kind: 'program',
      command: 'npx',
      args: ['mcp-remote', 'http://127.0.0.1:28080/mcp'],
      env: {},
      cwd: null,
    } as const;
    expect(modeOf(launch, ENVIRONMENT)).toBe('run');
  });
});

describe('A long text in the file of a project', () => {
  const known = { own: {}, home: null };
  it('is looked through for references in no more time than it is long, also where none of them ends', () => {
    const styles = ['secrets', 'scoped', 'braced', 'bare', 'command', 'curly'] as const;
    for (const unit of ['${', '${a:', '${{', '$(', '{env:', '{file:', '${a:-', '${env:']) {
      const text = unit.repeat(80_000 / unit.length);
      expect([unit, processorTime(() => filledIn(text, styles, known)) < 1000]).toEqual([unit, true]);
    }
    const header = `A: ${'${'.repeat(40_000)}`;
    const read = () => readBridge({ command: 'npx', args: ['-y', 'mcp-remote', URL, '--header', header], env: {} });
    expect(processorTime(read)).toBeLessThan(1000);
    expect(filledIn('a ${A} ${env:B} $(c) ${{ d }}', styles, { ...known, own: { A: '1', B: '2' } })).toEqual({
      kind: 'reference',
      reference: '$(c)',
    });
  });
});
