import type { Socket } from 'node:net';
import type { AnswerFault } from '../../text/index.ts';
import { quietBuffer, readRaw } from '../relay/index.ts';
import { AnswerParser, type AnswerSink } from './answer-parser.ts';

/** Why an answer will not be completed. */
export type Broken =
  /** It breaks HTTP. */
  | { readonly kind: 'fault'; readonly fault: AnswerFault }
  /** The connection ended, with the system's errno where it had one. */
  | { readonly kind: 'closed'; readonly errno: string };

/** The request that has a connection at the moment. */
export interface ConnectionUser extends AnswerSink {
  /** Everything of one read has been told: now is the time to write it on. */
  flush(): void;
  /** The answer is complete. Returns whether the connection is fit for another exchange. */
  complete(trailers: readonly string[]): boolean;
  /** The connection has switched protocols and is its user's alone; `rest` came in behind the 101. */
  switched(socket: Socket, rest: Buffer): void;
  /** The answer can not be completed any more. `begun` tells whether a byte of it had come. */
  broken(cause: Broken, begun: boolean): void;
  /** The socket takes data again after a write that returned false. */
  drained(): void;
}

/** TCP asks after this many ms of silence whether the origin still lives: an answer may take as long as it likes. */
const TCP_KEEP_ALIVE_MS = 60_000;

/** One connection to an origin: a socket, the parser of what it says, and the request it serves at the moment. */
export class OriginConnection {
  readonly socket: Socket;
  /** Name of the origin in the pool. */
  readonly key: string;
  /** Exchanges it has completed. */
  served = 0;
  /** Seconds the origin said it keeps an idle connection; null when it said nothing. */
  idleSeconds: number | null = null;
  /** When it must no longer be used, in ms of the monotonic clock, while it is idle. */
  idleUntil = 0;
  readonly #parser = new AnswerParser();
  readonly #released: (connection: OriginConnection, fit: boolean) => void;
  readonly #raw: boolean;
  #user: ConnectionUser | null = null;

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
      next: () => quietBuffer,
      read: (bytes, buffer) => {
        this.#read(buffer.subarray(0, bytes));
        return true;
      },
    });
    if (!this.#raw) socket.on('data', this.#read);
  }

  /** Gives the connection to `user` for one request with `method`; `maySwitch` when that offers an Upgrade. */
  serve(method: string, user: ConnectionUser, maySwitch: boolean): void {
    this.#user = user;
    this.#parser.expect(method, user, maySwitch);
    if (this.served > 0 || !this.#raw) return;
    // What came in before raw reading began waits in the stream.
    const early: unknown = this.socket.read();
    if (early instanceof Buffer) process.nextTick(this.#read, early);
    this.socket.resume();
  }

  /** Ends it now, whatever it is doing; its user hears nothing more. */
  destroy(): void {
    this.#user = null;
    this.socket.destroy();
  }

  readonly #read = (bytes: Buffer): void => {
    const user = this.#user;
    // Nobody asked: whatever this is, it must not become the answer to the next request.
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
    const fit = user?.complete(this.#parser.trailers) ?? false;
    if (fit && clean && !this.#parser.lenient && this.socket.writable && !this.socket.readableEnded)
      return this.#released(this, true);
    this.#discard();
  }

  readonly #ended = (): void => {
    if (this.#user === null) return this.#discard();
    if (this.#parser.finish()) this.#complete(false);
    else this.#break({ kind: 'closed', errno: 'ECONNRESET' });
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
  }
}
