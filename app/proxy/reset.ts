import type { Socket } from 'node:net';

/**
 * Closes a socket at once, with an RST where that is possible: what was still to be sent is lost, and the peer is told so.
 *
 * A socket whose FIN is on its way is closed without: libuv refuses to reset it then (uv_tcp_close_reset, EINVAL), and
 * Node would neither close the descriptor nor ever emit 'close'.
 */
export function reset(socket: Socket): void {
  // Only a TLSSocket has `encrypted`; importing the class would load TLS, 3 MB of memory, for everybody.
  if (socket.writableEnded || 'encrypted' in socket) socket.destroy();
  else socket.resetAndDestroy();
}
