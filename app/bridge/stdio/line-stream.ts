import type { Socket } from 'node:net';
import { type Frame, writeLines } from '../frame/index.ts';
import type { FrameStream } from '../one-stream-session.ts';

/** Bytes that wait to be sent before a client counts as slow: more than one read of a child, which would stop and start else. */
const CONGESTED_BYTES = 256 * 1024;

/** How long a client may take to read our last words, in milliseconds. */
const LINGER = 2000;

/** Frames to a client over a bare connection, a line each. */
export class LineStream implements FrameStream {
  readonly #socket: Socket;
  readonly #slow: () => void;

  /** `slow` is called when the client has not taken what was sent; the socket's `drain` follows. */
  constructor(socket: Socket, slow: () => void) {
    this.#socket = socket;
    this.#slow = slow;
  }

  get congested(): boolean {
    return this.#socket.writableNeedDrain && this.#socket.writableLength >= CONGESTED_BYTES;
  }

  send(frames: readonly Frame[]): void {
    const socket = this.#socket;
    if (!socket.writable) return;
    writeLines(socket, frames);
    if (this.congested) this.#slow();
  }

  end(): void {
    const socket = this.#socket;
    if (socket.destroyed) return;
    const timer = setTimeout(() => socket.destroy(), LINGER);
    socket.once('close', () => clearTimeout(timer));
    // The client's own end closes it: closing while it still sends would cost it what we said last (RFC 9112 section 9.6).
    socket.end();
  }
}
