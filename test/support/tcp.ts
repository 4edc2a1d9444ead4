import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type ListenOptions, type Server, type Socket } from 'node:net';

/** A listening server that a test can dispose of, connections and all. */
export interface Origin {
  readonly host: string;
  readonly port: number;
  readonly authority: string;
  /** Connections that are open. */
  readonly sockets: ReadonlySet<Socket>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Listens on loopback and gives each connection to `serve`. Half-open connections are allowed. */
export async function startOrigin(serve: (socket: Socket) => void, options: ListenOptions = {}): Promise<Origin> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(socket);
  });
  server.listen({ port: 0, host: '127.0.0.1', ...options });
  await once(server, 'listening');
  const { address, port, family } = addressOf(server);
  return {
    host: address,
    port,
    authority: family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Sends back whatever it gets. */
export function startEcho(options: ListenOptions = {}): Promise<Origin> {
  return startOrigin((socket) => socket.pipe(socket), options);
}

export function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen on TCP');
  return address;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = addressOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** A raw client whose input is collected, so that tests can wait for what they expect. */
export class RawClient {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  ended = false;
  error: NodeJS.ErrnoException | null = null;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
    socket.on('end', () => {
      this.ended = true;
    });
    socket.on('error', (error) => {
      this.error = error;
    });
  }

  static async connect(port: number, host = '127.0.0.1'): Promise<RawClient> {
    const socket = connect({ port, host, allowHalfOpen: true, noDelay: true });
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  get text(): string {
    return this.#received.toString('latin1');
  }

  get bytes(): Buffer {
    return this.#received;
  }

  send(bytes: string | Buffer): void {
    this.socket.write(bytes, 'latin1');
  }

  /** Resolves with everything received once `condition` holds; fails when the connection ends before. */
  async until(condition: (text: string) => boolean): Promise<string> {
    while (!condition(this.text)) {
      if (this.ended || this.socket.destroyed) throw new Error(`ended with ${JSON.stringify(this.text)}`);
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'end'), closed(this.socket)]);
    }
    return this.text;
  }

  /** Resolves with everything received once the other side has sent its FIN or the connection is gone. */
  async untilEnd(): Promise<string> {
    while (!this.ended && !this.socket.destroyed) await Promise.race([once(this.socket, 'end'), closed(this.socket)]);
    return this.text;
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

/** Resolves when the socket is closed, by error or not. */
export function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) return resolve();
    socket.once('close', () => resolve());
  });
}

/** A client whose CONNECT to `authority` has been answered with 200. */
export async function openTunnel(port: number, authority: string): Promise<RawClient> {
  const client = await RawClient.connect(port);
  client.send(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  await client.until((text) => text.includes('\r\n\r\n'));
  if (!client.text.startsWith('HTTP/1.1 200 ')) throw new Error(`no tunnel: ${client.text}`);
  return client;
}

/** Asks again every few milliseconds until `condition` holds. For state of the system that sends no event. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  what: string,
  deadlineMs = 10_000,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
