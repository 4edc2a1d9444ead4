import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Count } from '../origin/protocol.ts';
import { closeTunnel, openTunnel, type Path } from './tunnel.ts';

export type Direction = 'down' | 'up';

/** What arrived in one timed window, counted at the end that receives. */
export interface Throughput {
  readonly bytes: number;
  readonly seconds: number;
  /** What `cpuSeconds` grew by meanwhile. */
  readonly cpuSeconds: number;
}

/** Long enough for buffers that grow under load to have grown. */
const WARM_UP_MS = 150;
const ZEROS = Buffer.alloc(1024 * 1024);

/** Saturates `streams` connections and measures one window of it, after a warm-up. */
export async function bulk(
  path: Path,
  direction: Direction,
  streams: number,
  windowMs: number,
  cpuSeconds: () => number,
): Promise<Throughput> {
  let received = 0;
  const receive = (chunk: Buffer): void => {
    received += chunk.length;
  };
  const order = direction === 'down' ? 'send' : 'take';
  const sockets = await Promise.all(Array.from({ length: streams }, () => openTunnel(path, order, receive)));
  if (direction === 'up') for (const socket of sockets) sendForEver(socket);
  const count =
    direction === 'down' ? async () => ({ bytes: received, atMs: performance.now() }) : () => takenBy(path.origin);
  await delay(WARM_UP_MS);
  const before = { ...(await count()), cpu: cpuSeconds() };
  await delay(windowMs);
  const after = { ...(await count()), cpu: cpuSeconds() };
  await Promise.all(sockets.map(closeTunnel));
  return {
    bytes: after.bytes - before.bytes,
    seconds: (after.atMs - before.atMs) / 1000,
    cpuSeconds: after.cpu - before.cpu,
  };
}

function sendForEver(socket: Socket): void {
  if (socket.writable) socket.write(ZEROS, () => sendForEver(socket));
}

/** Asks the origin, straight, what it has swallowed so far. */
async function takenBy(origin: number): Promise<Count> {
  const socket = connect(origin, '127.0.0.1');
  socket.write('count\n');
  const count: unknown = JSON.parse(await text(socket));
  if (!isCount(count)) throw new Error('the origin sent no count');
  return count;
}

function isCount(value: unknown): value is Count {
  return typeof value === 'object' && value !== null && 'bytes' in value && 'atMs' in value;
}
