import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { createDialer, DialError, type DialerOptions, dialFailure } from '../../../app/dial/index.ts';
import { textIn } from '../../../app/i18n/index.ts';
import { startGangway } from '../../support/gangway.ts';
import { addressOf, eventually, openTunnel, RawClient, startEcho, startOrigin } from '../../support/tcp.ts';

type Lookup = NonNullable<DialerOptions['lookup']>;

const direct = { upstream: null, noProxy: '', ownPorts: new Set<number>() };

function answering(...addresses: readonly string[]): Lookup {
  return (_, done) =>
    setImmediate(
      done,
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
}

async function faultOf(dialling: { readonly socket: Promise<Socket> }): Promise<DialError> {
  const error = await dialling.socket.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DialError)) throw new Error('the dial did not fail');
  return error;
}

describe('names of targets', () => {
  it('are looked up once for many dials at a time, and again only after a while', async () => {
    await using echo = await startEcho();
    const lookup = vi.fn(answering('127.0.0.1'));
    const dialer = createDialer({ ...direct, lookup });
    const dials = Array.from({ length: 20 }, () => dialer.dial({ host: 'NAS.lan', port: echo.port }).socket);
    for (const socket of await Promise.all(dials)) socket.destroy();
    (await dialer.dial({ host: 'nas.lan', port: echo.port }).socket).destroy();
    expect(lookup).toHaveBeenCalledTimes(1);
  });

  it('that take long to look up do not make a refusal look late', async () => {
    const lookup: Lookup = (host, done) => void setTimeout(() => answering('127.0.0.1')(host, done), 1_500);
    const { elapsed } = await faultOf(createDialer({ ...direct, lookup }).dial({ host: 'slow.lan', port: 1 }));
    expect(elapsed).toBeLessThan(1_400);
  });

  it('that a filter leads to 0.0.0.0 are told from a port where nothing listens', async () => {
    const dialer = createDialer({ ...direct, lookup: answering('0.0.0.0', '::') });
    const error = await faultOf(dialer.dial({ host: 'ads.lan', port: 1 }));
    expect(dialFailure(error, textIn('en'))).toMatchObject({
      code: 'ECONNREFUSED',
      sentence: 'The address of ads.lan is 0.0.0.0, which leads nowhere.',
    });
    const literal = await faultOf(dialer.dial({ host: '0.0.0.0', port: 1 }));
    expect(dialFailure(literal, textIn('en')).sentence).toBe('0.0.0.0:1 refused the connection.');
  });

  it('are looked up anew in another network', async () => {
    await using echo = await startEcho();
    const lookup = vi.fn(answering('127.0.0.1'));
    const dialer = createDialer({ ...direct, lookup });
    (await dialer.dial({ host: 'nas.lan', port: echo.port }).socket).destroy();
    dialer.forgetNames();
    (await dialer.dial({ host: 'nas.lan', port: echo.port }).socket).destroy();
    expect(lookup).toHaveBeenCalledTimes(2);
  });

  it('that cannot be looked up fail with the resolver’s word', async () => {
    const lookup: Lookup = (_, done) => setImmediate(done, Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []);
    const { fault } = await faultOf(createDialer({ ...direct, lookup }).dial({ host: 'x.lan', port: 1 }));
    expect(fault).toEqual({ kind: 'system', errno: 'ENOTFOUND' });
  });
});

describe('several addresses', () => {
  it('are tried until one answers', async () => {
    await using echo = await startEcho();
    const dialer = createDialer({ ...direct, lookup: answering('::1', '127.0.0.2', '127.0.0.1') });
    const socket = await dialer.dial({ host: 'nas.lan', port: echo.port }).socket;
    expect(socket.remoteAddress).toBe('127.0.0.1');
    socket.destroy();
  });

  /** The address at which a dial has ended. */
  async function reached(dialer: ReturnType<typeof createDialer>, port: number): Promise<string | undefined> {
    const socket = await dialer.dial({ host: 'nas.lan', port }).socket;
    const { remoteAddress } = socket;
    socket.destroy();
    return remoteAddress;
  }

  it('begin with the one that has answered, for ten seconds from then and at its port', async () => {
    await using four = await startEcho();
    let now = 0;
    const dialer = createDialer({ ...direct, lookup: answering('::1', '127.0.0.1'), now: () => now });
    expect(await reached(dialer, four.port)).toBe('127.0.0.1');
    await using six = await startEcho({ host: '::1', port: four.port });
    now = 9_999;
    expect(await reached(dialer, four.port)).toBe('127.0.0.1');
    now = 10_000;
    expect(await reached(dialer, six.port)).toBe('::1');
  });

  it('begin with the first one again in another network, and at another port', async () => {
    await using four = await startEcho();
    await using other = await startEcho({ host: '::1' });
    const dialer = createDialer({ ...direct, lookup: answering('::1', '127.0.0.1') });
    expect(await reached(dialer, four.port)).toBe('127.0.0.1');
    expect(await reached(dialer, other.port)).toBe('::1');
    await using _six = await startEcho({ host: '::1', port: four.port });
    expect(await reached(dialer, four.port)).toBe('127.0.0.1');
    dialer.forgetNames();
    expect(await reached(dialer, four.port)).toBe('::1');
  });

  it('are all tried though one has answered before that does not any more', async () => {
    const four = await startEcho();
    const dialer = createDialer({ ...direct, lookup: answering('::1', '127.0.0.1') });
    expect(await reached(dialer, four.port)).toBe('127.0.0.1');
    await four[Symbol.asyncDispose]();
    await using _six = await startEcho({ host: '::1', port: four.port });
    expect(await reached(dialer, four.port)).toBe('::1');
  });

  it('fail with the error that says most', async () => {
    const dialer = createDialer({ ...direct, lookup: answering('127.0.0.1', '::1') });
    const { fault } = await faultOf(dialer.dial({ host: 'nas.lan', port: 1 }));
    expect(fault).toEqual({ kind: 'system', errno: 'ECONNREFUSED' });
  });

  it('are refused when one of them is ourselves', async () => {
    const dialer = createDialer({ ...direct, ownPorts: new Set([28080]), lookup: answering('192.0.2.1', '127.0.0.1') });
    expect((await faultOf(dialer.dial({ host: 'sneaky.example', port: 28080 }))).fault.kind).toBe('loop');
  });
});

describe('a dial', () => {
  it('that is given up frees everything at once', async () => {
    const dialer = createDialer({ ...direct, lookup: () => undefined });
    const dialling = dialer.dial({ host: 'never.lan', port: 1 });
    dialling.cancel();
    expect((await faultOf(dialling)).fault.kind).toBe('cancelled');
  });

  it('through a parent that never answers ends at its timeout', async () => {
    await using silent = await startOrigin((socket) => socket.resume().once('end', () => socket.end()));
    const dialer = createDialer({ ...direct, upstream: `http://127.0.0.1:${silent.port}`, timeoutMs: 100 });
    const { fault, elapsed } = await faultOf(dialer.dial({ host: 'example.com', port: 443 }));
    expect(fault.kind).toBe('parent-timeout');
    expect(elapsed).toBeGreaterThanOrEqual(95);
    await eventually(() => silent.sockets.size === 0, 'the parent is let go');
  });
});

describe('an upstream proxy', () => {
  /** A parent that records what it is asked and connects every CONNECT to `echoPort`. */
  async function startParent(status: number) {
    const asked: { readonly authority: string; readonly authorization: string | undefined }[] = [];
    const server = createServer();
    server.on('connect', (request, socket, head) => {
      asked.push({ authority: request.url ?? '', authorization: request.headers['proxy-authorization'] });
      socket.write(`HTTP/1.1 ${status} X\r\nVia: 1.1 parent\r\n\r\nhello `);
      socket.write(head);
      socket.pipe(socket);
      socket.on('error', () => socket.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { asked, port: addressOf(server).port, server };
  }

  it('carries tunnels, with its credentials, and gives what came behind its head to the client', async () => {
    const parent = await startParent(200);
    await using gangway = await startGangway({ upstream: `http://me:secret@127.0.0.1:${parent.port}` });
    using client = await openTunnel(gangway.port, 'far.example:443');
    client.send('ping');
    await client.until((text) => text.endsWith('\r\n\r\nhello ping'));
    expect(parent.asked).toEqual([
      { authority: 'far.example:443', authorization: `Basic ${Buffer.from('me:secret').toString('base64')}` },
    ]);
    parent.server.close();
  });

  it('is left out for targets on the direct list, and for this machine', async () => {
    const parent = await startParent(200);
    await using echo = await startEcho();
    await using gangway = await startGangway({ upstream: `http://127.0.0.1:${parent.port}`, noProxy: 'x.example' });
    using client = await openTunnel(gangway.port, echo.authority);
    client.send('ping');
    await client.until((text) => text.endsWith('\r\n\r\nping'));
    expect(parent.asked).toEqual([]);
    parent.server.close();
  });

  it('carries tunnels though it answers sloppily, cut anywhere, and the bytes behind its head are the target’s', async () => {
    const answers = [
      'HTTP/1.1 200 OK\nProxy-Agent: x\n\n',
      'HTTP/1.0 200 OK\n\n',
      'http/1.1 200 ok\r\n\r\n',
      'HTTP/1.1  200  OK\r\n\r\n',
      '\r\nHTTP/1.1 200 OK\r\n\r\n',
      'HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
    ];
    let answer = '';
    await using parent = await startOrigin((socket) => {
      socket.setNoDelay(true);
      socket.once('data', async () => {
        for (const byte of answer) {
          socket.write(byte, 'latin1');
          await new Promise((resolve) => setImmediate(resolve));
        }
        socket.write('\r\nhello ');
        socket.pipe(socket);
      });
    });
    await using gangway = await startGangway({ upstream: `http://127.0.0.1:${parent.port}` });
    for (answer of answers) {
      using client = await openTunnel(gangway.port, 'far.example:443');
      client.send('ping');
      await client.until((text) => text.endsWith('\r\n\r\n\r\nhello ping'));
    }
  });

  it.each([
    ['another protocol without a line end', 'SSH-2.0-x'],
    ['a version that is none', 'HTTP/2 200 OK\r\n\r\n'],
    ['a bare CR', 'HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n'],
    ['NUL', 'HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n'],
    ['interim answers without end', 'HTTP/1.1 102 P\r\n\r\n'.repeat(200)],
    ['101 that nobody asked for', 'HTTP/1.1 101 S\r\nUpgrade: x\r\n\r\n'],
  ])('that answers with %s is a 502 at once', async (_what, answer) => {
    await using parent = await startOrigin((socket) => socket.once('data', () => socket.write(answer, 'latin1')));
    await using gangway = await startGangway({ upstream: `http://127.0.0.1:${parent.port}` });
    using client = await RawClient.connect(gangway.port);
    client.send('CONNECT far.example:443 HTTP/1.1\r\nHost: far.example:443\r\n\r\n');
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 502 /);
  });

  it('that refuses is named in the answer, with its status', async () => {
    const parent = await startParent(407);
    await using gangway = await startGangway({ upstream: `http://127.0.0.1:${parent.port}` });
    using client = await RawClient.connect(gangway.port);
    client.send('CONNECT far.example:443 HTTP/1.1\r\nHost: far.example:443\r\n\r\n');
    const answer = await client.untilEnd();
    expect(answer).toMatch(/^HTTP\/1\.1 502 .*error=proxy_configuration_error/s);
    expect(answer).toContain(`127.0.0.1:${parent.port} answered 407`);
    parent.server.closeAllConnections();
    parent.server.close();
  });

  it('that speaks no HTTP, closes, or is not there is a 502', async () => {
    await using babble = await startOrigin((socket) => socket.end('220 smtp ready\r\n\r\n'));
    await using closing = await startOrigin((socket) => socket.once('data', () => socket.end()));
    for (const port of [babble.port, closing.port, 1]) {
      await using gangway = await startGangway({ upstream: `http://127.0.0.1:${port}` });
      using client = await RawClient.connect(gangway.port);
      client.send('CONNECT far.example:443 HTTP/1.1\r\nHost: far.example:443\r\n\r\n');
      expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 502 /);
    }
  });

  it('that is ourselves is refused as a loop', async () => {
    await using gangway = await startGangway();
    await gangway.engine.apply({ ...gangway.settings, upstream: gangway.url });
    using client = await RawClient.connect(gangway.port);
    client.send('CONNECT far.example:443 HTTP/1.1\r\nHost: far.example:443\r\n\r\n');
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 508 /);
  });
});
