import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long after a client's FIN nothing may move before it is probed, in ms. */
const SILENCE_MS = 1_000;
/** Between the two writes of a probe: the first provokes a reset if the client is gone, the second meets it. */
const ECHO_MS = 100;
/** A half-closed client whose answer has begun is kept for this many ms without a byte. */
export const HALF_CLOSED_MS = 120_000;

/** Every client of HTTP/1.1 takes an interim answer it did not ask for (RFC 9110 section 15.2). */
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

/** The outcome for a client that had sent its FIN before it got its answer. */
export type HalfClosedEnd =
  | { readonly kind: 'answered' }
  /** A write met a closed socket, or TCP keep-alive failed. */
  | { readonly kind: 'gone'; readonly errno: string }
  /** An event stream without traffic: its client is taken for gone. */
  | { readonly kind: 'silent-stream' }
  | { readonly kind: 'silent'; readonly seconds: number };

/**
 * A FIN means one of two things: "all is sent, the answer is awaited", or "closed". Only a write tells them apart: a closed
 * socket answers it with a reset.
 *
 * - Until the answer begins, the client of HTTP/1.1 is sent a 100 Continue, twice, after a second without a byte. One
 *   that survives is left alone, however long the origin takes; so is one of HTTP/1.0, which must not be sent a 1xx:
 *   there TCP keep-alive finds closed ones.
 * - Once the answer has begun, silence of two minutes ends it, and any write that fails.
 * - An event stream asked for with GET has no end to wait for: a second of silence ends it, unless it has traffic.
 *
 * `ended` is called once.
 */
export function watchAfterFin(
  socket: Socket,
  res: ServerResponse,
  silenceMs: number,
  ended: (end: HalfClosedEnd) => void,
): void {
  let written = socket.bytesWritten;
  let movedAt = performance.now();
  let moving = 0;
  let probed = false;
  let isOver = false;
  let echo: NodeJS.Timeout | null = null;
  let end: HalfClosedEnd = { kind: 'answered' };
  // What lies ready is read before it is asked for: see `timeLimit`.
  const timer = setInterval(() => setImmediate(check), Math.min(SILENCE_MS, silenceMs));
  socket.once('error', failed);
  res.once('close', stop);

  function check(): void {
    if (isOver) return;
    const now = performance.now();
    if (socket.bytesWritten !== written) {
      written = socket.bytesWritten;
      movedAt = now;
      moving++;
    } else if (!res.headersSent) {
      if (!probed && res.req.httpVersionMinor === 1) probe();
    } else if (isEventStream(res)) {
      if (moving < 2) close({ kind: 'silent-stream' });
    } else if (now - movedAt >= silenceMs) {
      close({ kind: 'silent', seconds: Math.round(silenceMs / 1000) });
    }
  }

  function probe(): void {
    probed = true;
    socket.write(CONTINUE);
    echo = setTimeout(() => {
      if (!res.headersSent && socket.writable) socket.write(CONTINUE);
      written = socket.bytesWritten;
    }, ECHO_MS);
    written = socket.bytesWritten;
  }

  function failed(error: NodeJS.ErrnoException): void {
    end = { kind: 'gone', errno: error.code ?? 'EIO' };
  }

  function close(why: HalfClosedEnd): void {
    end = why;
    socket.destroy();
  }

  function stop(): void {
    isOver = true;
    clearInterval(timer);
    if (echo !== null) clearTimeout(echo);
    socket.off('error', failed);
    ended(end.kind === 'answered' && !res.writableFinished ? { kind: 'gone', errno: 'ECONNRESET' } : end);
  }
}

/** GET that is answered with an event stream. Node keeps the head it has written in a property without documentation. */
function isEventStream(res: ServerResponse): boolean {
  const head: unknown = Reflect.get(res, '_header');
  return res.req.method === 'GET' && typeof head === 'string' && /^content-type:[\t ]*text\/event-stream/im.test(head);
}

/** The log line of an end: method and host or path, never the query, which may hold secrets. */
export function halfClosedLine({ method = '', url = '' }: IncomingMessage, end: HalfClosedEnd): string {
  const place = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/?#]*)/i.exec(url)?.[1] ?? url.split('?', 1)[0];
  return `${method} ${place} - half-closed client ${reasonOf(end)}`;
}

function reasonOf(end: HalfClosedEnd): string {
  switch (end.kind) {
    case 'answered':
      return 'answered';
    case 'gone':
      return `gone: a write failed (${end.errno})`;
    case 'silent-stream':
      return 'let go: its event stream was silent';
    case 'silent':
      return `let go: nothing was written for ${end.seconds} s`;
    default:
      return end satisfies never;
  }
}
