import { randomBytes } from 'node:crypto';
import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { lookup } from 'node:dns';
import { connect, type Socket } from 'node:net';
import { isNeighbour, type Target } from '../base/address.ts';
import { errnoOf } from '../base/errno.ts';
import { interfacesNow } from '../base/interfaces.ts';
import { broadcastAddresses, type LocalAddress } from '../platform/network/index.ts';
import type { Evidence } from './state.ts';

/** Everything a round of asking does on the network. Each call ends at the signal, and leaves no descriptor behind. */
export interface Network {
  /** Addresses on interfaces that can broadcast. */
  addresses(): readonly LocalAddress[];
  /** Whether an address is that of another machine here, without a router between. */
  isNear(address: string): boolean;
  touch(interfaceName: string, signal: AbortSignal): Promise<Evidence>;
  browse(options: BrowseOptions): Promise<void>;
  attempt(target: Target, timeoutMs: number, signal: AbortSignal): Promise<Attempt>;
}

/** The network this machine is in. */
export const systemNetwork: Network = {
  addresses: () => broadcastAddresses(interfacesNow() ?? {}),
  isNear: isNeighbour,
  touch,
  browse,
  attempt,
};

/** How one try at a target ended. */
export interface Attempt {
  /** Errno name; null when the connection was made. `ETIMEDOUT` also when it took longer than it may. */
  readonly errno: string | null;
  /** Milliseconds from the beginning of the connection, names looked up already. */
  readonly elapsed: number;
  readonly onLink: boolean;
}

/** name -> address -> TCP; a connection that is made is closed at once, without a byte. */
export async function attempt({ host, port }: Target, timeoutMs: number, signal: AbortSignal): Promise<Attempt> {
  const late = AbortSignal.timeout(timeoutMs);
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const stop = (): void => resolve('ECANCELED');
  const expire = (): void => resolve('ETIMEDOUT');
  signal.addEventListener('abort', stop, { once: true });
  late.addEventListener('abort', expire, { once: true });
  if (signal.aborted) stop();
  let started = performance.now();
  let address = '';
  let socket: Socket | null = null;
  let over = false;
  // The system's resolver cannot be cancelled; a late answer is ignored.
  lookup(host, (error, found, family) => {
    if (over) return;
    if (error !== null) return resolve(errnoOf(error));
    address = found;
    started = performance.now();
    socket = connect({ host: found, port, family });
    socket.once('connect', () => resolve(null));
    socket.on('error', (failure) => resolve(errnoOf(failure)));
  });
  const errno = await promise;
  const elapsed = performance.now() - started;
  over = true;
  signal.removeEventListener('abort', stop);
  late.removeEventListener('abort', expire);
  await closed(socket);
  return { errno, elapsed, onLink: isNeighbour(address) };
}

function closed(socket: Socket | null): Promise<void> {
  return new Promise((resolve) => {
    if (socket === null || socket.closed) return resolve();
    socket.once('close', () => resolve());
    socket.destroy();
  });
}

/** The discard port (RFC 863): nothing is sent there anyway. */
export const DISCARD_PORT = 9;
/** Bytes of an interface identifier (RFC 4291 section 2.5.1). */
const IDENTIFIER_BYTES = 8;

/**
 * Connects a UDP socket to a random address without a machine, on one interface. No packet leaves; but macOS counts it as a use of the
 * local network and asks the person (Apple TN3179, "Triggering the local network alert").
 */
export function touch(interfaceName: string, signal: AbortSignal): Promise<Evidence> {
  return touchAt(`fe80::${identifier()}%${interfaceName}`, signal);
}

/** The same for a given address. Resolves once the socket is closed. */
export function touchAt(address: string, signal: AbortSignal): Promise<Evidence> {
  const { promise, resolve } = Promise.withResolvers<Evidence>();
  const started = performance.now();
  const socket = createSocket('udp6');
  let over = false;
  const end = (errno: string | null): void => {
    if (over) return;
    over = true;
    signal.removeEventListener('abort', stop);
    const elapsed = performance.now() - started;
    socket.close(() => resolve({ kind: 'datagram', errno, elapsed }));
  };
  const stop = (): void => end('ECANCELED');
  socket.on('error', (error) => end(errnoOf(error)));
  if (signal.aborted) stop();
  else {
    signal.addEventListener('abort', stop, { once: true });
    socket.connect(DISCARD_PORT, address, () => end(null));
  }
  return promise;
}

/** Four groups of a random identifier. */
function identifier(): string {
  const hex = randomBytes(IDENTIFIER_BYTES).toString('hex');
  return (hex.match(/.{4}/g) ?? []).join(':');
}

/** Where multicast DNS is spoken (RFC 6762 section 3). */
export const MDNS_PORT = 5353;
export const MDNS_GROUP_4 = '224.0.0.251';
export const MDNS_GROUP_6 = 'ff02::fb';

const HEADER_BYTES = 12;
const TYPE_PTR = 12;
const CLASS_IN = 1;
const IS_RESPONSE = 0x8000;

/**
 * A multicast DNS question for everything that offers `service`, such as `_http._tcp`. Sent from a port other than 5353 it is
 * answered to that port alone (RFC 6762 section 6.7), so 5353 need not be shared with the system's responder.
 */
function browseQuestion(service: string): Buffer {
  const labels = `${service}.local`.split('.').map((label) => Buffer.from(label, 'latin1'));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(1, 4);
  const end = Buffer.alloc(5);
  end.writeUInt16BE(TYPE_PTR, 1);
  end.writeUInt16BE(CLASS_IN, 3);
  return Buffer.concat([header, ...labels.flatMap((label) => [Buffer.of(label.length), label]), end]);
}

/** Whether a datagram is an answer of any kind: its sender has received the question. */
export function isAnswer(datagram: Buffer): boolean {
  return datagram.length >= HEADER_BYTES && (datagram.readUInt16BE(2) & IS_RESPONSE) !== 0;
}

export interface BrowseOptions {
  readonly service: string;
  readonly addresses: readonly LocalAddress[];
  /** When to ask, in ms from the beginning: answers get lost, and a permission may come in between. */
  readonly askAt: readonly number[];
  /** Aborting it closes every socket; the promise resolves when they are closed. */
  readonly signal: AbortSignal;
  readonly seen: (evidence: Evidence) => void;
}

/** Link-local multicast goes no further than one hop; RFC 6762 section 11 wants 255 all the same. */
const TTL = 255;

/** us -> 224.0.0.251 and ff02::fb, port 5353, on each interface; every responder that offers the service answers. */
export async function browse(options: BrowseOptions): Promise<void> {
  const own = new Set(options.addresses.map(({ address }) => address));
  await Promise.all(options.addresses.map((address) => browseOn(address, own, options)));
}

async function browseOn(
  local: LocalAddress,
  own: ReadonlySet<string>,
  { service, askAt, signal, seen }: BrowseOptions,
): Promise<void> {
  if (signal.aborted) return;
  const six = local.family === 'IPv6';
  const socket = createSocket(six ? 'udp6' : 'udp4');
  const timers: NodeJS.Timeout[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    for (const timer of timers) clearTimeout(timer);
    signal.removeEventListener('abort', close);
    socket.close(resolve);
  };
  signal.addEventListener('abort', close, { once: true });
  // For example, the interface has just been removed: the other sockets go on.
  socket.on('error', (error) => {
    seen({ kind: 'datagram', errno: errnoOf(error), elapsed: Number.POSITIVE_INFINITY });
    close();
  });
  socket.on('message', (datagram, { address }) => {
    const from = address.replace(/%.*$/, '');
    // This machine's own responder receives the question too, and needs no permission to answer it.
    if (isAnswer(datagram) && !own.has(from)) seen({ kind: 'answer', from });
  });
  socket.bind({ port: 0, address: boundAddress(local) }, () => {
    if (closed) return;
    try {
      prepare(socket, local);
    } catch (error) {
      socket.emit('error', error);
      return;
    }
    const question = browseQuestion(service);
    const group = six ? `${MDNS_GROUP_6}%${local.interface}` : MDNS_GROUP_4;
    const ask = (): void => {
      const started = performance.now();
      socket.send(question, MDNS_PORT, group, (error) =>
        seen({
          kind: 'datagram',
          errno: error === null ? null : errnoOf(error),
          elapsed: performance.now() - started,
        }),
      );
    };
    for (const wait of askAt) timers.push(setTimeout(ask, wait));
  });
  return promise;
}

function boundAddress({ address, interface: name, scope }: LocalAddress): string {
  return scope === 0 ? address : `${address}%${name}`;
}

function prepare(socket: DatagramSocket, { family, address, interface: name }: LocalAddress): void {
  socket.setMulticastTTL(TTL);
  socket.setMulticastInterface(family === 'IPv6' ? `::%${name}` : address);
}
