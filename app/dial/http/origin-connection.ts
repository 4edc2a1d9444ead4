import type { Socket } from 'node:net';
import { readRaw, sharedReadBuffer } from '../../base/raw-reads.ts';
import type { AnswerFault } from '../../i18n/index.ts';
import { ResponseParser, type ResponseSink } from './response-parser.ts';

/** Why an answer will not be completed. */
export type Broken =
  /** It breaks HTTP. */
  | { readonly kind: 'fault'; readonly fault: AnswerFault }
  /** The connection ended, with the system's errno where it had one. */
  | { readonly kind: 'closed'; readonly errno: string };

/** The request that has a connection at the moment. */
export interface ConnectionUser extends ResponseSink {
  /** Every part of one read has been passed on: the end of a batch, which can be written now. */
  flush(): void;
  /**
   * The answer is complete. Returns whether the connection is fit for another exchange: `later` when the content of the
   * request is still on its way, and its user calls `release` behind it.
   */
  complete(trailers: readonly string[]): boolean | 'later';
  /** The connection has switched protocols and is its user's alone; `rest` came in behind the 101. */
  switched(socket: Socket, rest: Buffer): void;
  /** The answer can not be completed any more. `begun` tells whether a byte of it had come. */
  broken(cause: Broken, begun: boolean): void;
  /** The origin takes no more content. Its answer, if any, is still to be read. */
  writeFailed(): void;
  /** The socket takes data again after a write that returned false. */
  drained(): void;
}

/** The client that a connection is reserved for. */
export interface Pin {
  /** The client connection. */
  readonly client: Socket;
  /** Name of the origin among those of this client. */
  readonly key: string;
}

/** TCP asks after this many ms of silence whether the origin still lives: an answer may take as long as it likes. */
const TCP_KEEP_ALIVE_MS = 60_000;
/** How long an origin may take to close after our FIN. A device with few sockets has one free again then. */
const CLOSE_MS = 250;
/** How long an origin that takes no more content may be silent before its answer is given up. */
const LATE_ANSWER_MS = 10_000;

/** One connection to an origin: a socket, the parser of its answers, and the request it serves at the moment. */
export class OriginConnection {
  readonly socket: Socket;
  /** Name of the origin in the pool. */
  readonly key: string;
  /** Set when it carries the authentication of one client (RFC 4559 section 6). */
  pin: Pin | null = null;
  /** Exchanges it has completed. */
  served = 0;
  /** Seconds the origin keeps an idle connection by its Keep-Alive field; null without one. */
  idleSeconds: number | null = null;
  /** Requests the origin serves, or still serves, by its Keep-Alive field; null without one. */
  maxRequests: number | null = null;
  /** Since when it is idle, in ms of the monotonic clock. */
  idleSince = 0;
  /** When it must no longer be used, in ms of the monotonic clock, while it is idle. */
  idleUntil = 0;
  readonly #parser = new ResponseParser();
  readonly #released: (connection: OriginConnection, fit: boolean) => void;
  readonly #raw: boolean;
  #user: ConnectionUser | null = null;
  #servingSince = 0;
  #clean = true;
  #outlivesWrites = false;
  #writeErrno: string | null = null;
  #closeTimer: NodeJS.Timeout | null = null;
  #gone: (() => void)[] = [];

  /** `released` is called after each exchange, and when the connection closes while it is idle. */
  constructor(socket: Socket, key: string, released: (connection: OriginConnection, fit: boolean) => void) {
    this.socket = socket;
    this.key = key;
    this.#released = released;
    socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS);
    socket.on('end', this.#ended);
    socket.on('error', this.#failed);
    socket.on('close', this.#closed);
    socket.on('drain', this.#drained);
    this.#raw = readRaw(socket, {
      next: () => sharedReadBuffer,
      read: (bytes, buffer) => {
        this.#read(buffer.subarray(0, bytes));
        return true;
      },
    });
    if (!this.#raw) socket.on('data', this.#read);
  }

  /** Gives the connection to `user` for one request with `method`; `maySwitch` when that asks for an Upgrade. */
  serve(method: string, user: ConnectionUser, maySwitch: boolean): void {
    this.#user = user;
    this.#parser.expect(method, user, maySwitch);
    if (this.served > 0) return;
    this.#servingSince = performance.now();
    if (!this.#raw) return;
    // What came in before raw reading began waits in the stream.
    const early: unknown = this.socket.read();
    if (early instanceof Buffer) process.nextTick(this.#read, early);
    this.socket.resume();
  }

  /** Whether its first request has waited for `ms` without a byte: as it does at a server that serves another connection. */
  waits(now: number, ms: number): boolean {
    return this.served === 0 && this.#user !== null && !this.#parser.begun && now - this.#servingSince > ms;
  }

  /**
   * From now on a failed write leaves the socket open for reading. Node would destroy it, together with the answer that
   * waits in the kernel: a server that refuses an upload answers, closes, and resets what still comes.
   */
  outliveWrites(): void {
    if (this.#outlivesWrites) return;
    this.#outlivesWrites = true;
    const { socket } = this;
    const write = socket._write.bind(socket);
    const writev = socket._writev?.bind(socket);
    const quiet = (done: () => void) => (error?: NodeJS.ErrnoException | null) => {
      if (error) this.#stopWriting(error.code ?? 'EIO');
      done();
    };
    socket._write = (chunk, encoding, done) => write(chunk, encoding, quiet(done));
    if (writev !== undefined) socket._writev = (chunks, done) => writev(chunks, quiet(done));
  }

  /** The content of the request has left behind the complete answer: the connection is free. */
  release(): void {
    if (this.socket.destroyed) return;
    if (this.#isFit()) this.#released(this, true);
    else this.#discard();
  }

  /**
   * Closes it while it is idle: FIN first, the descriptor when the origin has closed as well, or has not within a
   * quarter of a second. Then `gone` is called.
   */
  retire(gone: () => void): void {
    if (this.socket.destroyed) return gone();
    this.#gone.push(gone);
    if (this.#closeTimer !== null) return;
    this.#closeTimer = setTimeout(() => this.#discard(), CLOSE_MS);
    this.socket.end();
  }

  /** Closes it now, whatever it is doing; its user is not called any more. */
  destroy(): void {
    this.#user = null;
    this.socket.destroy();
    this.#tellGone();
  }

  readonly #read = (bytes: Buffer): void => {
    const user = this.#user;
    // Unsolicited bytes: they must not become the answer to the next request.
    if (user === null) return this.#discard();
    const taken = this.#parser.feed(bytes);
    if (this.#user !== user) return;
    if (typeof taken === 'string') return this.#break({ kind: 'fault', fault: taken });
    if (this.#parser.done) this.#complete(taken === bytes.length);
    else if (this.#parser.switched) this.#handOver(user, Buffer.from(bytes.subarray(taken)));
    else user.flush();
  };

  #handOver(user: ConnectionUser, rest: Buffer): void {
    const { socket } = this;
    this.#user = null;
    socket.pause();
    socket.off('end', this.#ended);
    socket.off('error', this.#failed);
    socket.off('close', this.#closed);
    socket.off('drain', this.#drained);
    socket.off('data', this.#read);
    user.switched(socket, rest);
  }

  #complete(clean: boolean): void {
    const user = this.#user;
    this.#user = null;
    this.served++;
    this.#clean = clean;
    const fit = user?.complete(this.#parser.trailers) ?? false;
    if (fit === 'later') return;
    if (fit) this.release();
    else this.#discard();
  }

  /** A leniently parsed answer may be misread: its connection may be reused by the client it is pinned to, and by no other. */
  #isFit(): boolean {
    const { socket } = this;
    const trusted = this.#clean && (!this.#parser.lenient || this.pin !== null);
    return trusted && this.#writeErrno === null && socket.writable && !socket.readableEnded;
  }

  readonly #ended = (): void => {
    if (this.#user === null) return this.#discard();
    if (this.#parser.finish(this.#writeErrno !== null)) this.#complete(false);
    else this.#break({ kind: 'closed', errno: this.#writeErrno ?? 'ECONNRESET' });
  };

  readonly #failed = (error: NodeJS.ErrnoException): void => {
    this.#lost(error.code ?? 'EIO');
  };

  readonly #closed = (): void => {
    this.#lost('ECONNRESET');
  };

  readonly #drained = (): void => {
    this.#user?.drained();
  };

  #stopWriting(errno: string): void {
    if (this.#writeErrno !== null) return;
    this.#writeErrno = errno;
    if (this.#user === null) return this.#discard();
    this.socket.setTimeout(LATE_ANSWER_MS, () => this.#lost(errno));
    this.#user.writeFailed();
  }

  #lost(errno: string): void {
    if (this.#user === null) return this.#discard();
    this.#break({ kind: 'closed', errno });
  }

  #break(cause: Broken): void {
    const user = this.#user;
    this.#discard();
    user?.broken(cause, this.#parser.begun);
  }

  #discard(): void {
    this.#user = null;
    this.socket.destroy();
    this.#released(this, false);
    this.#tellGone();
  }

  #tellGone(): void {
    if (this.#closeTimer !== null) clearTimeout(this.#closeTimer);
    this.#closeTimer = null;
    for (const gone of this.#gone.splice(0)) gone();
  }
}
