import { createSocket, type Socket } from 'node:dgram';
import { interfacesNow } from '../../base/interfaces.ts';
import { type DnsRecord, recordsIn, serviceQuery } from './message.ts';

/** An instance of a service that answered. */
export interface ServiceInstance {
  /** What its owner calls it: `Home`. */
  readonly name: string;
  /** Without the dot at the end: `homeassistant.local`. */
  readonly host: string;
  readonly port: number;
  /** The keys of its TXT record, in lower case (RFC 6763 section 6). */
  readonly texts: Readonly<Record<string, string>>;
}

export interface BrowseOptions {
  /** As `_home-assistant._tcp`. */
  readonly service: string;
  /** Milliseconds that answers are waited for, if not the usual three seconds. */
  readonly patience?: number;
  /** Who is asked, if not every machine of the networks that this one is in. */
  readonly at?: { readonly host: string; readonly port: number };
  readonly signal?: AbortSignal;
}

/** The group and the port of multicast DNS (RFC 6762 section 3). */
const GROUP = { host: '224.0.0.251', port: 5353 } as const;
const PATIENCE = 3000;
/** Milliseconds between the two times that it is asked: multicast over Wi-Fi gets lost. */
const AGAIN = 750;
const MOST_INSTANCES = 32;
const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/;

/**
 * Asks the local network once for a service, from a port of its own, so that answers come to this socket alone (RFC 6762 section 5.1).
 * What answers is not believed more than that: names and ports are within their bounds, and nothing is connected to.
 */
export async function browse({ service, patience = PATIENCE, at, signal }: BrowseOptions): Promise<ServiceInstance[]> {
  const question = serviceQuery(`${service}.local`);
  const records: DnsRecord[] = [];
  const sockets = (at === undefined ? addressesHere() : [null]).map((address) => {
    const socket = createSocket('udp4');
    // A network that is gone, or a system that does not let us: others may answer.
    socket.on('error', () => undefined);
    socket.on('message', (message) => {
      if (records.length < MOST_INSTANCES * 8) records.push(...recordsIn(message));
    });
    ask(socket, address, question, at ?? GROUP);
    return socket;
  });
  await waited(patience, signal);
  for (const socket of sockets) socket.close();
  return instancesOf(`${service}.local`, records);
}

/** The address of each network that this machine is in; loopback has no neighbours. */
function addressesHere(): string[] {
  const all = Object.values(interfacesNow() ?? {}).flatMap((addresses) => addresses ?? []);
  return all.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
}

function ask(socket: Socket, address: string | null, question: Buffer, to: { host: string; port: number }): void {
  const send = (): void => {
    try {
      socket.send(question, to.port, to.host, () => undefined);
    } catch {
      // Closed meanwhile.
    }
  };
  socket.bind(0, address ?? undefined, () => {
    try {
      if (address !== null) socket.setMulticastInterface(address);
    } catch {
      // The network has gone since it was listed; the question goes where the system leads it.
    }
    send();
    setTimeout(send, AGAIN).unref();
  });
}

function waited(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  const stop = (): void => {
    clearTimeout(timer);
    resolve();
  };
  signal?.addEventListener('abort', stop, { once: true });
  return promise.finally(() => signal?.removeEventListener('abort', stop));
}

function instancesOf(service: string, records: readonly DnsRecord[]): ServiceInstance[] {
  const found = new Map<string, ServiceInstance>();
  for (const pointer of records) {
    if (pointer.type !== 'PTR' || pointer.name.toLowerCase() !== service.toLowerCase()) continue;
    const { target } = pointer;
    // One that makes no sense hides no other of the same name.
    const srv = records.find((record) => isPlace(record) && isSame(record.name, target));
    if (srv?.type !== 'SRV' || found.size >= MOST_INSTANCES) continue;
    const txt = records.find((record) => record.type === 'TXT' && isSame(record.name, target));
    const name = unescaped(target.slice(0, -service.length - 1));
    const { target: host, port } = srv;
    found.set(target.toLowerCase(), { name, host, port, texts: txt?.type === 'TXT' ? pairs(txt.texts) : {} });
  }
  return [...found.values()];
}

function isPlace(record: DnsRecord): boolean {
  return record.type === 'SRV' && record.port !== 0 && HOST.test(record.target);
}

function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/** Control characters could write lines of their own into what shows the name. */
function unescaped(label: string): string {
  return label
    .replace(/\\([.\\])/g, '$1')
    .replace(/\p{Cc}/gu, ' ')
    .trim();
}

function pairs(texts: readonly string[]): Readonly<Record<string, string>> {
  const all = texts.map((text) => {
    const at = text.indexOf('=');
    return at === -1 ? [text.toLowerCase(), ''] : [text.slice(0, at).toLowerCase(), text.slice(at + 1)];
  });
  return Object.fromEntries(all);
}
