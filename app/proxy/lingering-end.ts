import type { Socket } from 'node:net';

/** How long a peer may take to read our last words. */
const LINGER_MS = 2_000;

/**
 * Sends the last bytes and closes in stages (RFC 9112 section 9.6): closing at once while the peer still sends would
 * make the kernel answer with RST, and the peer might never see what we said.
 */
export function lingeringEnd(socket: Socket, lastWords: string | Buffer): void {
  if (socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.on('error', () => socket.destroy());
  socket.on('end', () => socket.end());
  socket.resume();
  socket.end(lastWords);
}
