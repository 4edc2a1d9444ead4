import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gangway, startGangway } from '../../support/gangway.ts';
import { closed, eventually, type Origin, openTunnel, type RawClient, startOrigin } from '../../support/tcp.ts';

let gangway: Gangway;
let origin: Origin;

beforeAll(async () => {
  gangway = await startGangway();
  // Does what the first letter says: echo, finish, reset.
  origin = await startOrigin((socket) => {
    socket.once('data', (chunk: Buffer) => {
      const letter = String(chunk)[0];
      if (letter === 'F') socket.end('bye');
      else if (letter === 'R') socket.resetAndDestroy();
      else socket.write(chunk);
    });
    socket.on('end', () => socket.end());
  });
});

afterAll(async () => {
  await gangway[Symbol.asyncDispose]();
  await origin[Symbol.asyncDispose]();
});

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout' || kind === 'Immediate').length;
}

/** Opens a connection, sends `bytes`, and once something came back lets `then` end it. Resolves when it is closed. */
function visit(bytes: string | Buffer, then: (socket: Socket) => void): Promise<void> {
  const socket = connect({ port: gangway.port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  socket.once('data', () => then(socket));
  socket.write(bytes);
  return closed(socket);
}

const ignore = () => undefined;

/** Every way a tunnel can end. */
function endings(): (() => Promise<void>)[] {
  const head = `CONNECT ${origin.authority} HTTP/1.1\r\nHost: x\r\n\r\n`;
  const parsed = `CONNECT ${origin.authority} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`;
  const socks = Buffer.from([5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, origin.port >> 8, origin.port & 0xff]);
  const closeByHand = () => {
    for (const { id } of gangway.engine.snapshot().tunnels.slice(0, 1)) gangway.engine.closeTunnel(id);
  };
  return [
    () => visit(head, (socket) => socket.end()),
    () => visit(head, (socket) => socket.destroy()),
    () => visit(head, (socket) => socket.resetAndDestroy()),
    () => visit(`${head}F`, ignore),
    () => visit(`${head}R`, ignore),
    () => visit(`${parsed}E`, (socket) => socket.end()),
    () => visit(`${parsed}F`, ignore),
    () =>
      visit(head, (socket) => {
        closeByHand();
        socket.destroy();
      }),
    () => visit(socks, (socket) => socket.resetAndDestroy()),
    () => visit(Buffer.concat([socks, Buffer.from('F')]), ignore),
    () => visit('CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: x\r\n\r\n', ignore),
    () => visit('CONNECT nonsense HTTP/1.1\r\nHost: x\r\n\r\n', ignore),
    () => visit(`GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, ignore),
    async () => {
      const socket = connect({ port: gangway.port, host: '127.0.0.1' });
      socket.on('error', ignore);
      socket.write(head, () => socket.resetAndDestroy());
      await closed(socket);
    },
    async () => {
      const socket = connect({ port: gangway.port, host: '127.0.0.1' });
      socket.on('error', ignore);
      socket.write(head.slice(0, 20), () => socket.destroy());
      await closed(socket);
    },
  ];
}

describe('two thousand tunnels at once', () => {
  it('are all alive, listed and told apart', async () => {
    const clients: RawClient[] = [];
    for (let batch = 0; batch < 20; batch++) {
      clients.push(
        ...(await Promise.all(Array.from({ length: 100 }, () => openTunnel(gangway.port, origin.authority)))),
      );
    }
    expect(gangway.engine.snapshot().tunnels).toHaveLength(2000);
    await Promise.all(
      clients.map(async (client, i) => {
        client.send(`E${i};`);
        await client.until((text) => text.endsWith(`E${i};`));
      }),
    );
    for (const client of clients) client.socket.destroy();
    await eventually(() => gangway.engine.snapshot().tunnels.length === 0, 'all tunnels are gone');
  });
});

describe('five thousand tunnels', () => {
  it('with every kind of ending leave no descriptor, timer or memory behind', { timeout: 180_000 }, async () => {
    const kinds = endings();
    const rounds = async (count: number) => {
      let next = 0;
      const worker = async () => {
        while (next < count) await kinds[next++ % kinds.length]?.();
      };
      await Promise.all(Array.from({ length: 64 }, worker));
      await eventually(() => gangway.engine.snapshot().tunnels.length === 0, 'all tunnels are gone');
      await eventually(() => origin.sockets.size === 0, 'the origin has seen every end');
    };
    await rounds(1_500);
    global.gc?.();
    const before = { descriptors: descriptors(), timers: timers(), heap: process.memoryUsage().heapUsed };
    await rounds(5_000);
    await eventually(
      () => descriptors() <= before.descriptors,
      `descriptors: ${descriptors()} of ${before.descriptors}`,
    );
    await eventually(() => timers() <= before.timers, `timers: ${timers()} of ${before.timers}`);
    global.gc?.();
    expect(process.memoryUsage().heapUsed - before.heap).toBeLessThan(5 << 20);
  });
});
