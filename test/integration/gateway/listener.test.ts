import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSilentPort } from '../../support/full-backlog.ts';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { has } from '../../support/programs.ts';
import { closed, eventually, openTunnel, RawClient, startEcho } from '../../support/tcp.ts';

let gangway: Gangway;

beforeAll(async () => {
  gangway = await startGangway();
});

afterAll(async () => {
  await gangway[Symbol.asyncDispose]();
});

describe('the one port', () => {
  it('answers on ::1 as on 127.0.0.1, where there is one', async () => {
    for (const { host, port } of gangway.engine.snapshot().listening) {
      using client = await RawClient.connect(port, host);
      client.send('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 200 /);
    }
  });

  it.each([
    ['a TLS handshake', Buffer.from([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0])],
    ['noise', Buffer.from('\u0001\u0002\u0003')],
    ['another protocol', Buffer.from('EHLO mail.example\r\n')],
    ['HTTP/2', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
  ])('answers %s with 400 or 505 and closes', async (_, bytes) => {
    using client = await RawClient.connect(gangway.port);
    client.send(bytes);
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 (?:400|505) /);
  });

  it('closes the connection of a client that sends nothing but its FIN', async () => {
    const client = await RawClient.connect(gangway.port);
    client.socket.end();
    await closed(client.socket);
    expect(client.text).toBe('');
  });

  it('moves to another port while we run; established tunnels stay open', async () => {
    await using moving = await startGangway();
    await using echo = await startEcho();
    using tunnel = await openTunnel(moving.port, echo.authority);
    const other = await startEcho();
    await other[Symbol.asyncDispose]();
    await moving.engine.apply({ ...moving.settings, port: other.port });
    expect(moving.engine.snapshot().listening[0]?.port).toBe(other.port);
    await expect(RawClient.connect(moving.port)).rejects.toThrow('ECONNREFUSED');
    using fresh = await openTunnel(other.port, echo.authority);
    for (const client of [tunnel, fresh]) {
      client.send('ping');
      await client.until((text) => text.endsWith('ping'));
    }
  });

  it('stays where it is when the other port is taken', async () => {
    await using moving = await startGangway();
    await using taken = await startEcho();
    await expect(moving.engine.apply({ ...moving.settings, port: taken.port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      port: taken.port,
    });
    expect(moving.engine.snapshot().listening[0]?.port).toBe(moving.port);
    using client = await openTunnel(moving.port, taken.authority);
    expect(client.text).toContain(' 200 ');
  });

  it('widens from loopback to every address on the same port, and comes back', async () => {
    await using moving = await startGangway({ token: 'secret' });
    await moving.engine.apply({ ...moving.settings, host: '0.0.0.0' });
    expect(moving.engine.snapshot().listening).toEqual([{ host: '0.0.0.0', port: moving.port }]);
    await moving.engine.apply(moving.settings);
    expect(moving.engine.snapshot().listening[0]).toEqual({ host: '127.0.0.1', port: moving.port });
  });

  it('leaves nothing when it stops, living tunnels and half a request included', async () => {
    await using echo = await startEcho();
    const stopping = await startGangway();
    using tunnel = await openTunnel(stopping.port, echo.authority);
    using half = await RawClient.connect(stopping.port);
    half.send('GET http://127.0');
    const started = performance.now();
    await stopping.engine.stop();
    expect(performance.now() - started).toBeLessThan(5_000);
    await Promise.all([tunnel.untilEnd(), half.untilEnd()]);
    await eventually(() => echo.sockets.size === 0, 'the target is let go');
    await expect(RawClient.connect(stopping.port)).rejects.toThrow('ECONNREFUSED');
  });
});

describe.skipIf(process.platform !== 'linux' || !has('python3', '--version'))(
  'a target that never answers (needs Linux and python3: a full listen queue)',
  () => {
    /** Connections of ours that wait for an answer from `port` (state 02 is SYN_SENT). */
    function attempts(port: number): number {
      const remote = new RegExp(
        `: [0-9A-F]+:[0-9A-F]+ 0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} 02 `,
        'g',
      );
      return readFileSync('/proc/net/tcp', 'utf8').match(remote)?.length ?? 0;
    }

    it.each(['FIN', 'RST'])('is not dialled any longer once the client is gone (%s)', async (how) => {
      await using silent = await startSilentPort();
      const { port } = silent;
      const others = attempts(port);
      const client = await RawClient.connect(gangway.port);
      client.send(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: x\r\n\r\n`);
      await eventually(() => attempts(port) === others + 1, 'we dial');
      if (how === 'FIN') client.socket.destroy();
      else client.socket.resetAndDestroy();
      await eventually(() => attempts(port) === others, 'the attempt is given up', 5_000);
      expect(client.text).toBe('');
    });

    it.each(['CONNECT', 'SOCKS', 'absolute-form', 'TCP forward'])(
      'is not dialled any longer once we have stopped (%s)',
      async (way) => {
        await using silent = await startSilentPort();
        const { port } = silent;
        const stopping = await startGangway({ forwards: [{ port: 0, host: '127.0.0.1', targetPort: port }] });
        const others = attempts(port);
        const forward = stopping.engine.snapshot().forwards[0]?.port ?? 0;
        using client = await RawClient.connect(way === 'TCP forward' ? forward : stopping.port);
        if (way === 'CONNECT') client.send(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: x\r\n\r\n`);
        if (way === 'absolute-form') client.send(`GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
        if (way === 'SOCKS') client.send(Buffer.from([5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, port >> 8, port & 0xff]));
        await eventually(() => attempts(port) === others + 1, 'we dial');
        await stopping.engine.stop();
        await eventually(() => attempts(port) === others, 'the attempt is given up', 5_000);
        await eventually(() => client.ended || client.error !== null, 'the client is let go');
      },
    );
  },
);
