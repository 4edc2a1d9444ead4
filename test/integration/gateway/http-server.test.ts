import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { HttpServerOptions } from '../../../app/gateway/http-server.ts';
import { textIn } from '../../../app/i18n/index.ts';
import { lingeringEnd } from '../../../app/proxy/socket-close.ts';
import { ForwardFixture, OK } from '../../support/forward-fixture.ts';
import { type ForwardProxy, startForwardProxy } from '../../support/forward-proxy.ts';
import { fieldValue, rawClient, statusOf } from '../../support/raw-http.ts';
import { stall } from '../../support/stall.ts';

const fixture = new ForwardFixture({
  handlers: {
    connect: (req, socket, head) => lingeringEnd(socket, `HTTP/1.1 200 ${req.url} ${head}\r\n\r\n`),
    route: (req, res) => {
      if (req.url === '/silent') return;
      if (req.url === '/stream') return void res.write('begun');
      res.end(`${req.method} ${req.url}`);
    },
  },
});

describe('requests are sorted by their target', () => {
  it.each([
    ['GET /healthz', 'GET /healthz'],
    ['POST //double', 'POST //double'],
    ['OPTIONS *', 'OPTIONS *'],
    ['GET /http://x/', 'GET /http://x/'],
  ])('%s is for ourselves', async (line, routed) => {
    const { answer } = await fixture.refused(`${line} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect(answer.body).toBe(routed);
  });

  it('an Upgrade to Gangway itself is an ordinary request', async () => {
    const { answer } = await fixture.refused(
      'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    expect(answer.body).toBe('GET /ws');
  });

  it('an Expect: 100-continue to Gangway itself is answered with 100', async () => {
    const { client, answer } = await fixture.refused(
      'POST /up HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n',
    );
    expect(statusOf(answer)).toBe(100);
    client.write('hi');
    expect((await client.message()).body).toBe('POST /up');
  });

  it('CONNECT takes the connection over, with what came behind it', async () => {
    const { answer } = await fixture.refused('CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\nearly');
    expect(answer.start).toBe('HTTP/1.1 200 a.example:443 early');
  });

  it('CONNECT waits for the answers before it', async () => {
    const { client, peer } = await fixture.arrive(
      `${fixture.get()}CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\nearly`,
    );
    peer.write(OK);
    expect((await client.message()).body).toBe('ok');
    expect((await client.head()).start).toBe('HTTP/1.1 200 a.example:443 early');
  });
});

describe('a request that breaks RFC 9112 is refused and the connection closed:', () => {
  const url = 'http://127.0.0.1:1/';
  const chunked = `POST ${url} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n`;
  const cases: [string, string, number?][] = [
    [
      'length and coding',
      `POST ${url} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['coding and length', `${chunked}Content-Length: 4\r\n\r\n0\r\n\r\n`],
    ['two lengths', `POST ${url} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab`],
    ['the same length twice', `POST ${url} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na`],
    ['a list of lengths', `POST ${url} HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\na`],
    ['a negative length', `POST ${url} HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n`],
    ['a signed length', `POST ${url} HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na`],
    ['a length that is no number', `POST ${url} HTTP/1.1\r\nHost: x\r\nContent-Length: 1a\r\n\r\na`],
    ['an empty length', `POST ${url} HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n`],
    ['an unknown coding', `POST ${url} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 501],
    ['a coding that is not chunked', `POST ${url} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n`],
    ['chunked, but not last', `POST ${url} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, gzip\r\n\r\n`],
    ['chunked twice', `${chunked}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['chunked with a parameter', `POST ${url} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n`],
    ['a hidden chunked', `POST ${url} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`],
    ['identity', `POST ${url} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n`],
    ['a coding in HTTP/1.0', `POST ${url} HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['no Host', `GET ${url} HTTP/1.1\r\n\r\n`],
    ['two Hosts', `GET ${url} HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n`],
    ['two Hosts in HTTP/1.0', `GET ${url} HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n`],
    ['two Hosts in CONNECT', 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n'],
    ['a Host beside origin-form with a path', `GET / HTTP/1.1\r\nHost: x/y\r\n\r\n`],
    ['a Host beside origin-form with userinfo', `GET / HTTP/1.1\r\nHost: u@x\r\n\r\n`],
    ['a Host beside origin-form with spaces', `GET / HTTP/1.1\r\nHost: a b\r\n\r\n`],
    ['a Host beside origin-form that is a list', `GET / HTTP/1.1\r\nHost: a, b c\r\n\r\n`],
    ['a folded field', `GET ${url} HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n`],
    ['a field folded at once', `GET ${url} HTTP/1.1\r\n X: a\r\nHost: x\r\n\r\n`],
    ['space before a colon', `GET ${url} HTTP/1.1\r\nHost : x\r\n\r\n`],
    ['a field without colon', `GET ${url} HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n`],
    ['a field without name', `GET ${url} HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n`],
    ['a bad field name', `GET ${url} HTTP/1.1\r\nHost: x\r\nA(b): y\r\n\r\n`],
    ['bare CR', `GET ${url} HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n`],
    ['bare LF', `GET ${url} HTTP/1.1\r\nHost: x\nX: y\r\n\r\n`],
    ['bare LF behind the request line', `GET ${url} HTTP/1.1\nHost: x\r\n\r\n`],
    ['bare LF at the end', `GET ${url} HTTP/1.1\r\nHost: x\r\n\n`],
    ['NUL', `GET ${url} HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n`],
    ['a control character', `GET ${url} HTTP/1.1\r\nHost: x\r\nX: a\x01b\r\n\r\n`],
    ['a space in the target', `GET ${url}a b HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['a tab in the target', `GET ${url}a\tb HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['a target in no form', 'GET nonsense HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['an asterisk for GET', 'GET * HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['no version', `GET ${url}\r\n\r\n`],
    ['HTTP/0.9', `GET ${url} HTTP/0.9\r\nHost: x\r\n\r\n`],
    ['HTTP/1.2', `GET ${url} HTTP/1.2\r\nHost: x\r\n\r\n`],
    ['HTTP/2.0', `GET ${url} HTTP/2.0\r\nHost: x\r\n\r\n`, 505],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
    ['a version in lower case', `GET ${url} http/1.1\r\nHost: x\r\n\r\n`],
    ['an unknown method for ourselves', 'BREW / HTTP/1.1\r\nHost: x\r\n\r\n', 501],
    ['an unknown method and two Hosts', `BREW ${url} HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n`],
    ['an unknown method and a folded field', `BREW ${url} HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n`, 501],
    [
      'an unknown method and two lengths',
      `BREW ${url} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\na`,
      501,
    ],
    ['an unknown method and a signed length', `BREW ${url} HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na`, 501],
    [
      'an unknown method and chunks',
      `BREW ${url} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      501,
    ],
    ['an unknown method and a bare LF', `BREW ${url} HTTP/1.1\r\nHost: x\nX: y\r\n\r\n`, 501],
    ['an unknown method that comes in pieces', `BREW ${url} HTTP/1.1\r\nHost: x\r\n`, 501],
    ['a method that is no token', `G@T ${url} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['noise', '\x00\x01\x02\x03\r\n\r\n'],
    [
      'an unknown expectation',
      `POST ${url} HTTP/1.1\r\nHost: x\r\nExpect: a-miracle\r\nContent-Length: 1\r\n\r\na`,
      417,
    ],
    ['a head too large', `GET ${url} HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(70_000)}\r\n\r\n`, 431],
    ['a target too large', `GET ${url}${'y'.repeat(70_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
  ];
  it.each(cases)('%s', async (_what, text, status = 400) => {
    const { client, answer } = await fixture.refused(text);
    expect(statusOf(answer)).toBe(status);
    expect(answer.start).toMatch(/^HTTP\/1\.1 \d{3} \w/);
    expect(fieldValue(answer, 'Connection')).toBe('close');
    expect(fieldValue(answer, 'Proxy-Status')).toMatch(/^mcp-gangway; error=http_request_error; details="[A-Z_]+"$/);
    expect(answer.body.length).toBeGreaterThan(40);
    expect(await client.ending()).toBe('fin');
    const told = (language: 'en' | 'zh-Hant') => fixture.proxy.failures.list(textIn(language)).at(-1);
    expect(told('zh-Hant')).toMatchObject({ status, sentence: expect.stringMatching(/\p{sc=Han}/u) });
    expect(told('en')?.sentence).not.toMatch(/\p{sc=Han}/u);
  });

  it('TLS is told from other bytes: the address of its client began with https://', async () => {
    const failures = () => fixture.proxy.failures.list(textIn('en')).at(-1);
    for (const [bytes, code] of [
      ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'TLS'],
      ['\x16\x00\x01', 'BAD_REQUEST'],
    ] as const) {
      await fixture.refused(bytes);
      expect(failures()?.code).toBe(code);
    }
  });

  const badChunks: [string, string][] = [
    ['a size that is no number', 'zz\r\n'],
    ['a negative size', '-1\r\n'],
    ['a prefixed size', '0x1\r\na\r\n'],
    ['a space behind the size', '1 \r\na\r\n'],
    ['a size beyond counting', '10000000000000001\r\na\r\n'],
    ['bare LF behind the size', '1\na\r\n'],
    ['a chunk longer than its size', '1\r\nab\r\n'],
    ['a chunk without its line end', '1\r\na0\r\n\r\n'],
    ['an empty size', '\r\na\r\n'],
    ['a folded trailer', '0\r\nX: 1\r\n 2\r\n\r\n'],
    ['a Content-Length in the trailers', '0\r\nContent-Length: 5\r\n\r\n'],
  ];
  it.each(badChunks)('%s in chunked content', async (_what, text) => {
    const client = await fixture.client();
    client.write(`POST ${fixture.url}/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${text}`);
    const answer = await client.message();
    expect(statusOf(answer)).toBe(400);
    expect(await client.ending()).toBe('fin');
  });
});

describe('a malformed request behind good ones', () => {
  it('is refused after their answers', async () => {
    const { client, peer } = await fixture.arrive(`${fixture.get()}nonsense\r\n\r\n`);
    peer.write(OK);
    expect((await client.message()).body).toBe('ok');
    expect(statusOf(await client.message())).toBe(400);
    expect(await client.ending()).toBe('fin');
  });

  it('is refused after their answers also when the client has finished sending', async () => {
    const { client, peer } = await fixture.arrive(`${fixture.get()}nonsense\r\n\r\n`);
    client.end();
    peer.write(OK);
    expect((await client.message()).body).toBe('ok');
    expect(statusOf(await client.message())).toBe(400);
    expect(await client.rest()).toBe('');
  });

  it('is refused in its turn also when its head was good and its content is not', async () => {
    const { client, peer } = await fixture.arrive(
      `${fixture.get()}POST ${fixture.url}/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
    );
    peer.write(OK);
    expect((await client.message()).body).toBe('ok');
    expect(statusOf(await client.message())).toBe(400);
    expect(fixture.origin.connections).toBe(1);
  });

  it('does not smuggle a request: nothing behind the fault is read', async () => {
    const smuggled = `GET ${fixture.url}/smuggled HTTP/1.1\r\nHost: x\r\n\r\n`;
    const client = await fixture.client();
    client.write(
      `POST ${fixture.url}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    );
    expect(statusOf(await client.message())).toBe(400);
    expect(await client.rest()).toBe('');
    expect(fixture.origin.connections).toBe(0);
  });
});

it('what comes behind a request with Connection: close is not read, and its answer arrives', async () => {
  const { client, peer } = await fixture.arrive(`${fixture.get('Connection: close\r\n')}${fixture.get('', '/late')}`);
  peer.write(OK);
  expect((await client.message()).body).toBe('ok');
  expect(await client.rest()).toBe('');
  expect(fixture.origin.connections).toBe(1);
});

it('empty lines before a request are skipped (RFC 9112 section 2.2)', async () => {
  const { answer } = await fixture.refused('\r\n\r\nGET /x HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(answer.body).toBe('GET /x');
});

it('a head of nearly the limit passes', async () => {
  const { answer } = await fixture.refused(`GET /x HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(60_000)}\r\n\r\n`);
  expect(answer.body).toBe('GET /x');
});

it('more fields than Node keeps by default pass, every one', async () => {
  const fields = Array.from({ length: 2500 }, (_, index) => `X${index}: y\r\n`).join('');
  const { request } = await fixture.arrive(fixture.get(fields));
  expect(request.fields).toHaveLength(2500 + 2);
});

it('a Host field is checked but not needed in HTTP/1.0, and may be empty', async () => {
  expect((await fixture.refused('GET /x HTTP/1.0\r\n\r\n')).answer.body).toBe('GET /x');
  expect((await fixture.refused('GET /x HTTP/1.1\r\nHost:\r\n\r\n')).answer.body).toBe('GET /x');
  expect((await fixture.refused('GET /x HTTP/1.1\r\nHost: [::1]:80\r\n\r\n')).answer.body).toBe('GET /x');
});

describe('a client that ends', () => {
  it('inside a head is told so', async () => {
    const client = await fixture.client();
    client.write('GET /x HTTP/1.1\r\nHos');
    client.end();
    expect(statusOf(await client.message())).toBe(400);
    expect(await client.ending()).toBe('fin');
  });

  it('while a stream of ours is silent, ends the stream', async () => {
    const closed = new Promise<void>((resolve, reject) => {
      const req = httpRequest({ port: fixture.proxy.port, host: '127.0.0.1', path: '/stream' }, (res) => {
        res.once('data', () => req.destroy());
        res.once('close', resolve);
        res.on('error', () => undefined);
      });
      req.on('error', reject);
      req.end();
    });
    await expect(closed).resolves.toBeUndefined();
  });
});

describe('a head that does not come', () => {
  let proxy: ForwardProxy;
  beforeAll(async () => {
    proxy = await startForwardProxy({ http: { headTimeout: 300, checkInterval: 50 } });
  });
  afterAll(() => proxy.stop());

  it('in time gets a 408', async () => {
    const client = await rawClient(proxy.port);
    client.write('GET http://x/ HTTP/1.1\r\nHost: x\r\nX: ');
    const answer = await client.message();
    expect(statusOf(answer)).toBe(408);
    expect(fieldValue(answer, 'Proxy-Status')).toContain('HEAD_TOO_SLOW');
    expect(await client.ending()).toBe('fin');
  });

  it('does not disturb an answer that takes longer', async () => {
    const slow = await startForwardProxy({
      http: { headTimeout: 100, checkInterval: 20 },
      handlers: { route: (_req, res) => void setTimeout(() => res.end('late'), 400) },
    });
    const client = await rawClient(slow.port);
    client.write('GET /x HTTP/1.1\r\nHost: x\r\n\r\n');
    expect((await client.message()).body).toBe('late');
    client.destroy();
    await slow.stop();
  });
});

describe('a process that stood still for longer than it waits for', () => {
  const REQUEST = 'GET /x HTTP/1.1\r\nHost: x\r\n\r\n';

  /** A client whose first request has been answered, at a server with these limits. */
  async function served(http: HttpServerOptions) {
    const proxy = await startForwardProxy({ http });
    const client = await rawClient(proxy.port);
    onTestFinished(async () => {
      client.destroy();
      await proxy.stop();
    });
    client.write(REQUEST);
    expect(statusOf(await client.message())).toBe(200);
    return { proxy, client };
  }

  it('answers the request that came meanwhile on a kept connection, and closes one on which none came', async () => {
    // Node adds a second to it.
    const { proxy, client } = await served({ keepAliveMs: 100 });
    const idle = await rawClient(proxy.port);
    idle.write(REQUEST);
    expect(statusOf(await idle.message())).toBe(200);
    client.write(REQUEST);
    stall(1_500);
    expect(statusOf(await client.message())).toBe(200);
    expect(await idle.ending()).toBe('fin');
  });

  it('takes the rest of a head that came meanwhile, and refuses one that is still not whole', async () => {
    const { proxy, client } = await served({ headTimeout: 300, checkInterval: 50 });
    const slow = await rawClient(proxy.port);
    for (const peer of [slow, client]) peer.write(REQUEST.slice(0, -2));
    // Once this one is answered, those before it have been read.
    const third = await rawClient(proxy.port);
    third.write(REQUEST);
    expect(statusOf(await third.message())).toBe(200);
    client.write(REQUEST.slice(-2));
    slow.write('X: ');
    stall(1_000);
    expect(statusOf(await client.message())).toBe(200);
    expect(statusOf(await slow.message())).toBe(408);
    third.destroy();
  });
});
