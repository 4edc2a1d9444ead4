import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { GET_BODY_BYTES } from '../origin/protocol.ts';
import type { Path } from './tunnel.ts';

export interface GetsDone {
  readonly rate: number;
  /** From each request to the end of its answer, milliseconds. */
  readonly laps: readonly number[];
}

/** GETs a second in absolute form (straight: origin form), `atOnce` connections with one request in flight on each. */
export async function getRate(path: Path, atOnce: number, windowMs: number): Promise<GetsDone> {
  const target = path.proxy === null ? '/' : `http://127.0.0.1:${path.origin}/`;
  const request = `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${path.origin}\r\n\r\n`;
  const port = path.proxy ?? path.origin;
  const started = performance.now();
  const laps: number[] = [];
  await Promise.all(Array.from({ length: atOnce }, () => getUntil(started + windowMs, port, request, laps)));
  const seconds = (performance.now() - started) / 1000;
  return { rate: laps.length / seconds, laps };
}

/** One GET after the other; a connection that the answer closes is opened again. */
async function getUntil(end: number, port: number, request: string, laps: number[]): Promise<void> {
  while (performance.now() < end) await getOnOneConnection(end, port, request, laps);
}

/** Resolves when time is up or the connection was closed behind an answer. */
function getOnOneConnection(end: number, port: number, request: string, laps: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let finished = 0;
    let unfinished = '';
    let began = performance.now();
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.write(request);
    socket.on('data', (chunk) => {
      unfinished += chunk.toString('latin1');
      const head = unfinished.indexOf('\r\n\r\n');
      if (head < 0 || unfinished.length < head + 4 + GET_BODY_BYTES) return;
      if (!unfinished.startsWith('HTTP/1.1 200') && !unfinished.startsWith('HTTP/1.0 200')) {
        socket.destroy(new Error(`the proxy answered ${unfinished.slice(0, unfinished.indexOf('\r\n'))}`));
        return;
      }
      finished++;
      const now = performance.now();
      laps.push(now - began);
      began = now;
      const closes = /\r\nconnection: *close/i.test(unfinished.slice(0, head));
      unfinished = '';
      if (closes || now >= end) socket.destroy();
      else socket.write(request);
    });
    socket.on('error', reject);
    socket.on('close', () => {
      if (finished > 0) resolve();
      else reject(new Error('the connection was closed without an answer'));
    });
  });
}
