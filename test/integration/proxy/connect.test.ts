import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { closed, eventually, type Origin, openTunnel, RawClient, startEcho, startOrigin } from '../../support/tcp.ts';

const hasIPv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
const ESTABLISHED = 'HTTP/1.1 200 Connection Established\r\n\r\n';

let gangway: Gangway;
let echo: Origin;

beforeAll(async () => {
  gangway = await startGangway();
  echo = await startEcho();
});

afterAll(async () => {
  await gangway[Symbol.asyncDispose]();
  await echo[Symbol.asyncDispose]();
});

/** Sends `head` and returns the whole answer of a proxy that refuses. */
async function refusal(head: string): Promise<string> {
  using client = await RawClient.connect(gangway.port);
  client.send(head);
  return await client.untilEnd();
}

/** Waits until the bytes that a target has sent, or has left to send, have been the same twice in a row. */
async function stopsSending(bytes: () => number): Promise<void> {
  let before = -1;
  await eventually(async () => {
    const still = bytes() === before;
    before = bytes();
    await new Promise((resolve) => setTimeout(resolve, 200));
    return still && bytes() === before;
  }, 'the target stops sending');
}

function connectTo(authority: string): string {
  return `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;
}

describe('a CONNECT request', () => {
  it('is answered with 200 and no framing at all', async () => {
    using client = await openTunnel(gangway.port, echo.authority);
    expect(client.text).toBe(ESTABLISHED);
  });

  it('reaches names, which this machine looks up', async () => {
    using client = await openTunnel(gangway.port, `localhost:${echo.port}`);
    client.send('ping');
    expect(await client.until((text) => text.endsWith('ping'))).toBe(`${ESTABLISHED}ping`);
  });

  it.skipIf(!hasIPv6)('reaches IPv6 literals (skipped where the machine has no ::1)', async () => {
    await using origin = await startEcho({ host: '::1' });
    using client = await openTunnel(gangway.port, `[::1]:${origin.port}`);
    client.send('ping');
    expect(await client.until((text) => text.endsWith('ping'))).toBe(`${ESTABLISHED}ping`);
  });

  it.skipIf(!hasIPv6).each([
    ['in front of the HTTP parser', ''],
    ['behind it', 'Connection: close\r\n'],
  ])('reaches IPv6 that comes without its brackets, %s', async (_, fields) => {
    await using origin = await startEcho({ host: '::1' });
    const authority = `::1:${origin.port}`;
    using client = await RawClient.connect(gangway.port);
    // What axios, wget and grpc-js send.
    client.send(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${fields}\r\nping`);
    expect(await client.until((text) => text.endsWith('ping'))).toBe(`${ESTABLISHED}ping`);
  });

  it('passes on the bytes behind its head, in order', async () => {
    using client = await RawClient.connect(gangway.port);
    client.send(`${connectTo(echo.authority)}first `);
    client.send('second ');
    client.send('third');
    expect(await client.until((text) => text.endsWith('third'))).toBe(`${ESTABLISHED}first second third`);
  });

  it('is understood when it arrives byte by byte', async () => {
    using client = await RawClient.connect(gangway.port);
    for (const byte of `${connectTo(echo.authority)}tail`) {
      client.send(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.until((text) => text.endsWith('tail'))).toBe(`${ESTABLISHED}tail`);
  });

  it('may carry fields of any kind, Content-Length: 0 among them', async () => {
    using client = await RawClient.connect(gangway.port);
    client.send(
      `CONNECT ${echo.authority} HTTP/1.1\r\nHost: ${echo.authority}\r\nUser-Agent: x\r\nContent-Length: 0\r\nProxy-Connection: keep-alive\r\n\r\nhi`,
    );
    expect(await client.until((text) => text.endsWith('hi'))).toBe(`${ESTABLISHED}hi`);
  });

  it('is answered in HTTP/1.0, too', async () => {
    using client = await RawClient.connect(gangway.port);
    client.send(`CONNECT ${echo.authority} HTTP/1.0\r\n\r\nhi`);
    expect(await client.until((text) => text.endsWith('hi'))).toContain(' 200 ');
  });

  it.each([
    ['no port', 'example.com'],
    ['port 0', '127.0.0.1:0'],
    ['port 99999', '127.0.0.1:99999'],
    ['a port in words', '127.0.0.1:http'],
    ['an empty port', '127.0.0.1:'],
    ['an empty host', ':443'],
    ['userinfo', 'user:pass@127.0.0.1:443'],
    ['a path', '127.0.0.1:443/'],
    ['a scheme', 'http://127.0.0.1:443'],
    ['origin-form', '/index.html'],
    ['an unclosed bracket', '[::1:443'],
    ['a broken IPv6 address', '[::1::2]:443'],
    ['IPv6 without brackets and port', 'fd00::ffff'],
    ['IPv4 in brackets', '[127.0.0.1]:443'],
    ['a negative port', '127.0.0.1:-1'],
    ['two ports', '127.0.0.1:80:443'],
    ['a number for an address', '2130706433:443'],
    ['a percent sign', '127.0.0.1%00:443'],
  ])('with %s is answered 400', async (_, authority) => {
    const answer = await refusal(connectTo(authority).replace(`Host: ${authority}`, 'Host: x'));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toMatch(/\r\nProxy-Status: mcp-gangway; error=http_request_error/);
  });

  it.each([
    ['Transfer-Encoding', 'Transfer-Encoding: chunked\r\n'],
    ['Content-Length', 'Content-Length: 5\r\n'],
  ])('with content (%s) is answered 400', async (_, field) => {
    const answer = await refusal(`CONNECT ${echo.authority} HTTP/1.1\r\nHost: x\r\n${field}\r\nhello`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('to a closed port is answered 502 with the reason', async () => {
    const answer = await refusal(connectTo('127.0.0.1:1'));
    expect(answer).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
    expect(answer).toContain('Proxy-Status: mcp-gangway; error=connection_refused; details="ECONNREFUSED"');
    expect(answer).toMatch(/\r\nContent-Length: \d+\r\n/);
  });

  it('to a name that does not exist is answered quickly', async () => {
    const answer = await refusal(connectTo('no-such-host.invalid:443'));
    expect(answer).toMatch(/^HTTP\/1\.1 50[24] /);
    expect(answer).toMatch(/error=dns_(?:error|timeout)/);
  });

  it.each(['127.0.0.1', 'localhost', '0.0.0.0', '127.9.9.9', '[::1]', '[::ffff:127.0.0.1]', '[::]'])(
    'to ourselves as %s is answered 508',
    async (host) => {
      const answer = await refusal(connectTo(`${host}:${gangway.port}`));
      expect(answer).toMatch(/^HTTP\/1\.1 508 /);
      expect(answer).toContain('error=proxy_loop_detected');
    },
  );

  it('to a denied port is answered 403', async () => {
    await using strict = await startGangway({ deniedPorts: [echo.port] });
    using client = await RawClient.connect(strict.port);
    client.send(connectTo(echo.authority));
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 403 .*error=http_request_denied/s);
  });
});

describe('a token', () => {
  const token = 'correct horse battery staple';
  const basic = (password: string) => `Basic ${Buffer.from(`home:${password}`).toString('base64')}`;

  it('is asked for with 407, in front of the HTTP parser and behind it', async () => {
    await using locked = await startGangway({ token });
    for (const extra of ['', 'Content-Length: 0\r\n']) {
      for (const credentials of [
        '',
        `Proxy-Authorization: ${basic('wrong')}\r\n`,
        'Proxy-Authorization: Bearer x\r\n',
      ]) {
        using client = await RawClient.connect(locked.port);
        client.send(`CONNECT ${echo.authority} HTTP/1.1\r\nHost: x\r\n${extra}${credentials}\r\n`);
        expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 407 .*Proxy-Authenticate: Basic /s);
      }
    }
  });

  it('lets in a client that shows it, under the name it gives', async () => {
    await using locked = await startGangway({ token });
    using client = await RawClient.connect(locked.port);
    client.send(`CONNECT ${echo.authority} HTTP/1.1\r\nHost: x\r\nProxy-Authorization: ${basic(token)}\r\n\r\n`);
    await client.until((text) => text.includes(' 200 '));
    expect(locked.engine.snapshot().tunnels).toMatchObject([{ label: 'home', target: { port: echo.port } }]);
  });

  it('may come as its address has to write it, and has to be whole then too', async () => {
    const special = '50%25 p@ss/word?#:100%';
    const written = encodeURIComponent(special);
    await using locked = await startGangway({ token: special });
    const cases: readonly (readonly [string, string])[] = [
      [special, '200'],
      [written, '200'],
      [encodeURIComponent(written), '407'],
      [written.slice(0, -1), '407'],
    ];
    for (const [password, status] of cases) {
      using client = await RawClient.connect(locked.port);
      client.send(`CONNECT ${echo.authority} HTTP/1.1\r\nHost: x\r\nProxy-Authorization: ${basic(password)}\r\n\r\n`);
      expect(await client.until((text) => text.includes('\r\n\r\n'))).toContain(` ${status} `);
    }
  });
});

describe('a tunnel', () => {
  it('keeps the other direction open when the client has finished', async () => {
    await using origin = await startOrigin((socket) => {
      socket.resume();
      socket.once('end', () => setTimeout(() => socket.end('late answer'), 50));
    });
    using client = await openTunnel(gangway.port, origin.authority);
    client.socket.end('question');
    expect(await client.untilEnd()).toBe(`${ESTABLISHED}late answer`);
  });

  it('keeps the other direction open when the target has finished', async () => {
    const received: string[] = [];
    await using origin = await startOrigin((socket) => {
      socket.end('that is all');
      socket.on('data', (chunk) => received.push(String(chunk)));
    });
    using client = await openTunnel(gangway.port, origin.authority);
    await client.untilEnd();
    client.socket.end('but I still talk');
    await eventually(() => received.join('').length >= 'but I still talk'.length, 'the late bytes arrive');
    expect(received.join('')).toBe('but I still talk');
  });

  it('is answered although the client closed its side before the tunnel was established', async () => {
    using client = await RawClient.connect(gangway.port);
    client.socket.end(`${connectTo(echo.authority)}all I have to say`);
    expect(await client.untilEnd()).toBe(`${ESTABLISHED}all I have to say`);
  });

  it('carries a reset by the target to the client', async () => {
    await using origin = await startOrigin((socket) => socket.once('data', () => socket.resetAndDestroy()));
    using client = await openTunnel(gangway.port, origin.authority);
    client.send('x');
    await closed(client.socket);
    expect(client.error?.code).toBe('ECONNRESET');
  });

  it('carries a reset by the client to the target', async () => {
    const errors: (string | undefined)[] = [];
    await using origin = await startOrigin((socket) =>
      socket.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code)),
    );
    using client = await openTunnel(gangway.port, origin.authority);
    client.socket.resetAndDestroy();
    await eventually(() => errors.length > 0, 'the target hears of the reset');
    expect(errors).toEqual(['ECONNRESET']);
  });

  it('is gone from the list, and from the target, when its client is gone', async () => {
    await using origin = await startOrigin((socket) => socket.resume().once('end', () => socket.end()));
    const client = await openTunnel(gangway.port, origin.authority);
    expect(gangway.engine.snapshot().tunnels.some(({ target }) => target.port === origin.port)).toBe(true);
    client.socket.destroy();
    await eventually(
      () => !gangway.engine.snapshot().tunnels.some(({ target }) => target.port === origin.port),
      'it leaves the list',
    );
    await eventually(() => origin.sockets.size === 0, 'the target is told');
  });

  it('can be closed by hand', async () => {
    using client = await openTunnel(gangway.port, echo.authority);
    const [tunnel] = gangway.engine.snapshot().tunnels;
    expect(gangway.engine.closeTunnel(tunnel?.id ?? 0)).toBe(true);
    await closed(client.socket);
    expect(gangway.engine.closeTunnel(tunnel?.id ?? 0)).toBe(false);
  });

  it('makes a fast target wait for a slow client instead of storing what it sends', async () => {
    let sent = 0;
    const chunk = Buffer.alloc(1 << 20);
    await using origin = await startOrigin((socket) => {
      const fill = () => {
        while (sent < 512 << 20 && !socket.destroyed) {
          sent += chunk.length;
          if (!socket.write(chunk)) return void socket.once('drain', fill);
        }
      };
      fill();
    });
    using client = await openTunnel(gangway.port, origin.authority);
    client.socket.pause();
    await stopsSending(() => sent);
    expect(sent).toBeLessThan(64 << 20);
  });

  it('makes a target of many small messages wait as well, and loses none of them', async () => {
    const total = 40 << 20;
    const sent = createHash('sha256');
    let left = total;
    await using origin = await startOrigin((socket) => {
      const next = (): void => {
        if (left === 0) return void socket.end();
        const message = Buffer.alloc(8 * 1024, left / 1024);
        sent.update(message);
        left -= message.length;
        if (socket.write(message)) setImmediate(next);
        else socket.once('drain', next);
      };
      next();
    });
    using client = await RawClient.connect(gangway.port);
    const received = createHash('sha256');
    let arrived = -ESTABLISHED.length;
    client.socket.removeAllListeners('data');
    client.socket.on('data', (bytes: Buffer) => {
      received.update(arrived < 0 ? bytes.subarray(ESTABLISHED.length) : bytes);
      arrived += bytes.length;
    });
    client.send(connectTo(origin.authority));
    await once(client.socket, 'data');
    client.socket.pause();
    await stopsSending(() => left);
    expect(left).toBeGreaterThan(0);
    client.socket.resume();
    await once(client.socket, 'end');
    expect(arrived).toBe(total);
    expect(received.digest('hex')).toBe(sent.digest('hex'));
  });

  it('carries 200 MB each way at once, byte for byte', async () => {
    const total = 200 * 1000 * 1000;
    using client = await RawClient.connect(gangway.port);
    client.socket.removeAllListeners('data');
    client.send(connectTo(echo.authority));
    const [answer] = (await once(client.socket, 'data')) as [Buffer];
    expect(String(answer)).toBe(ESTABLISHED);
    const chunk = Buffer.alloc(1_000_003);
    for (let i = 0; i < chunk.length; i++) chunk[i] = (i * 2654435761) >>> 24;
    const sent = createHash('sha256');
    const received = createHash('sha256');
    let left = total;
    let arrived = 0;
    client.socket.on('data', (bytes: Buffer) => {
      received.update(bytes);
      arrived += bytes.length;
    });
    while (left > 0) {
      const part = chunk.subarray(0, Math.min(left, chunk.length));
      left -= part.length;
      sent.update(part);
      if (!client.socket.write(part)) await once(client.socket, 'drain');
    }
    client.socket.end();
    await client.untilEnd();
    expect(arrived).toBe(total);
    expect(received.digest('hex')).toBe(sent.digest('hex'));
  });
});
