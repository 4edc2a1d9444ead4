import { once } from 'node:events';
import { createServer, request as httpRequest, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createDialer } from '../../../app/dial/index.ts';
import { hostBridge, remoteSetting } from '../../support/bridge-host.ts';
import { openSession, refusalAt, type SessionClient } from '../../support/raw-mcp.ts';
import { type RemoteOrigin, type Seen, startRemote } from '../../support/remote-origin.ts';
import { addressOf, startOrigin } from '../../support/tcp.ts';
import { until } from '../../support/until.ts';

const hosted = (far: RemoteOrigin) => hostBridge({ servers: [remoteSetting({ url: far.url })] });

async function opened(url: string): Promise<SessionClient> {
  const session = await openSession(url);
  await session.post({ method: 'notifications/initialized' });
  return session;
}

const call = (session: SessionClient) => session.call('tools/call', { name: 'echo', arguments: { a: 1 } });
const works = { result: { content: [{ type: 'text', text: '{"a":1}' }] } };
const replyTo = ({ message }: Seen) => JSON.stringify({ jsonrpc: '2.0', id: message?.id, ...works });

/** Answers calls so; the rest goes its usual way. */
function onCalls(far: RemoteOrigin, answer: (seen: Seen, response: ServerResponse) => void): void {
  far.hook = (seen, response) => {
    if (seen.message?.method !== 'tools/call') return false;
    answer(seen, response);
    return true;
  };
}

describe('A remote server that compresses although that is declined', () => {
  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    // Java servers name the charset there, those before S3 how it came.
    ['UTF-8', String],
    ['aws-chunked, gzip', gzipSync],
  ] as const)('with %s is understood (%#)', async (coding, compress) => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await opened(host.url);
    onCalls(far, (seen, response) =>
      response
        .writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': coding })
        .end(compress(replyTo(seen))),
    );
    expect(await call(session)).toMatchObject(works);
    expect(far.seen.every(({ headers }) => headers['accept-encoding'] === 'identity')).toBe(true);
  });

  test('has the events of its streams told as they come', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await opened(host.url);
    let finish = (): void => undefined;
    onCalls(far, (seen, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Content-Encoding': 'gzip' });
      const gzip = createGzip();
      gzip.pipe(response);
      const progress = {
        jsonrpc: '2.0',
        method: 'notifications/message',
        params: { level: 'info', data: 'on its way' },
      };
      gzip.write(`data: ${JSON.stringify(progress)}\n\n`);
      gzip.flush();
      finish = () => gzip.end(`data: ${replyTo(seen)}\n\n`);
    });
    const stream = await session.stream({ id: 9, method: 'tools/call', params: { name: 'echo' } });
    expect(await stream.nextMessage()).toMatchObject({ params: { data: 'on its way' } });
    finish();
    expect(await stream.nextMessage()).toMatchObject({ id: 9, ...works });
  });

  test('beyond all measure is an error, and takes no memory', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await opened(host.url);
    const bomb = gzipSync(Buffer.alloc(48 * 1024 * 1024, ' '));
    onCalls(far, (_, response) =>
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }).end(bomb),
    );
    expect((await call(session)).error?.message).toContain(
      'compressed (gzip) although we asked for none, and cannot be',
    );
    far.hook = () => false;
    expect(await call(session)).toMatchObject(works);
  });

  test('in a coding that is not known is an error that names it', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await opened(host.url);
    onCalls(far, (_, response) => response.writeHead(200, { 'Content-Encoding': 'x-own' }).end('x'));
    expect((await call(session)).error?.message).toContain('compressed (x-own)');
  });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Timers that are set from now on run in a time of their own. */
const ownTime = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });

describe('A remote server that takes its time', () => {
  test('is waited for by a call for hours, and its stream is left open', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    ownTime();
    const session = await opened(host.url);
    await vi.waitFor(() => expect(far.streams.size).toBe(1));
    const waiting: (() => void)[] = [];
    onCalls(far, (seen, response) =>
      waiting.push(() => response.writeHead(200, { 'Content-Type': 'application/json' }).end(replyTo(seen))),
    );
    // The client of other tests has a deadline of its own.
    const answer = new Promise<string>((resolve) => {
      const { headers } = session;
      const posted = httpRequest(`${host.url}/mcp`, { method: 'POST', headers }, (response) => resolve(text(response)));
      posted.end('{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"echo"}}');
    });
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    vi.advanceTimersByTime(6 * 3_600_000);
    waiting[0]?.();
    expect(await answer).toContain(JSON.stringify(works).slice(1));
    expect(far.seen.filter(({ method }) => method === 'GET')).toHaveLength(1);
  });

  test('has its greeting given in its place after 10 s', async () => {
    await using far = await startRemote();
    far.hook = () => new Promise(() => undefined);
    await using host = await hosted(far);
    ownTime();
    let isAnswered = false;
    const session = openSession(host.url).finally(() => {
      isAnswered = true;
    });
    await vi.waitFor(() => expect(far.seen).toHaveLength(1), { interval: 1 });
    vi.advanceTimersByTime(9000);
    expect(isAnswered).toBe(false);
    vi.advanceTimersByTime(1000);
    expect((await session).headers['mcp-session-id']).toBeDefined();
  });
});

describe('A remote server behind HTTP', () => {
  test('gets the cookies back that it has set, and no other server does', async () => {
    await using far = await startRemote();
    await using other = await startRemote();
    const servers = [remoteSetting({ url: far.url }), remoteSetting({ name: 'other', url: other.url })];
    await using host = await hostBridge({ servers });
    const session = await opened(host.url);
    onCalls(far, (seen, response) =>
      response
        .writeHead(200, {
          'Content-Type': 'application/json',
          'Set-Cookie': [
            'node=a1; Path=/; HttpOnly; Expires=Thu, 01 Jan 2099 00:00:00 GMT',
            'gone=x; Max-Age=0',
            'late=x',
            'late=; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
          ],
        })
        .end(replyTo(seen)),
    );
    await call(session);
    await call(session);
    expect(far.seen.at(-1)?.headers.cookie).toBe('node=a1');
    await call(await opened(`${host.url}/servers/other`));
    expect(other.seen.some(({ headers }) => headers.cookie !== undefined)).toBe(false);
  });

  test('is fetched by the upstream proxy in absolute form, with the credentials of that, and with no CONNECT', async () => {
    await using far = await startRemote();
    const lines: string[] = [];
    const seen: (string | undefined)[] = [];
    const proxy = createServer((request, response) => {
      lines.push(`${request.method} ${request.url}`);
      seen.push(request.headers['proxy-authorization']);
      const { 'proxy-authorization': _, ...headers } = request.headers;
      const url = new URL(request.url ?? '');
      const onward = httpRequest(
        { host: '127.0.0.1', port: far.port, path: url.pathname, method: request.method, headers },
        (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 0, answer.headers)),
      );
      request.pipe(onward);
    });
    proxy.on('connect', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const upstream = `http://me:secret@127.0.0.1:${addressOf(proxy).port}`;
    const dialer = createDialer({ upstream, noProxy: '', ownPorts: new Set() });
    const url = `http://remote.test:${far.port}/mcp`;
    await using host = await hostBridge({ servers: [remoteSetting({ url })] }, { dialer });
    const session = await opened(host.url);
    expect(await call(session)).toMatchObject(works);
    expect(new Set(lines)).toContain(`POST ${url}`);
    expect(new Set(seen)).toEqual(new Set([`Basic ${Buffer.from('me:secret').toString('base64')}`]));
    expect(far.seen.some(({ headers }) => headers['proxy-authorization'] !== undefined)).toBe(false);
    proxy.closeAllConnections();
    proxy.close();
  });

  test('is not reached through an upstream proxy that asks for credentials, and that is said, over http and https', async () => {
    const refuse =
      'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n';
    await using proxy = await startOrigin((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', () => socket.write(refuse));
    });
    const dialer = createDialer({ upstream: `http://${proxy.authority}`, noProxy: '', ownPorts: new Set() });
    for (const url of ['http://remote.test/mcp', 'https://remote.test/mcp']) {
      await using host = await hostBridge(
        { servers: [remoteSetting({ url })] },
        { dialer, times: { remotePatience: 50 } },
      );
      expect(await refusalAt(host.url)).toContain(`The upstream proxy ${proxy.authority} answered 407 for remote.test`);
    }
  });

  test('is asked for the rest of an answer at once when the network is another one', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await opened(host.url);
    await until('there is a stream', () => far.streams.size === 1);
    onCalls(far, (called, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('id: e1\ndata:\n\n');
      far.hook = ({ method, headers }, again) => {
        if (method !== 'GET' || headers['last-event-id'] !== 'e1') return false;
        again.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(`data: ${replyTo(called)}\n\n`);
        return true;
      };
      setTimeout(() => host.bridge.forgetNetwork(), 50);
    });
    expect(await call(session)).toMatchObject(works);
  });

  test('has its stream opened anew when the network is another one, and the session goes on', async () => {
    await using far = await startRemote();
    await using host = await hosted(far);
    const session = await opened(host.url);
    const asked = () => far.seen.filter(({ method }) => method === 'GET').length;
    await until('there is a stream', () => far.streams.size === 1);
    host.bridge.forgetNetwork();
    await until('there is another one in its place', () => asked() === 2 && far.streams.size === 1);
    expect(await call(session)).toMatchObject(works);
    expect(far.posted().filter((method) => method === 'initialize')).toHaveLength(1);
  });
});
