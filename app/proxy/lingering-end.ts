import type { Socket } from 'node:net';

/** How long a peer that sends nothing may take to read our last words. */
const LINGER_MS = 2_000;
/** Such periods granted to a peer that still sends: many programs read an answer only when they have sent everything. */
const PERIODS = 15;

/**
 * Sends the last bytes and closes in stages (RFC 9112 section 9.6): closing at once while the peer still sends would
 * make the kernel answer with RST, and the peer might never see what we said.
 */
export function lingeringEnd(socket: Socket, lastWords: string | Buffer): void {
  if (socket.destroyed) return;
  let read = socket.bytesRead;
  let periods = 0;
  const timer = setInterval(() => {
    if (socket.bytesRead === read || ++periods === PERIODS) socket.destroy();
    read = socket.bytesRead;
  }, LINGER_MS);
  socket.once('close', () => clearInterval(timer));
  socket.on('error', () => socket.destroy());
  socket.on('end', () => socket.end());
  socket.resume();
  socket.end(lastWords);
}
