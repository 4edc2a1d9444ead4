import { createSocket, type Socket } from 'node:dgram';
import { errnoOf } from '../../base/errno.ts';
import type { LocalAddress } from '../../platform/network/index.ts';
import type { Evidence } from '../evidence.ts';

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
export function browseQuestion(service: string): Buffer {
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
  // Of an interface that has just gone, for example: the others go on.
  socket.on('error', (error) => {
    seen({ kind: 'datagram', errno: errnoOf(error), elapsed: Number.POSITIVE_INFINITY });
    close();
  });
  socket.on('message', (datagram, { address }) => {
    const from = address.replace(/%.*$/, '');
    // This machine's own responder hears the question too, and needs no permission to answer it.
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

function prepare(socket: Socket, { family, address, interface: name }: LocalAddress): void {
  socket.setMulticastTTL(TTL);
  socket.setMulticastInterface(family === 'IPv6' ? `::%${name}` : address);
}
