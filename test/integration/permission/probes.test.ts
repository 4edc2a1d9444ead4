import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { attempt, browse, touchAt } from '../../../app/permission/probes.ts';
import type { Evidence } from '../../../app/permission/state.ts';
import type { LocalAddress } from '../../../app/platform/network/index.ts';
import { listening } from '../../support/listening.ts';

const LOOPBACK: LocalAddress = { interface: 'lo', family: 'IPv4', address: '127.0.0.1', scope: 0 };
const GROUP = '224.0.0.251';
const never = new AbortController().signal;
const opened: (Socket | Server)[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => new Promise<void>((resolve) => one.close(() => resolve()))));
});

/** Descriptors of this process that are sockets. Those of tests before may still be closing. */
function socketCount(): number {
  return readdirSync('/proc/self/fd').filter(isSocket).length;
}

function isSocket(descriptor: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith('socket:');
  } catch {
    // Closed meanwhile, as the one that lists them.
    return false;
  }
}

/** Somebody who offers a web page: answers questions on loopback, from an address that is not ours. */
async function responder(): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  opened.push(socket);
  socket.bind(5353, GROUP);
  await once(socket, 'listening');
  socket.addMembership(GROUP, LOOPBACK.address);
  const voice = createSocket('udp4');
  opened.push(voice);
  voice.bind(0, '127.0.0.2');
  await once(voice, 'listening');
  socket.on('message', (question, { port, address }) => {
    const reply = Buffer.from(question);
    reply.writeUInt16BE(0x8400, 2);
    voice.send(reply, port, address);
  });
  return socket;
}

describe('Browsing', () => {
  it('asks for the service, reports the machines that answer, and leaves no socket', async () => {
    const before = socketCount();
    const somebody = await responder();
    const asked = once(somebody, 'message');
    const end = new AbortController();
    const seen: Evidence[] = [];
    const done = browse({
      service: '_http._tcp',
      addresses: [LOOPBACK],
      askAt: [0],
      signal: end.signal,
      seen: (evidence) => {
        seen.push(evidence);
        if (evidence.kind === 'answer') end.abort();
      },
    });
    const [question]: Buffer[] = await asked;
    expect(question?.toString('latin1')).toContain('\x05_http\x04_tcp\x05local\x00');
    await done;
    expect(seen).toContainEqual({ kind: 'answer', from: '127.0.0.2' });
    expect(seen).toContainEqual({ kind: 'datagram', errno: null, elapsed: expect.any(Number) });
    await Promise.all(opened.splice(0).map((one) => new Promise<void>((resolve) => one.close(() => resolve()))));
    await expect.poll(socketCount).toBeLessThanOrEqual(before);
  });

  it('goes on with the other interfaces when one has been removed', async () => {
    const seen: Evidence[] = [];
    const gone: LocalAddress = { ...LOOPBACK, address: '203.0.113.7' };
    await browse({
      service: '_http._tcp',
      addresses: [gone],
      askAt: [0],
      signal: never,
      seen: (evidence) => seen.push(evidence),
    });
    expect(seen).toEqual([{ kind: 'datagram', errno: 'EADDRNOTAVAIL', elapsed: Number.POSITIVE_INFINITY }]);
  });

  it('ends at once when it is cancelled, even before it began', async () => {
    const before = socketCount();
    const options = { service: '_http._tcp', addresses: [LOOPBACK], askAt: [0, 60_000], seen: () => undefined };
    await browse({ ...options, signal: AbortSignal.abort() });
    const end = new AbortController();
    const done = browse({ ...options, signal: end.signal });
    end.abort();
    await done;
    await expect.poll(socketCount).toBeLessThanOrEqual(before);
  });
});

describe('Touching a neighbour', () => {
  it('connects a UDP socket, sends nothing, and closes it', async () => {
    const before = socketCount();
    const neighbour = createSocket('udp6');
    opened.push(neighbour);
    neighbour.bind(9, '::1');
    const bound = await once(neighbour, 'listening').then(
      () => true,
      // Port 9 is the system's where this is not root.
      () => false,
    );
    const heard: unknown[] = [];
    neighbour.on('message', (message) => heard.push(message));
    const evidence = await touchAt('::1', never);
    expect(evidence).toEqual({ kind: 'datagram', errno: null, elapsed: expect.any(Number) });
    if (bound) {
      // What is sent to it now comes after anything sent before.
      const sender = createSocket('udp6');
      opened.push(sender);
      const message = once(neighbour, 'message');
      sender.send('last', 9, '::1');
      await message;
      expect(heard.map(String)).toEqual(['last']);
    }
    await Promise.all(opened.splice(0).map((one) => new Promise<void>((resolve) => one.close(() => resolve()))));
    await expect.poll(socketCount).toBeLessThanOrEqual(before);
  });

  it('ends at once when it is cancelled', async () => {
    expect(await touchAt('::1', AbortSignal.abort())).toMatchObject({ errno: 'ECANCELED' });
  });
});

describe('An attempt', () => {
  it('closes the connection it has made without a byte, and knows this machine is no neighbour', async () => {
    const before = socketCount();
    const server = createServer();
    opened.push(server);
    const port = await listening(server);
    const ended = once(server, 'connection').then(async ([socket]) => {
      const bytes: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => bytes.push(chunk));
      await once(socket, 'end');
      return Buffer.concat(bytes).length;
    });
    const result = await attempt({ host: '127.0.0.1', port }, 5000, never);
    expect(result).toEqual({ errno: null, elapsed: expect.any(Number), onLink: false });
    expect(await ended).toBe(0);
    await Promise.all(opened.splice(0).map((one) => new Promise<void>((resolve) => one.close(() => resolve()))));
    await expect.poll(socketCount).toBeLessThanOrEqual(before);
  });

  it('distinguishes a refusal from a name that does not exist', async () => {
    expect(await attempt({ host: '127.0.0.1', port: 1 }, 5000, never)).toMatchObject({ errno: 'ECONNREFUSED' });
    const unknown = await attempt({ host: 'no-such-host.invalid', port: 1 }, 20_000, never);
    expect(unknown.errno).toMatch(/^(?:ENOTFOUND|EAI_AGAIN|ETIMEDOUT)$/);
  });

  it('ends when it is cancelled', async () => {
    const result = await attempt({ host: '127.0.0.1', port: 1 }, 5000, AbortSignal.abort());
    expect(result).toMatchObject({ errno: 'ECANCELED' });
  });

  it('ends when its time is up', async () => {
    const deaf = spawn(process.execPath, ['-e', DEAF_LISTENER], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void deaf.kill('SIGKILL'));
    const [port]: Buffer[] = await once(deaf.stdout, 'data');
    const target = { host: '127.0.0.1', port: Number(port) };
    const before = socketCount();
    // The first ones are let in by the system itself, until its queue is full.
    const held = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const socket = connect(target);
        socket.on('error', () => undefined);
        await Promise.race([once(socket, 'connect'), once(socket, 'close'), setTimeout(200)]);
        return socket;
      }),
    );
    const result = await attempt(target, 100, never);
    expect(result).toMatchObject({ errno: 'ETIMEDOUT' });
    expect(result.elapsed).toBeGreaterThanOrEqual(90);
    for (const socket of held) socket.destroy();
    await Promise.all(held.map((socket) => (socket.closed ? null : once(socket, 'close'))));
    await expect.poll(socketCount).toBeLessThanOrEqual(before);
  });
});

/** Listens, tells its port, and never accepts anybody. */
const DEAF_LISTENER = `
const server = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  require('fs').writeSync(1, String(server.address().port));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
`;
