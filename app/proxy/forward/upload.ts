import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type RequestHead, trailersToPass } from '../../dial/http/index.ts';

/**
 * The content of a request on its way to the origin: streamed, paced by the slower side, chunked anew where it came
 * chunked, trailers included.
 */
export class Upload {
  readonly #req: IncomingMessage;
  readonly #head: RequestHead;
  readonly #count: (bytes: number) => void;
  #socket: Socket | null = null;
  #finished = false;
  #whenFinished: (() => void) | null = null;

  constructor(req: IncomingMessage, head: RequestHead, count: (bytes: number) => void) {
    this.#req = req;
    this.#head = head;
    this.#count = count;
  }

  /** Whether all of it has been sent. */
  get finished(): boolean {
    return this.#finished;
  }

  /** Calls `run` when all of it has been sent; never, if the client breaks it off. */
  whenFinished(run: () => void): void {
    this.#whenFinished = run;
  }

  /** Sends the head and the content over `socket`. */
  begin(socket: Socket): void {
    this.#socket = socket;
    socket.cork();
    socket.write(this.#head.text, 'latin1');
    this.#req.on('data', this.#data);
    this.#req.on('end', this.#end);
    // Content that has arrived already is emitted in the next tick: head and first bytes leave in one write.
    process.nextTick(() => socket.uncork());
  }

  /** The socket takes data again. */
  resume(): void {
    if (!this.#finished) this.#req.resume();
  }

  /** The rest is not needed: it is read and dropped for as long as the client's connection is open. */
  stop(): void {
    this.#socket = null;
    this.#req.off('data', this.#data);
    this.#req.off('end', this.#end);
    this.#req.resume();
  }

  readonly #data = (chunk: Buffer): void => {
    this.#count(chunk.length);
    if (this.#socket !== null && !this.#write(this.#socket, chunk)) this.#req.pause();
  };

  readonly #end = (): void => {
    this.#finished = true;
    if (this.#socket !== null) this.#writeEnd(this.#socket);
    this.#whenFinished?.();
  };

  #write(socket: Socket, chunk: Buffer): boolean {
    if (this.#head.framing === 'length') return socket.write(chunk);
    socket.cork();
    socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
    socket.write(chunk);
    const room = socket.write('\r\n', 'latin1');
    socket.uncork();
    return room;
  }

  #writeEnd(socket: Socket): void {
    if (this.#head.framing !== 'chunked') return;
    let text = '0\r\n';
    for (const [name, value] of trailersToPass(this.#req.rawTrailers)) text += `${name}: ${value}\r\n`;
    socket.write(`${text}\r\n`, 'latin1');
  }
}
