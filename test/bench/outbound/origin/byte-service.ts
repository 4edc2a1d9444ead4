import { createServer, type Server, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Count } from './protocol.ts';
import { readIntoReusedBuffer } from './reused-buffer.ts';

const ZEROS = Buffer.alloc(1024 * 1024);
let taken = 0;

/** The TCP half of the origin; `protocol.ts` says what it understands. */
export function byteService(): Server {
  return createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, (accepted) => {
    let serve: ((chunk: Buffer) => void) | null = null;
    const socket = readIntoReusedBuffer(accepted, (chunk) => {
      if (serve) return serve(chunk);
      const end = chunk.indexOf('\n');
      serve = servantFor(chunk.toString('latin1', 0, end), socket);
      if (end + 1 < chunk.length) serve(chunk.subarray(end + 1));
    });
    socket.on('end', () => socket.end());
    // Clients and proxies under test end connections as they like.
    socket.on('error', () => socket.destroy());
  });
}

/** Carries out the order and says what to do with the bytes behind it. */
function servantFor(order: string, socket: Socket): (chunk: Buffer) => void {
  switch (order) {
    case 'echo':
      return (chunk) => socket.write(Buffer.from(chunk));
    case 'send':
      sendForEver(socket);
      return () => undefined;
    case 'take':
      return (chunk) => {
        taken += chunk.length;
      };
    case 'count':
      socket.end(JSON.stringify({ bytes: taken, atMs: performance.now() } satisfies Count));
      return () => undefined;
    default:
      throw new Error(`the origin knows no ${JSON.stringify(order)}`);
  }
}

function sendForEver(socket: Socket): void {
  if (socket.writable) socket.write(ZEROS, () => sendForEver(socket));
}
