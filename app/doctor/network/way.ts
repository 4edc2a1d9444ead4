import { BlockList, isIPv6 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import type { Way } from '../facts.ts';

/** What `os.networkInterfaces()` tells. */
export type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

/** Interfaces that lead into a VPN, by the names systems give them. */
const TUNNEL = /^(?:utun|tun|tap|wg|ppp|ipsec|tailscale|zt)/;

/** Where an address lies as seen from these interfaces: the longest matching prefix decides, as in every routing table. */
export function wayTo(address: string, interfaces: Interfaces): Way {
  const [bare = '', zone] = address.split('%');
  const type = isIPv6(bare) ? 'ipv6' : 'ipv4';
  const own = Object.entries(interfaces).flatMap(([name, infos = []]) => infos.map((info) => ({ name, info })));
  if (own.some(({ info }) => info.address.split('%')[0] === bare) || isLoopback(bare, type)) {
    return { kind: 'this-machine', interface: null, router: null };
  }
  const matches = own
    .filter(({ name, info }) => !info.internal && (zone === undefined || zone === name) && contains(info, bare, type))
    .sort((one, other) => prefixOf(other.info) - prefixOf(one.info));
  const best = matches[0];
  if (best === undefined) return { kind: 'routed', interface: null, router: null };
  return { kind: isTunnel(best.name) ? 'tunnel' : 'on-link', interface: best.name, router: null };
}

export function isTunnel(name: string): boolean {
  return TUNNEL.test(name);
}

/** The answer of macOS's `route -n get`: lines of `name: value`. Null when it names no interface. */
export function wayInRoute(output: string): Way | null {
  const field = (name: string): string | null =>
    new RegExp(`^\\s*${name}:\\s*(.+?)\\s*$`, 'm').exec(output)?.[1] ?? null;
  const name = field('interface');
  if (name === null) return null;
  const router = field('gateway');
  const flags = field('flags') ?? '';
  if (/\bLOCAL\b/.test(flags) || name.startsWith('lo')) {
    return { kind: 'this-machine', interface: name, router: null };
  }
  // A route to the link itself names the interface (`link#12`) or nobody as its gateway.
  const routed = /\bGATEWAY\b/.test(flags) && router !== null && !router.startsWith('link#');
  if (isTunnel(name)) return { kind: 'tunnel', interface: name, router: routed ? router : null };
  return { kind: routed ? 'routed' : 'on-link', interface: name, router: routed ? router : null };
}

function contains({ cidr, family }: NetworkInterfaceInfo, address: string, type: 'ipv4' | 'ipv6'): boolean {
  const [network = '', prefix = ''] = (cidr ?? '').split('/');
  if (network === '' || (family === 'IPv6') !== (type === 'ipv6')) return false;
  const subnet = new BlockList();
  subnet.addSubnet(network, Number(prefix), type);
  return subnet.check(address, type);
}

function prefixOf({ cidr }: NetworkInterfaceInfo): number {
  return Number((cidr ?? '').split('/')[1] ?? 0);
}

function isLoopback(address: string, type: 'ipv4' | 'ipv6'): boolean {
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  return loopback.check(address, type);
}
