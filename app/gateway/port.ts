import type { AddressInfo, Socket } from 'node:net';
import type { Log } from '../base/log.ts';
import type { Settings } from '../settings/settings.ts';
import type { Listener } from './listener.ts';

/** How long requests under way may take to finish when we stop, in ms. */
const DRAIN_MS = 1_000;
const LOOPBACK_4 = '127.0.0.1';
const LOOPBACK_6 = '::1';

/** Another program listens on the port of the settings. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  readonly code = 'EADDRINUSE';
  readonly host: string;
  readonly port: number;

  constructor(host: string, port: number) {
    super(`${host}:${port} is taken`);
    this.host = host;
    this.port = port;
  }
}

interface OpenedOne {
  readonly listener: Listener;
  readonly address: AddressInfo;
}

interface Opened {
  readonly host: string;
  readonly listeners: readonly Listener[];
  readonly addresses: readonly AddressInfo[];
}

/** Whether a connection could have come in where the port is open at `host`. */
function isReachedAt(host: string, { localAddress = '', localFamily }: Socket): boolean {
  if (host === '::') return true;
  if (host === '0.0.0.0') return localFamily === 'IPv4' || localAddress.startsWith('::ffff:');
  return localAddress.replace(/^::ffff:/, '') === host.toLowerCase();
}

const NOTHING: Opened = { host: LOOPBACK_4, listeners: [], addresses: [] };

export interface PortContext {
  readonly log: Log;
  /** Holds the ports that are open at this moment. */
  readonly open: Set<number>;
  /** A listener for connections to this address, not open yet. */
  readonly listenerFor: (host: string) => Listener;
  /** Whether the client of a connection is on another machine. */
  readonly isRemote: (client: Socket) => boolean;
}

/** The one port: opens it, moves it to another address, closes it. A listener of its own for each address it is open on. */
export class Port {
  readonly #context: PortContext;
  /** Listeners that accept no more; some of their connections are open. */
  readonly #retired = new Set<Listener>();
  #opened = NOTHING;

  constructor(context: PortContext) {
    this.#context = context;
  }

  get #current(): Opened {
    return this.#opened;
  }

  set #current(opened: Opened) {
    this.#opened = opened;
    this.#context.open.clear();
    for (const { port } of opened.addresses) this.#context.open.add(port);
  }

  /** Where it is open at this moment. */
  get addresses(): readonly AddressInfo[] {
    return this.#current.addresses;
  }

  /** Rejects with PortTakenError or the system's error; nothing is left open then. */
  async listen(address: Pick<Settings, 'host' | 'port'>): Promise<readonly AddressInfo[]> {
    this.#current = await this.#openAll(address);
    return this.#current.addresses;
  }

  /** See `Gateway.rebind`. */
  async rebind(address: Pick<Settings, 'host' | 'port'>): Promise<readonly AddressInfo[]> {
    const old = this.#current;
    const samePort = old.addresses[0]?.port === address.port;
    // 0.0.0.0 and 127.0.0.1 cannot share a port: then the old address has to go first, and to come back on failure.
    if (samePort) {
      this.#retire(old);
      this.#current = NOTHING;
    }
    try {
      this.#current = await this.#openAll(address);
    } catch (error) {
      if (samePort) this.#current = await this.#reopen({ host: old.host, port: address.port });
      throw error;
    }
    if (!samePort) this.#retire(old);
    this.#letGo(address.host);
    return this.#current.addresses;
  }

  /** Clients on other machines that could not come in any more now that the port is open at `host` alone. */
  #letGo(host: string): void {
    for (const listener of this.#retired)
      listener.destroyAll((socket) => this.#context.isRemote(socket) && !isReachedAt(host, socket));
  }

  /** Stops accepting at once, lets requests under way finish briefly, then ends every connection. */
  async close(): Promise<void> {
    this.#retire(this.#current);
    this.#current = NOTHING;
    const closing = [...this.#retired];
    const timer = setTimeout(() => {
      for (const listener of closing) listener.destroyAll();
    }, DRAIN_MS);
    await Promise.all(closing.map((listener) => listener.close()));
    clearTimeout(timer);
  }

  /** Stops accepting; existing connections may finish. */
  #retire({ listeners }: Opened): void {
    for (const listener of listeners) {
      this.#retired.add(listener);
      void listener.close().then(() => this.#retired.delete(listener));
    }
  }

  async #reopen(address: Pick<Settings, 'host' | 'port'>): Promise<Opened> {
    try {
      return await this.#openAll(address);
    } catch (error) {
      this.#context.log.error(`${address.host}:${address.port} is lost`, { error: String(error) });
      return NOTHING;
    }
  }

  async #openAll({ host, port }: Pick<Settings, 'host' | 'port'>): Promise<Opened> {
    const first = await this.#open(host, port);
    const second = host === LOOPBACK_4 ? await this.#openSecond(first.address.port) : [];
    const opened = [first, ...second];
    return { host, listeners: opened.map(({ listener }) => listener), addresses: opened.map(({ address }) => address) };
  }

  /** Programs that connect to `localhost` may try ::1 first. A machine without IPv6 has none: that is no failure. */
  async #openSecond(port: number): Promise<OpenedOne[]> {
    try {
      return [await this.#open(LOOPBACK_6, port)];
    } catch (error) {
      this.#context.log.warn(`not listening on [${LOOPBACK_6}]:${port}`, { error: String(error) });
      return [];
    }
  }

  async #open(host: string, port: number): Promise<OpenedOne> {
    const listener = this.#context.listenerFor(host);
    const address = await listener.listen(host, port).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EADDRINUSE' ? new PortTakenError(host, port) : error;
    });
    return { listener, address };
  }
}
