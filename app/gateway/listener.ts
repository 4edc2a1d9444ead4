import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type ConnectHead, readConnectHead } from './connect-head.ts';

/** A connection that sends nothing for this many ms is let go. */
const SILENCE_MS = 20_000;
const SOCKS4 = 0x04;
const SOCKS5 = 0x05;
const LETTER_C = 0x43;

/** Who takes a connection once its first bytes tell what it is. */
export interface Doors {
  /** Everything that is not one of the others. */
  readonly http: HttpServer;
  socks(client: Socket, first: Buffer): void;
  connect(client: Socket, head: ConnectHead): void;
}

/** One address the port is open on. A look at the first chunk of a connection tells where it belongs. */
export class Listener {
  readonly #server: Server;
  readonly #doors: Doors;
  readonly #sockets = new Set<Socket>();
  #closed: Promise<void> | null = null;

  constructor(doors: Doors) {
    this.#doors = doors;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Rejects with the system's error, `EADDRINUSE` among them. */
  listen(host: string, port: number): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, ipv6Only: host.includes(':') && host !== '::' }, () => {
        this.#server.off('error', reject);
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
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', ignore);
    socket.setTimeout(SILENCE_MS, () => socket.destroy());
    socket.once('end', endSilent);
    socket.once('data', (chunk: Buffer) => {
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.off('end', endSilent);
      this.#sort(socket, chunk);
    });
  }

  #sort(socket: Socket, chunk: Buffer): void {
    const first = chunk[0];
    if (first === SOCKS5 || first === SOCKS4) return this.#doors.socks(socket, chunk);
    const head = first === LETTER_C ? readConnectHead(chunk) : null;
    if (head !== null) return this.#doors.connect(socket, head);
    this.#doors.http.emit('connection', socket);
    socket.unshift(chunk);
  }
}

/** Whoever takes the socket over watches for its errors; this keeps one that comes in between from ending the process. */
function ignore(): void {
  // Closing follows by itself.
}

function endSilent(this: Socket): void {
  this.end();
}
