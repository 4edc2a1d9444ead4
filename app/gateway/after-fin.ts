import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long nothing need move after a client's FIN before we ask ourselves whether it is still there. */
const SILENCE_MS = 1_000;
/** Between the two writes of a probe: the first provokes a reset if nobody is there, the second meets it. */
const ECHO_MS = 100;
/** Silent periods granted to a client of HTTP/1.0, which must not be sent a 1xx. */
const OLD_CLIENT_PERIODS = 10;

/** Every client of HTTP/1.1 takes an interim answer it did not ask for (RFC 9110 section 15.2). */
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

/**
 * A FIN says one of two things, and looks the same: "I have sent everything and wait for the answer", or "I am gone".
 * The first must get its answer however long that takes; the second must not keep an upstream connection open. Only a
 * write tells them apart: to a closed socket it is answered by a reset.
 *
 * So when nothing has moved for a second, the client is sent a 100 Continue, twice; where that is not possible, because
 * the answer has begun, silence counts as gone. A client that survives is left alone.
 */
export function watchAfterFin(socket: Socket, res: ServerResponse): void {
  let written = socket.bytesWritten;
  let moving = 0;
  let silent = 0;
  const timer = setInterval(check, SILENCE_MS);
  let echo: NodeJS.Timeout | null = null;
  res.once('close', stop);

  function check(): void {
    if (socket.bytesWritten !== written) {
      written = socket.bytesWritten;
      if (++moving === 2) stop();
    } else if (res.headersSent) {
      socket.destroy();
    } else if (res.req.httpVersionMinor === 0) {
      if (++silent === OLD_CLIENT_PERIODS) socket.destroy();
    } else {
      clearInterval(timer);
      socket.write(CONTINUE);
      echo = setTimeout(() => {
        if (!res.headersSent && socket.writable) socket.write(CONTINUE);
      }, ECHO_MS);
    }
  }

  function stop(): void {
    clearInterval(timer);
    if (echo !== null) clearTimeout(echo);
  }
}
