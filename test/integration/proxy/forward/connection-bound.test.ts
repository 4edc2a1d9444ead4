import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConnectionBoundOrigin } from '../../../support/connection-bound-origin.ts';
import { type ForwardProxy, startForwardProxy } from '../../../support/forward-proxy.ts';
import { has, run } from '../../../support/programs.ts';
import {
  fieldValue,
  type RawMessage,
  type RawPeer,
  rawClient,
  ScriptedOrigin,
  statusOf,
} from '../../../support/raw-http.ts';
import { until } from '../../../support/until.ts';

const TYPE_1 = 'TlRMTVNTUAABAAAA';
const TYPE_3 = 'TlRMTVNTUAADAAAA';

const open: { stop(): Promise<void> }[] = [];
const clients: RawPeer[] = [];
let proxy: ForwardProxy;
let origin: ConnectionBoundOrigin;
beforeEach(async () => {
  origin = await ConnectionBoundOrigin.start();
  proxy = await startForwardProxy();
  open.push(origin, proxy);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  for (const each of open.splice(0).reverse()) await each.stop();
});

async function connect(port = proxy.port): Promise<RawPeer> {
  const client = await rawClient(port);
  clients.push(client);
  return client;
}

function ask(client: RawPeer, fields = '', url = origin.url, method = 'GET', content = ''): Promise<RawMessage> {
  client.write(`${method} ${url}/ HTTP/1.1\r\nHost: x\r\n${fields}\r\n${content}`);
  return client.message();
}

/** The two rounds of NTLM; the page that comes then. */
async function authenticate(client: RawPeer, scheme = 'NTLM', url = origin.url): Promise<string> {
  const challenge = await ask(client, `Authorization: ${scheme} ${TYPE_1}\r\n`, url);
  expect(statusOf(challenge)).toBe(401);
  return (await ask(client, `Authorization: ${scheme} ${TYPE_3}\r\n`, url)).body;
}

const CURL = has('curl', '--version') && (await run('curl', ['--version'])).stdout.includes('NTLM');
describe.skipIf(!CURL)('curl --ntlm (skipped where curl is not there, or without NTLM)', () => {
  const args = () => ['-sS', '--max-time', '20', '--noproxy', '', '-x', `http://127.0.0.1:${proxy.port}`];

  it('gets the page, and the next client does not', async () => {
    const alice = await run('curl', [...args(), '--ntlm', '-u', 'alice:pw', `${origin.url}/`]);
    expect(alice.stdout).toBe('ntlm on 1: 0');
    const other = await run('curl', [...args(), `${origin.url}/`]);
    expect(other.stdout).toBe('who are you');
  });

  it.each(['POST', 'PUT'])('sends a %s with content', async (method) => {
    const { stdout } = await run('curl', [
      ...args(),
      '--ntlm',
      '-u',
      'a:b',
      '-X',
      method,
      '-d',
      'hello',
      `${origin.url}/`,
    ]);
    expect(stdout).toBe('ntlm on 1: 5');
  });

  it('finds out by --anyauth that NTLM is wanted, on one connection from then on', async () => {
    const { stdout } = await run('curl', [...args(), '--anyauth', '-u', 'a:b', `${origin.url}/1`, `${origin.url}/2`]);
    expect(stdout).toMatch(/^ntlm on (\d): 0ntlm on \1: 0$/);
  });
});

describe('a connection that an origin authenticates', () => {
  it.each(['NTLM', 'ntlm', 'Ntlm'])(
    'with %s serves all further requests of its client, of every method',
    async (scheme) => {
      const client = await connect();
      expect(await authenticate(client, scheme)).toBe('ntlm on 1: 0');
      expect((await ask(client)).body).toBe('ntlm on 1: 0');
      expect((await ask(client, 'Content-Length: 5\r\n', origin.url, 'POST', 'hello')).body).toBe('ntlm on 1: 5');
      expect((await ask(client, '', origin.url, 'DELETE')).body).toBe('ntlm on 1: 0');
      expect(origin.connections).toBe(1);
    },
  );

  it('serves no other client, whether that one has a name of its own or none', async () => {
    const alice = await connect();
    await authenticate(alice);
    const bob = await connect();
    expect((await ask(bob)).body).toBe('who are you');
    expect((await ask(bob, 'Authorization: Negotiate Ym9i\r\n')).body).toMatch(/^Ym9i on [^1]/);
    expect((await ask(alice)).body).toBe('ntlm on 1: 0');
    expect((await ask(bob)).body).toMatch(/^Ym9i on [^1]/);
  });

  it('by Negotiate in a single round, without a challenge, serves no other client', async () => {
    const alice = await connect();
    expect((await ask(alice, 'Authorization: negotiate YWxpY2U=\r\n')).body).toBe('YWxpY2U= on 1: 0');
    expect((await ask(await connect())).body).toBe('who are you');
    expect((await ask(alice)).body).toBe('YWxpY2U= on 1: 0');
  });

  it('was never one that has served another client', async () => {
    const plain = await ScriptedOrigin.start();
    open.push(plain);
    plain.answerAll(() => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    const url = `http://${plain.authority}`;
    await ask(await connect(), '', url);
    await ask(await connect(), 'Authorization: NTLM x\r\n', url);
    expect(plain.connections).toBe(2);
    await ask(await connect(), '', url);
    expect(plain.connections).toBe(3);
  });

  it('keeps two clients apart whose rounds come alternately', async () => {
    const [a, b] = await Promise.all([connect(), connect()]);
    await ask(a, `Authorization: NTLM ${TYPE_1}\r\n`);
    await ask(b, `Authorization: NTLM ${TYPE_1}\r\n`);
    const first = await ask(a, `Authorization: NTLM ${TYPE_3}\r\n`);
    expect((await ask(await connect())).body).toBe('who are you');
    const second = await ask(b, `Authorization: NTLM ${TYPE_3}\r\n`);
    expect([first.body, second.body]).toEqual(['ntlm on 1: 0', 'ntlm on 2: 0']);
  });

  it('is one for each origin of a client that asks two', async () => {
    const second = await ConnectionBoundOrigin.start();
    open.push(second);
    const client = await connect();
    expect(await authenticate(client)).toBe('ntlm on 1: 0');
    expect((await ask(client, '', second.url)).body).toBe('who are you');
    expect(await authenticate(client, 'NTLM', second.url)).toBe('ntlm on 1: 0');
    expect((await ask(client)).body).toBe('ntlm on 1: 0');
    expect((await ask(client, '', second.url)).body).toBe('ntlm on 1: 0');
  });

  it('carries pipelined requests of its client in their order', async () => {
    const client = await connect();
    await authenticate(client);
    client.write(`GET ${origin.url}/ HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(3));
    for (let count = 0; count < 3; count++) expect((await client.message()).body).toBe('ntlm on 1: 0');
  });

  it.each(['fin', 'reset'] as const)('ends with its client, in the middle of the rounds too (%s)', async (how) => {
    const client = await connect();
    await ask(client, `Authorization: NTLM ${TYPE_1}\r\n`);
    expect(origin.open).toBe(1);
    if (how === 'fin') client.destroy();
    else client.reset();
    await until('the connection is closed', () => origin.open === 0);
  });

  it('serves a client of HTTP/1.0 that keeps its connection', async () => {
    const client = await connect();
    const request = (step: string) =>
      `GET ${origin.url}/ HTTP/1.0\r\nConnection: keep-alive\r\nAuthorization: NTLM ${step}\r\n\r\n`;
    client.write(request(TYPE_1));
    expect(statusOf(await client.message())).toBe(401);
    client.write(request(TYPE_3));
    expect((await client.message()).body).toBe('ntlm on 1: 0');
  });

  it('outlives a 401 that comes while the content is still sent, and the rest of that is no next request', async () => {
    const client = await connect();
    const content = 'GET / HTTP/1.1\r\n\r\n'.repeat(50_000);
    const head = `POST ${origin.url}/ HTTP/1.1\r\nHost: x\r\nContent-Length: ${content.length}\r\nAuthorization: NTLM`;
    client.write(`${head} ${TYPE_1}\r\n\r\n`);
    const challenge = await client.message();
    expect(statusOf(challenge)).toBe(401);
    expect(fieldValue(challenge, 'Connection')).toBeUndefined();
    client.write(content);
    client.write(`${head} ${TYPE_3}\r\n\r\n${content}`);
    expect((await client.message()).body).toBe(`ntlm on 1: ${content.length}`);
  });

  it('is not asked again when it dies under a request', async () => {
    const plain = await ScriptedOrigin.start();
    open.push(plain);
    const client = await connect();
    const url = `http://${plain.authority}`;
    client.write(`GET ${url}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    const peer = await plain.connection();
    await peer.message();
    peer.write('HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n');
    await client.message();
    client.write(`GET ${url}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    await peer.message();
    peer.reset();
    expect(statusOf(await client.message())).toBe(502);
    expect(plain.connections).toBe(1);
  });

  it('that the origin closes while it is idle is replaced by a new one without authentication', async () => {
    const plain = await ScriptedOrigin.start();
    open.push(plain);
    const client = await connect();
    const url = `http://${plain.authority}`;
    client.write(`GET ${url}/ HTTP/1.1\r\nHost: x\r\nAuthorization: NTLM x\r\n\r\n`);
    const peer = await plain.connection();
    await peer.message();
    peer.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    await client.message();
    peer.end();
    await peer.ending();
    client.write(`GET ${url}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    const next = await plain.connection();
    expect(fieldValue(await next.message(), 'Authorization')).toBeUndefined();
  });
});

describe('a challenge', () => {
  const challenge = async (
    value: string,
  ): Promise<{ readonly support: string | undefined; readonly pinned: boolean }> => {
    const plain = await ScriptedOrigin.start();
    open.push(plain);
    plain.answerAll(() => `HTTP/1.1 401 No\r\n${value}Content-Length: 0\r\n\r\n`);
    const url = `http://${plain.authority}`;
    const answer = await ask(await connect(), '', url);
    await ask(await connect(), '', url);
    return { support: fieldValue(answer, 'Proxy-Support'), pinned: plain.connections === 2 };
  };

  it.each([
    'WWW-Authenticate: NTLM\r\n',
    'WWW-Authenticate: negotiate\r\n',
    'www-authenticate: Negotiate YII=\r\n',
    'WWW-Authenticate: Basic realm="a, b", NTLM\r\n',
    'WWW-Authenticate: Basic realm="x"\r\nWWW-Authenticate: Negotiate\r\n',
    'WWW-Authenticate: Negotiate,Basic realm="x"\r\n',
    'WWW-Authenticate: Digest realm="a\\", b", qop="auth",\r\n NTLM\r\n',
  ])('%j pins the connection, and the 401 says that sessions are kept apart (RFC 4559)', async (value) => {
    expect(await challenge(value)).toEqual({ support: 'Session-Based-Authentication', pinned: true });
  });

  it.each([
    'WWW-Authenticate: Basic realm="NTLM"\r\n',
    'WWW-Authenticate: Basic realm="x, NTLM, y"\r\n',
    'WWW-Authenticate: Digest realm="\\", NTLM"\r\n',
    'WWW-Authenticate: Bearer ntlm=1\r\n',
    'WWW-Authenticate: NTLMSSP\r\n',
    'X-Authenticate: NTLM\r\n',
    '',
  ])('%j does not', async (value) => {
    expect(await challenge(value)).toEqual({ support: undefined, pinned: false });
  });
});

describe('through a parent proxy', () => {
  it('the connection to the parent belongs to the client, for that origin', async () => {
    const parent = await ConnectionBoundOrigin.start();
    const through = await startForwardProxy({ upstream: parent.url });
    open.push(parent, through);
    const alice = await connect(through.port);
    expect(await authenticate(alice, 'NTLM', 'http://nas.example')).toBe('ntlm on 1: 0');
    const bob = await connect(through.port);
    expect((await ask(bob, '', 'http://nas.example')).body).toBe('who are you');
    expect((await ask(alice, '', 'http://other.example')).body).toBe('who are you');
    const posted = await ask(alice, 'Content-Length: 2\r\n', 'http://nas.example', 'POST', 'hi');
    expect(posted.body).toBe('ntlm on 1: 2');
    const before = parent.open;
    alice.destroy();
    await until('its connections are closed', () => parent.open < before);
  });

  it('that is a gangway too, sessions are kept apart all the way', async () => {
    const named = await startForwardProxy({ address: '127.0.0.1' });
    const inner = await startForwardProxy({ upstream: `http://127.0.0.1:${named.port}` });
    open.push(named, inner);
    const url = origin.url.replace('127.0.0.1', 'nas.example');
    const alice = await connect(inner.port);
    expect(await authenticate(alice, 'NTLM', url)).toBe('ntlm on 1: 0');
    expect((await ask(await connect(inner.port), '', url)).body).toBe('who are you');
    expect((await ask(alice, '', url)).body).toBe('ntlm on 1: 0');
  });
});
