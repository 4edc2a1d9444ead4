import { once } from 'node:events';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { damaged, damages } from '../../support/damage.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { fieldValue, type RawMessage, rawClient, ScriptedOrigin } from '../../support/raw-http.ts';

let gangway: Gangway;
let origin: ScriptedOrigin;
/** What the origin has read since the last look. */
let asked: RawMessage[] = [];

beforeAll(async () => {
  gangway = await startGangway();
  origin = await ScriptedOrigin.start();
  origin.answerAll((request) => {
    asked.push(request);
    return `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${request.start.startsWith('HEAD') ? '' : 'ok'}`;
  });
});
beforeEach(() => {
  asked = [];
});
afterAll(async () => {
  await gangway[Symbol.asyncDispose]();
  await origin.stop();
});

function get(path: string, fields = '', version = 'HTTP/1.1'): string {
  return `GET http://${origin.authority}${path} ${version}\r\nHost: x\r\n${fields}\r\n`;
}

/** Everything that comes back for `text`, until the connection ends. */
async function conversation(text: string, cuts: readonly number[] = []): Promise<string> {
  const client = await rawClient(gangway.port);
  let from = 0;
  for (const to of [...new Set([...cuts.toSorted((a, b) => a - b), text.length])].filter((cut) => cut <= text.length)) {
    client.write(text.slice(from, to));
    from = to;
    await new Promise((resolve) => setImmediate(resolve));
  }
  client.end();
  const answers = await client.rest();
  client.destroy();
  return answers;
}

async function status(text: string): Promise<number> {
  return Number((await conversation(text)).split(' ')[1]);
}

const paths = () => asked.map(({ start }) => start.split(' ')[1]);

describe('an absolute-form target with bytes from 0x80', () => {
  it.each([
    ['UTF-8', '/caf\xc3\xa9', '/caf%C3%A9'],
    ['Latin-1', '/caf\xe9?q=\xfc', '/caf%E9?q=%FC'],
    ['a query right behind the host', '?\xff', '/?%FF'],
  ])('reaches the origin percent-encoded, byte for byte (%s)', async (_, path, seen) => {
    expect(await status(get(path))).toBe(200);
    expect(paths()).toEqual([seen]);
  });

  it('is understood byte by byte', async () => {
    const text = get('/caf\xc3\xa9');
    expect(
      await conversation(
        text,
        Array.from({ length: text.length }, (_, index) => index),
      ),
    ).toContain(' 200 OK');
    expect(paths()).toEqual(['/caf%C3%A9']);
  });

  it('closes the connection behind its answer, and says so', async () => {
    const client = await rawClient(gangway.port);
    client.write(get('/\xe9'));
    expect(fieldValue(await client.message(), 'Connection')).toBe('close');
    expect(await client.ending()).toBe('fin');
  });

  it.each([
    ['a request', 'GET http://127.0.0.1:1/second HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a CONNECT', 'CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['an Upgrade', 'GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'],
    ['no HTTP', '\x16\x03\x01\x00\xff'],
  ])('is the only request of its connection: %s behind it is not read', async (_, behind) => {
    const answers = await conversation(`${get('/\xe9')}${behind}`);
    expect(answers.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(paths()).toEqual(['/%E9']);
  });

  it('may have content, which is not looked at', async () => {
    const body = `GET http://${origin.authority}/smuggled\xe9 HTTP/1.1\r\nHost: x\r\n\r\n`;
    const head = get('/\xe9', `Content-Length: ${body.length}\r\n`).replace('GET', 'POST');
    expect(await status(head + body)).toBe(200);
    expect(asked).toMatchObject([{ start: 'POST /%E9 HTTP/1.1', body }]);
  });

  it('may be that of a HEAD', async () => {
    expect(await status(get('/\xe9').replace('GET', 'HEAD'))).toBe(200);
    expect(asked).toMatchObject([{ start: 'HEAD /%E9 HTTP/1.1' }]);
  });

  it('may be very long', async () => {
    expect(await status(get(`/${'\xe9'.repeat(15_000)}`))).toBe(200);
    expect(paths()).toEqual([`/${'%E9'.repeat(15_000)}`]);
  });

  it.each([30_000, 70_000])('is too large with 431 when the head is (%s bytes)', async (bytes) => {
    expect(await status(get(`/${'\xe9'.repeat(bytes)}`))).toBe(431);
  });

  it('is refused behind the first request, with the reason', async () => {
    const answers = await conversation(`${get('/plain')}${get('/\xe9')}`);
    expect(answers).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*HTTP\/1\.1 400 [\s\S]*percent-encoded/);
    expect(paths()).toEqual(['/plain']);
  });

  it.each([
    ['in the host', () => get('/').replace('http://', 'http://\xe9')],
    ['in userinfo', () => get('/\xe9').replace('http://', 'http://\xe9@')],
    ['beside a space', () => get('/\xe9 /x')],
    ['beside a tab', () => get('/\xe9\t')],
    ['beside NUL', () => get('/\xe9\0')],
    ['beside a bare CR', () => get('/\xe9\rX: y')],
    ['in origin-form', () => 'GET /caf\xe9 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
    ['in CONNECT', () => 'CONNECT \xe9:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['in the method', () => get('/').replace('GET', 'G\xe9T')],
  ])('is refused %s', async (_, text) => {
    expect(await status(text())).toBe(400);
    expect(paths()).toEqual([]);
  });
});

describe('a first line that does not come whole', () => {
  it('is a bad request when the client has said its last word', async () => {
    expect(await conversation('GET http://127.0.0.1/caf\xe9')).toMatch(/^HTTP\/1\.1 400 [\s\S]*ends in the middle/);
  });

  it('is let go with the client', async () => {
    const client = await rawClient(gangway.port);
    client.write('GET http://127.0.0.1/');
    await new Promise((resolve) => setTimeout(resolve, 20));
    client.reset();
    expect(await status(get('/after'))).toBe(200);
  });
});

describe('an absolute-form target', () => {
  it.each([
    ['in capitals', () => get('/x').replace('http:', 'HTTP:'), '/x'],
    ['with a fragment, which is dropped', () => get('/x?y#top?z'), '/x?y'],
    ['with a fragment right behind the host', () => get('#top'), '/'],
    ['with a fragment beyond ASCII', () => get('/x#caf\xe9'), '/x'],
    ['with ws:// and no offer', () => get('/x').replace('http:', 'ws:'), '/x'],
  ])('is understood %s', async (_, text, seen) => {
    expect(await status(text())).toBe(200);
    expect(paths()).toEqual([seen]);
  });

  it.each([
    ['empty', 'HTTP/1.1', 'Host:\r\n'],
    ['of another host', 'HTTP/1.1', 'Host: other.example\r\n'],
    ['with a path', 'HTTP/1.1', 'Host: http://h/x y\r\n'],
    ['beyond ASCII', 'HTTP/1.1', 'Host: b\xfccher\r\n'],
    ['missing in HTTP/1.0', 'HTTP/1.0', ''],
  ])('rules over a Host that is odd: %s', async (_, version, host) => {
    expect(await status(`GET http://${origin.authority}/ ${version}\r\n${host}\r\n`)).toBe(200);
    expect(asked.map((request) => fieldValue(request, 'Host'))).toEqual([origin.authority]);
  });

  it.each([
    ['two Hosts', 'HTTP/1.1', 'Host: a\r\nHost: a\r\n'],
    ['no Host in HTTP/1.1', 'HTTP/1.1', ''],
  ])('does not excuse %s', async (_, version, host) => {
    expect(await status(`GET http://${origin.authority}/ ${version}\r\n${host}\r\n`)).toBe(400);
  });

  it('does not loosen what Host may be beside origin-form', async () => {
    expect(await status('GET /healthz HTTP/1.1\r\nHost: http://h/x y\r\n\r\n')).toBe(400);
    expect(await status('GET /healthz HTTP/1.1\r\nHost: other.example\r\n\r\n')).toBe(403);
  });

  it.each(['https', 'wss', 'HTTPS'])('with %s:// is answered 400 with the cure', async (scheme) => {
    const answer = await conversation(get('/caf\xe9').replace('http:', `${scheme}:`));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toMatch(/https?:\/\/|wss:\/\//);
    expect(answer).toMatch(/tunnel \(CONNECT\)[\s\S]*axios to 1\.16\.1[\s\S]*https-proxy-agent/);
  });
});

it('a WebSocket over ws:// absolute-form carries frames both ways', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (socket, request) => {
    socket.on('message', (data) => socket.send(`${request.url} ${data}`));
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const socket = new WebSocket(`ws://127.0.0.1:${gangway.port}`, {
    finishRequest(request) {
      request.path = `ws://127.0.0.1:${port}/chat#top`;
      request.end();
    },
  });
  socket.on('open', () => socket.send('hello'));
  const [data] = await once(socket, 'message');
  expect(String(data)).toBe('/chat hello');
  socket.terminate();
  await new Promise((resolve) => server.close(resolve));
});

it('whatever is damaged, piped behind or cut, the origin gets one request of an encoded connection, as it was sent', async () => {
  const raw = fc.stringMatching(/^[a-z\x80-\xff?]{0,6}[\x80-\xff][a-z\x80-\xff#?]{0,6}$/);
  await fc.assert(
    fc.asyncProperty(
      raw,
      fc.constantFrom('', 'smuggled', 'body'),
      damages(2, 'Transfer-Encoding: chunked\r\n', 'GET http://127.0.0.1/smuggled HTTP/1.1\r\nHost: x\r\n\r\n'),
      fc.array(fc.nat(200), { maxLength: 5 }),
      async (path, behind, wounds, cuts) => {
        asked = [];
        const whole = `${get(`/${path}`, behind === 'body' ? 'Content-Length: 5\r\n' : '')}${behind === 'body' ? 'x\xe9\r\n\0' : ''}`;
        const text = damaged(whole + (behind === 'smuggled' ? get('/smuggled') : ''), wounds);
        await conversation(text, cuts);
        const firstLine = text.replace(/^(?:\r\n)+/, '').split('\r\n', 1)[0] ?? '';
        if (/[\x80-\xff]/.test(firstLine)) expect(asked.length).toBeLessThan(2);
        for (const { start } of asked) {
          const seen = start
            .split(' ')[1]
            ?.replace(/%([8-F][0-9A-F])/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
          expect(text).toContain(seen?.replace(/^\/\?/, '?').replace(/^\/$/, ''));
          expect(start).toMatch(/^[!-~]+ [!-~]+ HTTP\/1\.1$/);
        }
      },
    ),
    { numRuns: 150 },
  );
});
