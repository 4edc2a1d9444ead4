import { type SleepClocks, SleepWatch } from '../../base/clock.ts';
import { type Interfaces, interfacesNow } from '../../base/interfaces.ts';

/** One address of this machine on a network of its own. */
export interface LocalAddress {
  readonly interface: string;
  readonly family: 'IPv4' | 'IPv6';
  readonly address: string;
  /** Number of the interface for link-local IPv6 (RFC 4007); 0 otherwise. */
  readonly scope: number;
}

/**
 * Interfaces of macOS and its relatives that cannot broadcast or lead to no network: loopback, tunnels and VPNs (utun, ipsec,
 * ppp, tun, tap, wg), tunnels of old (gif, stf), AirDrop's own radio links (awdl, llw), Apple's inner wiring (anpi).
 */
const NO_NETWORK = /^(?:lo|utun|ipsec|ppp|tun|tap|wg|gif|stf|awdl|llw|anpi)\d*$/;
const NO_HARDWARE = '00:00:00:00:00:00';

/**
 * Addresses on interfaces that can broadcast: Wi-Fi, Ethernet, bridges of virtual machines. Node does not show the flags of an
 * interface, but one that cannot broadcast has no hardware address, or a name of this list.
 */
export function broadcastAddresses(interfaces: Interfaces): readonly LocalAddress[] {
  return Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    NO_NETWORK.test(name)
      ? []
      : addresses
          .filter(({ internal, mac, family, cidr }) => !internal && mac !== NO_HARDWARE && !isPair(family, cidr))
          .map(({ family, address, ...rest }) => ({
            interface: name,
            family,
            address,
            scope: 'scopeid' in rest && typeof rest.scopeid === 'number' ? rest.scopeid : 0,
          })),
  );
}

/** A network of two addresses is a point-to-point link (RFC 3021). */
function isPair(family: 'IPv4' | 'IPv6', cidr: string | null): boolean {
  const prefix = Number(cidr?.split('/')[1]);
  return family === 'IPv4' ? prefix >= 31 : prefix >= 127;
}

/**
 * The addresses of this machine as one text: it differs when, and only when, an address has been added or removed. Link-local ones
 * (RFC 4291 2.5.6) do not count: each container that starts and each radio that wakes brings one, and nothing else is reached by it.
 */
export function placeOf(interfaces: Interfaces): string {
  return Object.entries(interfaces)
    .flatMap(([name, addresses = []]) =>
      addresses
        .filter(({ internal, address }) => !internal && !/^fe[89ab]/i.test(address))
        .map(({ address, cidr }) => `${name} ${cidr ?? address}`),
    )
    .sort()
    .join('\n');
}

export interface WatchOptions {
  /** For tests; else those of this machine. */
  readonly interfaces?: () => Interfaces;
  readonly changed: () => void;
  /** The machine has slept, or the process was not run; for a process that nothing else tells so. */
  readonly slept?: () => void;
  /** Milliseconds between two reads. */
  readonly every?: number;
  readonly clocks?: SleepClocks;
}

/** Soon enough for a laptop that was carried elsewhere; reading the interfaces costs some tens of microseconds. */
const EVERY_MS = 10_000;

/**
 * Polls the addresses of this machine, and calls `changed` when one has been added or removed. Neither Node nor Electron's main process has
 * an event for it, and a window knows only "online" from "offline". Returns the function that ends it.
 */
export function watchPlace({ interfaces, changed, slept, every = EVERY_MS, clocks }: WatchOptions): () => void {
  let last = placeNow();
  const sleep = new SleepWatch(every, clocks);
  sleep.start();
  const timer = setInterval(() => {
    if (sleep.tick().missed !== null) slept?.();
    const now = placeNow();
    // What cannot be read now has not changed by that.
    if (now === null || now === last) return;
    const isKnown = last !== null;
    last = now;
    if (isKnown) changed();
  }, every).unref();
  return () => clearInterval(timer);

  function placeNow(): string | null {
    const here = interfacesNow(interfaces);
    return here && placeOf(here);
  }
}
