import type { Socket } from 'node:net';

/**
 * Closes a socket at once, with an RST where that is possible: what was still to be sent is lost, and the peer sees that.
 *
 * A socket whose FIN is on its way is closed without: libuv refuses to reset it then (uv_tcp_close_reset, EINVAL), and
 * Node would neither close the descriptor nor ever emit 'close'. Only TCP has an RST: of a TLSSocket, and of the pipe that a
 * connection by the control socket is, Node throws instead.
 */
export function reset(socket: Socket): void {
  if (socket.writableEnded || !isTcp(socket)) socket.destroy();
  else socket.resetAndDestroy();
}

/** By what libuv can do with it. Only a TLSSocket has `encrypted`; importing the class would load TLS, 3 MB of memory, in every process. */
function isTcp(socket: Socket): boolean {
  const handle: unknown = Reflect.get(socket, '_handle');
  return typeof handle === 'object' && handle !== null && 'reset' in handle && !('encrypted' in socket);
}

/** How long a peer that sends nothing may take to read the last bytes, in ms. */
const LINGER_MS = 2_000;
/** Such periods granted to a peer that still sends: many programs read an answer only when they have sent everything. */
const PERIODS = 15;

/**
 * Sends the last bytes and closes in stages (RFC 9112 section 9.6): closing at once while the peer still sends would
 * make the kernel answer with RST, and the peer might never see the last bytes.
 */
export function lingeringEnd(socket: Socket, lastBytes: string | Buffer): void {
  if (socket.destroyed) return;
  let read = socket.bytesRead;
  let periods = 0;
  // What lies ready is read before it is asked for: see `timeLimit`.
  const timer = setInterval(() => setImmediate(look), LINGER_MS);
  socket.once('close', () => clearInterval(timer));
  socket.on('error', () => socket.destroy());
  socket.on('end', () => socket.end());
  socket.resume();
  socket.end(lastBytes);

  function look(): void {
    if (socket.bytesRead === read || ++periods === PERIODS) socket.destroy();
    read = socket.bytesRead;
  }
}
