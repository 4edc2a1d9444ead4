import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { lingeringEnd } from '../proxy/index.ts';

/** Pipelined requests that may wait for their turn before we stop reading. */
const WAITING_LIMIT = 16;

/** A request, or the end of the connection, that waits until the answers before it have left. */
interface Queued {
  /** The response it will write; null for what takes the connection over or ends it. */
  readonly res: ServerResponse | null;
  readonly run: () => void;
}

export interface ConnectionOptions {
  /** Closes the connection behind its first request; what else comes is not read. */
  readonly single: boolean;
  /** The client has sent its FIN and waits for this response. */
  readonly halfClosed: (res: ServerResponse) => void;
}

/**
 * One client connection: its requests are served one after the other, in the order they came. Node would hand out
 * pipelined requests all at once, and unsafe ones must not run side by side (RFC 9112 section 9.3.2); nor may a CONNECT
 * or a refusal overtake an answer that is still under way.
 */
export class ClientConnection {
  readonly #socket: Socket;
  #waiting: Queued[] = [];
  #res: ServerResponse | null = null;
  /** The request whose head came last; its content may still be coming. */
  #newest: IncomingMessage | null = null;
  #unreadable = false;
  #lingers = false;
  #paused = false;
  /** Set when the first request is to be the only one, and again when it has come. */
  #single: 'no' | 'first' | 'over';

  readonly #halfClosed: (res: ServerResponse) => void;

  constructor(socket: Socket, { single, halfClosed }: ConnectionOptions) {
    this.#socket = socket;
    this.#single = single ? 'first' : 'no';
    this.#halfClosed = halfClosed;
    const destroySoon = socket.destroySoon.bind(socket);
    socket.destroySoon = () => {
      // Node closes behind the last response when the client has sent its FIN, and knows nothing of a refusal to come.
      if (this.#waiting.length > 0 && this.#res?.shouldKeepAlive) return;
      // Closing while the client still sends would reset the connection before it has read our answer. It is asked for
      // more than once, and closes when it has lingered.
      if (this.#lingers) return;
      this.#lingers = this.#newest?.complete === false && !socket.writableEnded;
      if (this.#lingers) lingeringEnd(socket, '');
      else destroySoon();
    };
    // 'close' follows, and tells the user of the connection.
    socket.on('error', () => socket.destroy());
    socket.on('end', () => {
      if (this.#res !== null && this.#busy) halfClosed(this.#res);
    });
  }

  /** A request has come; `run` is called when it is its turn. */
  request(req: IncomingMessage, res: ServerResponse, run: () => void): void {
    if (this.#unreadable || this.#socket.writableEnded || this.#single === 'over') return void req.resume();
    this.#newest = req;
    if (this.#single === 'first') {
      this.#single = 'over';
      res.shouldKeepAlive = false;
    }
    if (!this.#busy) {
      this.#res = res;
      return run();
    }
    this.#wait({ res, run });
    if (this.#waiting.length < WAITING_LIMIT || this.#paused) return;
    this.#paused = true;
    this.#socket.pause();
  }

  /** The connection is to leave HTTP; `run` is called when all answers before that are out. */
  leave(run: () => void): void {
    if (this.#single === 'over') return;
    this.#newest = null;
    if (this.#busy) this.#wait({ res: null, run });
    else run();
  }

  /** What came is no HTTP. `answer` makes the last answer, unless the fault cuts an answer off. */
  unreadable(answer: () => string): void {
    if (this.#unreadable) return;
    this.#unreadable = true;
    const refusal: Queued = { res: null, run: () => lingeringEnd(this.#socket, answer()) };
    const broken = this.#newest?.complete === false ? this.#newest : null;
    if (broken === null) {
      if (this.#busy) this.#wait(refusal);
      else refusal.run();
    } else if (broken === this.#res?.req) {
      if (this.#res.headersSent) lingeringEnd(this.#socket, '');
      else refusal.run();
    } else {
      this.#waiting = this.#waiting.map((queued) => (queued.res?.req === broken ? refusal : queued));
    }
  }

  /** A response is under way until its 'close'. */
  get #busy(): boolean {
    return this.#res !== null && !this.#res.destroyed;
  }

  #wait(queued: Queued): void {
    this.#waiting.push(queued);
    if (this.#waiting.length === 1) this.#res?.once('close', this.#advance);
  }

  readonly #advance = (): void => {
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    if (this.#paused && this.#waiting.length < WAITING_LIMIT) {
      this.#paused = false;
      socket.resume();
    }
    this.#res = next.res;
    next.run();
    if (this.#waiting.length > 0) next.res?.once('close', this.#advance);
    if (socket.readableEnded && next.res !== null && !next.res.destroyed) this.#halfClosed(next.res);
  };
}
