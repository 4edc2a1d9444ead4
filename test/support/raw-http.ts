import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** How long a test waits for something that ought to come. */
const PATIENCE_MS = 20_000;

/** One message as it was on the wire. */
export interface RawMessage {
  /** First line, without CR LF. */
  readonly start: string;
  /** Name and value of each field line, in order, as written. */
  readonly fields: readonly (readonly [string, string])[];
  readonly body: string;
  /** Trailer fields of a chunked message. */
  readonly trailers: readonly (readonly [string, string])[];
  /** Sizes of the chunks it came in; empty when it was not chunked. */
  readonly chunks: readonly number[];
}

/** All values of a field, in order. */
export function fieldValues(message: RawMessage, name: string): string[] {
  return message.fields.filter(([field]) => field.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}

/** The value of a field that must not be repeated; undefined when it is missing. */
export function fieldValue(message: RawMessage, name: string): string | undefined {
  const values = fieldValues(message, name);
  if (values.length > 1) throw new Error(`${name} is there ${values.length} times`);
  return values[0];
}

export function statusOf(message: RawMessage): number {
  return Number(message.start.split(' ')[1]);
}

/** Either end of a TCP connection, read and written byte by byte: it knows as much HTTP as a test needs. Latin-1 throughout. */
export class RawPeer {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #swallowing = false;
  #swallowed = 0;
  #ended = false;
  #error: NodeJS.ErrnoException | null = null;
  #closed = false;
  readonly #waiting = new Set<() => void>();

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      if (this.#swallowing) this.#swallowed += chunk.length;
      else this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    socket.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
    socket.on('error', (error) => {
      this.#error = error;
      this.#wake();
    });
    socket.on('close', () => {
      this.#closed = true;
      this.#wake();
    });
  }

  write(text: string | Buffer): void {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  }

  /** Writes each byte in a packet of its own, as far as the system lets us. */
  async writeBytewise(text: string): Promise<void> {
    for (const byte of Buffer.from(text, 'latin1')) {
      this.socket.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** FIN: nothing more will be sent, but reading goes on. */
  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** What has come and was not taken yet. */
  get pending(): string {
    return this.#received.toString('latin1');
  }

  /** Waits until `marker` has come, and takes everything up to and with it. */
  async until(marker: string): Promise<string> {
    await this.#when(() => this.pending.includes(marker), `"${marker}"`);
    return this.#take(this.pending.indexOf(marker) + marker.length);
  }

  async bytes(count: number): Promise<string> {
    await this.#when(() => this.#received.length >= count, `${count} bytes`);
    return this.#take(count);
  }

  /** Waits for so many bytes without keeping any: for contents too large to look at. */
  async swallow(count: number): Promise<void> {
    this.#swallowing = true;
    this.#swallowed += this.#received.length;
    this.#received = Buffer.alloc(0);
    await this.#when(() => this.#swallowed >= count, `${count} bytes, of which ${this.#swallowed} had come`);
    if (this.#swallowed > count) throw new Error(`${this.#swallowed - count} bytes too many`);
    this.#swallowing = false;
    this.#swallowed = 0;
  }

  /** Everything until the other side ends, however it does. */
  async rest(): Promise<string> {
    await this.#when(() => this.#ended || this.#error !== null || this.#closed, 'the end');
    return this.#take(this.#received.length);
  }

  /** Waits for the other side to end: `fin` after an orderly close, `reset` after an RST. */
  async ending(): Promise<'fin' | 'reset'> {
    await this.#when(() => this.#ended || this.#error !== null || this.#closed, 'the end');
    return this.#error === null ? 'fin' : 'reset';
  }

  get hasEnded(): boolean {
    return this.#ended || this.#closed;
  }

  /** Start line and fields of the next message, without its content. */
  async head(): Promise<RawMessage> {
    const [start = '', ...lines] = (await this.until('\r\n\r\n')).slice(0, -4).split('\r\n');
    return { start, fields: lines.map(fieldOf), body: '', trailers: [], chunks: [] };
  }

  /** The next message whole. `bodyless` is for answers to HEAD; a message without framing lasts until the end. */
  async message(bodyless = false): Promise<RawMessage> {
    const head = await this.head();
    const length = fieldValue(head, 'Content-Length');
    const isRequest = !head.start.startsWith('HTTP/');
    const status = statusOf(head);
    if (bodyless || (!isRequest && (status < 200 || status === 204 || status === 304))) return head;
    if (fieldValue(head, 'Transfer-Encoding')?.toLowerCase() === 'chunked')
      return { ...head, ...(await this.#chunked()) };
    if (length !== undefined) return { ...head, body: await this.bytes(Number(length)) };
    return isRequest ? head : { ...head, body: await this.rest() };
  }

  async #chunked(): Promise<Pick<RawMessage, 'body' | 'trailers' | 'chunks'>> {
    let body = '';
    const chunks: number[] = [];
    for (;;) {
      const line = await this.until('\r\n');
      if (!/^[0-9a-f]+\r\n$/i.test(line)) throw new Error(`a chunk begins with ${JSON.stringify(line)}`);
      const size = Number.parseInt(line, 16);
      if (size === 0) break;
      chunks.push(size);
      body += await this.bytes(size);
      if ((await this.bytes(2)) !== '\r\n') throw new Error('a chunk is longer than its size');
    }
    const trailers: (readonly [string, string])[] = [];
    for (let line = await this.until('\r\n'); line !== '\r\n'; line = await this.until('\r\n')) {
      trailers.push(fieldOf(line.slice(0, -2)));
    }
    return { body, trailers, chunks };
  }

  #take(count: number): string {
    const taken = this.#received.toString('latin1', 0, count);
    this.#received = this.#received.subarray(count);
    return taken;
  }

  #wake(): void {
    for (const check of this.#waiting) check();
  }

  #when(condition: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => {
        settle();
        reject(new Error(`${why} while waiting for ${what}; came: ${JSON.stringify(this.pending.slice(0, 500))}`));
      };
      const settle = () => {
        clearTimeout(timer);
        this.#waiting.delete(check);
      };
      const check = () => {
        if (condition()) {
          settle();
          resolve();
        } else if (this.#closed || this.#ended) {
          fail(`the connection ended${this.#error === null ? '' : ` (${this.#error.code})`}`);
        }
      };
      const timer = setTimeout(() => fail('nothing more came'), PATIENCE_MS);
      this.#waiting.add(check);
      check();
    });
  }
}

function fieldOf(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')];
}

/** Connects to a port of this machine. */
export async function rawClient(port: number): Promise<RawPeer> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  const peer = new RawPeer(socket);
  await once(socket, 'connect');
  return peer;
}

/** A server whose every byte the test writes. */
export class ScriptedOrigin {
  readonly #server: Server;
  readonly #accepted: RawPeer[] = [];
  readonly #all: RawPeer[] = [];
  readonly #takers: ((peer: RawPeer) => void)[] = [];

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      const peer = new RawPeer(socket);
      this.#all.push(peer);
      const taker = this.#takers.shift();
      if (taker === undefined) this.#accepted.push(peer);
      else taker(peer);
    });
  }

  static async start(): Promise<ScriptedOrigin> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const origin = new ScriptedOrigin(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return origin;
  }

  get port(): number {
    return portOf(this.#server);
  }

  get authority(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** How many connections have come so far. */
  get connections(): number {
    return this.#all.length;
  }

  /** The next connection, in order. */
  connection(): Promise<RawPeer> {
    const peer = this.#accepted.shift();
    if (peer !== undefined) return Promise.resolve(peer);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no connection to the origin')), PATIENCE_MS);
      this.#takers.push((taken) => {
        clearTimeout(timer);
        resolve(taken);
      });
    });
  }

  /** Answers every request on every connection with what `answer` says. */
  answerAll(answer: (request: RawMessage) => string): void {
    const serve = async (peer: RawPeer): Promise<void> => {
      while (!peer.hasEnded) peer.write(answer(await peer.message()));
    };
    const next = (): void => {
      this.connection().then(
        (peer) => {
          serve(peer).catch(() => peer.destroy());
          next();
        },
        () => undefined,
      );
    };
    next();
  }

  async stop(): Promise<void> {
    for (const peer of this.#all) peer.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function portOf(server: Server): number {
  const address = server.address() as AddressInfo | null;
  if (address === null) throw new Error('the server does not listen');
  return address.port;
}

/** Writes, and tells whether the bytes leave within a while or are held back. */
export async function flows(socket: Socket, block: Buffer): Promise<boolean> {
  if (socket.write(block)) return true;
  let timer: NodeJS.Timeout | undefined;
  const stuck = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), 500);
  });
  const drained = new Promise<boolean>((resolve) => socket.once('drain', () => resolve(true)));
  return Promise.race([drained, stuck]).finally(() => clearTimeout(timer));
}
