import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Descriptors } from './descriptors.ts';
import { type ConnectHead, type FirstLine, readConnectHead, readFirstLine } from './first-bytes.ts';

/** A connection that sends nothing for this many ms is let go. */
const SILENCE_MS = 20_000;
/** While descriptors are short, a client that has sent nothing for this many ms makes room for another. */
const PATIENCE_WHEN_SHORT_MS = 1_000;
/** Bytes of a first line that comes in pieces: as many as a whole head may have. */
const LINE_LIMIT = 64 * 1024;
const SOCKS4 = 0x04;
const SOCKS5 = 0x05;
const LETTER_C = 0x43;

/** Who takes a connection once its first bytes tell what it is. */
export interface Doors {
  /** Everything that is not one of the others. */
  readonly http: HttpServer;
  socks(client: Socket, first: Buffer): void;
  connect(client: Socket, head: ConnectHead): void;
  /** There is no room for this client; it is answered in its protocol, and closed. */
  full(client: Socket, first: Buffer, isSocks: boolean): void;
  /** Told of every connection, before its first bytes; null when there is nothing to tell apart. */
  readonly accepted: ((client: Socket) => void) | null;
}

/** One address the port is open on. A look at the first chunk of a connection tells where it belongs. */
export class Listener {
  readonly #server: Server;
  readonly #doors: Doors;
  readonly #descriptors: Descriptors;
  readonly #sockets = new Set<Socket>();
  /** Those that have sent nothing yet, oldest first, and since when. */
  readonly #silent = new Map<Socket, number>();
  /** Those that are told that there is no room, oldest first. */
  readonly #refused = new Set<Socket>();
  #closed: Promise<void> | null = null;

  constructor(doors: Doors, descriptors: Descriptors) {
    this.#doors = doors;
    this.#descriptors = descriptors;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Rejects with the system's error, `EADDRINUSE` among them. */
  listen(host: string, port: number): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, ipv6Only: host.includes(':') && host !== '::' }, () => {
        this.#server.off('error', reject);
        // Accepting has failed: without descriptors, mostly. It goes on with the next client.
        this.#server.on('error', () => this.#descriptors.exhausted());
        const address = this.#server.address();
        if (typeof address === 'object' && address !== null) resolve(address);
      });
    });
  }

  /** Accepts nobody any more; connections that stand are left alone. Resolves when the last one is closed. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
    return this.#closed;
  }

  /** Ends every connection at once. */
  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    this.#doors.accepted?.(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#silent.delete(socket);
      this.#refused.delete(socket);
    });
    socket.on('error', ignore);
    socket.setTimeout(SILENCE_MS, () => socket.destroy());
    socket.once('end', endSilent);
    const isRefused = !this.#descriptors.admits(socket) && !this.#makeRoom();
    if (isRefused) this.#queueRefused(socket);
    else this.#silent.set(socket, performance.now());
    socket.once('data', (chunk: Buffer) => {
      this.#silent.delete(socket);
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.off('end', endSilent);
      if (isRefused) this.#doors.full(socket, chunk, isSocks(chunk));
      else this.#sort(socket, chunk);
    });
  }

  /** Lets go of the client that has been silent for longest; false when none has been for long. */
  #makeRoom(): boolean {
    const [oldest] = this.#silent;
    if (oldest === undefined || performance.now() - oldest[1] < PATIENCE_WHEN_SHORT_MS) return false;
    this.#silent.delete(oldest[0]);
    oldest[0].destroy();
    return true;
  }

  /** What it speaks shows when it has sent something; only a few may take their time. */
  #queueRefused(socket: Socket): void {
    this.#refused.add(socket);
    if (this.#refused.size <= this.#descriptors.slots) return;
    const [oldest] = this.#refused;
    if (oldest === undefined) return;
    this.#refused.delete(oldest);
    oldest.destroy();
  }

  /** Holds the beginning of an absolute-form request back until its first line has come whole, whatever the cuts. */
  #hold(socket: Socket, first: Buffer): void {
    const { http } = this.#doors;
    const held = [first];
    const timer = setTimeout(() => fail('ERR_HTTP_REQUEST_TIMEOUT'), SILENCE_MS);
    socket.on('data', receive);
    socket.once('end', cutOff);
    socket.once('close', stop);

    function receive(chunk: Buffer): void {
      held.push(chunk);
      const bytes = Buffer.concat(held);
      held.splice(0, held.length, bytes);
      const line = readFirstLine(bytes);
      if (line.kind === 'incomplete') return bytes.length > LINE_LIMIT ? fail('HPE_HEADER_OVERFLOW') : undefined;
      stop();
      handOver(http, socket, bytes, line);
    }

    function cutOff(): void {
      fail('HPE_INVALID_EOF_STATE');
    }

    /** What the parser or its clock would say, had they got these bytes. */
    function fail(code: string): void {
      stop();
      http.emit('connection', socket);
      http.emit('clientError', Object.assign(new Error('the first line is incomplete'), { code }), socket);
    }

    function stop(): void {
      clearTimeout(timer);
      socket.off('data', receive);
      socket.off('end', cutOff);
      socket.off('close', stop);
    }
  }

  #sort(socket: Socket, chunk: Buffer): void {
    if (isSocks(chunk)) return this.#doors.socks(socket, chunk);
    const head = chunk[0] === LETTER_C ? readConnectHead(chunk) : null;
    if (head !== null) return this.#doors.connect(socket, head);
    const line = readFirstLine(chunk);
    if (line.kind === 'incomplete') this.#hold(socket, chunk);
    else handOver(this.#doors.http, socket, chunk, line);
  }
}

function isSocks([first]: Buffer): boolean {
  return first === SOCKS5 || first === SOCKS4;
}

/** To the HTTP parser. A connection whose target was encoded here carries one request: what follows was written by a program that may count otherwise. */
function handOver(
  http: HttpServer,
  socket: Socket,
  bytes: Buffer,
  line: Exclude<FirstLine, { readonly kind: 'incomplete' }>,
): void {
  http.emit('connection', socket, line.kind === 'encoded');
  socket.unshift(line.kind === 'encoded' ? line.bytes : bytes);
}

/** Whoever takes the socket over watches for its errors; this keeps one that comes in between from ending the process. */
function ignore(): void {
  // Closing follows by itself.
}

function endSilent(this: Socket): void {
  this.end();
}
