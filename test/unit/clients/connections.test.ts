import { describe, expect, it } from 'vitest';
import { CLIENTS, type ClientId, type DesiredMode, refusalSentence } from '../../../app/clients/index.ts';
import { formatOf, type ReadFile } from '../../../app/clients/plan/ground.ts';
import { planEntry, planUndo } from '../../../app/clients/plan/plan.ts';
import { appTextIn } from '../../../app/i18n/app.ts';
import { ENVIRONMENT } from '../../support/client-environment.ts';

const SHIM: DesiredMode = { kind: 'run', by: 'shim' };
const ADDRESS: DesiredMode = { kind: 'run', by: 'address' };
const OUR_URL = 'http://127.0.0.1:28080/servers/nas/mcp';
const IN_HOME = { ...ENVIRONMENT, env: { HOME: '/home/me' } };
const headers = { Authorization: 'Bearer Tok-en_1' };

function readFor(id: ClientId, content: unknown): ReadFile {
  const client = CLIENTS.find((each) => each.id === id);
  if (client === undefined) throw new Error(id);
  const bytes = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  return { client, file: 'config', fileIndex: 0, bytes, record: null, mode: null };
}

function plan(read: ReadFile, desired: DesiredMode) {
  return planEntry(read, { holder: read.client.servers[0] ?? [], name: 'nas' }, desired, '24.21.0', IN_HOME);
}

function moved(id: ClientId, content: unknown, desired = ADDRESS) {
  const read = readFor(id, content);
  const made = plan(read, desired);
  if (made.kind !== 'change') throw new Error(JSON.stringify(made));
  const undo = planUndo({ ...read, bytes: made.bytes, record: made.record });
  expect(undo.kind === 'change' && Buffer.from(undo.bytes).toString()).toBe(Buffer.from(read.bytes).toString());
  const text = Buffer.from(made.bytes).toString();
  const after = formatOf(read.client).read(text);
  return { server: made.server, text, value: after.kind === 'value' ? after.value : null };
}

function reason(id: ClientId, content: unknown): string {
  const made = plan(readFor(id, content), ADDRESS);
  if (made.kind !== 'refused') throw new Error(made.kind);
  expect(refusalSentence(made.refusal, appTextIn('zh-Hant'))).toMatch(/[一-鿿]/);
  return refusalSentence(made.refusal, appTextIn('en'));
}

function inContinue(options: readonly string[], url = 'https://nas.lan/mcp'): string {
  const lines = options.map((line) => `      ${line}\n`).join('');
  return `mcpServers:\n  - name: nas\n    type: streamable-http\n    url: ${url}\n    requestOptions:\n${lines}`;
}

describe('How an entry reaches its address', () => {
  it('moves to Gangway with its certificates, and what is the matter of the client stays there', () => {
    const { server, value, text } = moved(
      'continue',
      inContinue([
        'timeout: 7000 # mine',
        'verifySsl: true',
        'caBundlePath: /etc/nas-ca.pem',
        'clientCertificate: {cert: /etc/me.pem, key: /etc/me.key}',
        'headers: {X-Nas: a}',
      ]),
    );
    expect(server).toMatchObject({
      url: 'https://nas.lan/mcp',
      headers: { 'X-Nas': 'a' },
      tls: { ca: '/etc/nas-ca.pem', cert: '/etc/me.pem', key: '/etc/me.key' },
    });
    expect(value).toEqual({
      mcpServers: [{ name: 'nas', type: 'streamable-http', url: OUR_URL, requestOptions: { timeout: 7000, headers } }],
    });
    expect(text).toContain('timeout: 7000 # mine');
  });

  it('leaves a timeout in an entry that becomes a program', () => {
    const { value } = moved('continue', inContinue(['timeout: 7000', 'headers: {X-Nas: a}']), SHIM);
    expect(value).toMatchObject({ mcpServers: [{ args: ['connect', 'nas'], requestOptions: { timeout: 7000 } }] });
    expect(JSON.stringify(value)).not.toContain('X-Nas');
  });

  it.each([
    ['verifySsl: false', 'requestOptions.verifySsl'],
    ['proxy: http://proxy.lan:3128', 'requestOptions.proxy'],
    ['caBundlePath: [/a.pem, /b.pem]', 'requestOptions.caBundlePath'],
    ['clientCertificate: {cert: /a.pem, key: /a.key, passphrase: p}', 'requestOptions.clientCertificate'],
    ['clientCertificate: {cert: /a.pem}', 'requestOptions.clientCertificate'],
    ['caBundlePath: nas-ca.pem', '“nas-ca.pem”'],
  ])('keeps it with its client where Gangway has no counterpart: %s', (option, words) => {
    expect(reason('continue', inContinue([option]))).toContain(words);
  });

  it('says nothing of certificates without TLS', () => {
    const { server } = moved('continue', inContinue(['verifySsl: false'], 'http://nas.lan/mcp'));
    expect(server).not.toHaveProperty('tls');
  });

  it('moves with the key that Continue shows to the server', () => {
    const yaml = 'mcpServers:\n  - name: nas\n    type: sse\n    url: https://nas.lan/sse\n    apiKey: k-1\n';
    const { server, value } = moved('continue', yaml);
    expect(server).toMatchObject({ headers: { Authorization: 'Bearer k-1' } });
    expect(JSON.stringify(value)).not.toContain('k-1');
    const toml = '[mcp_servers.nas]\nurl = "https://nas.lan/mcp"\nbearer_token = "k-2"\n';
    expect(moved('codex', toml).server).toMatchObject({ headers: { Authorization: 'Bearer k-2' } });
  });

  it('is understood in the keys of other clients', () => {
    const url = 'https://nas.lan/mcp';
    const claw = { mcp: { servers: { nas: { url, sslVerify: true, clientCert: '/me.pem', clientKey: '~/me.key' } } } };
    const { server, value } = moved('openclaw', claw);
    expect(server).toMatchObject({ tls: { cert: '/me.pem', key: '/home/me/me.key' } });
    expect(JSON.stringify(value)).not.toMatch(/sslVerify|clientCert|clientKey/);
    const insecure = { mcp: { servers: { nas: { url, sslVerify: false } } } };
    expect(reason('openclaw', insecure)).toContain('sslVerify');
    const hermes = `mcp_servers:\n  nas:\n    url: ${url}\n    ssl_verify: /etc/ca.pem\n    client_cert: [/a.pem, /a.key]\n`;
    expect(moved('hermes', hermes).server).toMatchObject({
      tls: { ca: '/etc/ca.pem', cert: '/a.pem', key: '/a.key' },
    });
    expect(reason('hermes', `mcp_servers:\n  nas:\n    url: ${url}\n    ssl_verify: false\n`)).toContain('ssl_verify');
    const xcode = { servers: { nas: { url, requestInit: { credentials: 'omit', headers: { A: 'b' } } } } };
    expect(moved('copilot-xcode', xcode).value).toEqual({
      servers: { nas: { url: OUR_URL, requestInit: { credentials: 'omit', headers } } },
    });
  });
});

describe('What our settings do not hold', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ command: 'npx', args: Array.from({ length: 300 }, () => 'a') }, 'args has 300 items, and the settings hold 256'],
    [{ command: 'npx', env: { 'A.B': 'x'.repeat(40_000) } }, 'env.A.B has 40000 characters'],
    [{ command: `/${'x'.repeat(5000)}` }, 'command has 5001 characters, and the settings hold 4096'],
    [{ command: '/x\ny' }, 'command has letters'],
    [{ url: `http://nas.lan/${'x'.repeat(5000)}` }, 'url has 5015 characters'],
    [{ url: 'http://nas.lan', headers: { 'X-Nas': 'x'.repeat(9000) } }, 'headers.X-Nas has 9000 characters'],
  ])('is said with the limit', (entry, words) => {
    expect(reason('cursor', { mcpServers: { nas: entry } })).toContain(words);
  });
});
