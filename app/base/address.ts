import { BlockList, isIP, isIPv4, isIPv6, type Socket } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import type { Target } from './host.ts';

export { authorityOf, type Target } from './host.ts';

/** Longest name DNS can carry (RFC 1035 section 2.3.4). */
const NAME_LIMIT = 253;
/** One DNS label as it is found in the wild: underscores and, through IDNA or mDNS, non-ASCII never reach the wire here. */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;

/**
 * `host:port` of a CONNECT request or of an absolute-form target, strictly: no userinfo, no path, no scheme, the port
 * 1 to 65535, IPv6 in brackets (RFC 9110 section 9.3.6, RFC 3986 section 3.2). Without a port `defaultPort` is taken,
 * when there is one. Null when it is anything else.
 */
export function parseAuthority(authority: string, defaultPort: number | null): Target | null {
  const match = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d{1,5}))?$/.exec(authority);
  if (match === null) return null;
  const [, written = '', digits] = match;
  const port = digits === undefined ? defaultPort : Number(digits);
  if (port === null || port < 1 || port > 65_535) return null;
  const host = written.startsWith('[') ? bracketedAddress(written) : isHostName(written) ? written : null;
  return host === null ? null : { host, port };
}

/**
 * `host:port` of a CONNECT request. Some clients leave the brackets of an IPv6 address out: axios, wget, grpc-js and others that
 * send the host as their URL parser has it. A port must come behind it, so that the last colon is in front of the port.
 */
export function parseConnectTarget(authority: string): Target | null {
  const target = parseAuthority(authority, null);
  if (target !== null) return target;
  const colon = authority.lastIndexOf(':');
  const host = authority.slice(0, Math.max(colon, 0));
  return isIPv6(host) ? parseAuthority(`[${host}]${authority.slice(colon)}`, null) : null;
}

/**
 * The IPv6 address in brackets, as a socket takes it, or null if it is none. The zone of a link-local address follows `%`, and
 * `%25` in a URL (RFC 6874): taken as it is, the latter would name an interface that does not exist, and lead to another.
 */
export function bracketedAddress(written: string): string | null {
  const inside = /^\[(.*)\]$/.exec(written)?.[1] ?? '';
  const address = inside.replace(/%25(?=.)/, '%');
  return isIPv6(address) ? address : null;
}

/** A registered name or a dotted IPv4 address. Numbers that only resolvers take for addresses (`127.1`, `0x7f.1`) are none. */
export function isHostName(host: string): boolean {
  if (isIPv4(host)) return true;
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  if (name.length === 0 || name.length > NAME_LIMIT) return false;
  const labels = name.split('.');
  const last = labels.at(-1) ?? '';
  return labels.every((label) => LABEL.test(label)) && !/^(?:\d+|0x[0-9a-f]*)$/i.test(last);
}

/** For a target without a port: a refused connection shows that the route is open as well as an answer does. */
const HTTP_PORT = 80;

/** `host:port`, `host`, or an address copied from a browser; null when it is none of them. */
export function readTarget(typed: string): Target | null {
  const text = typed.trim();
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? URL.parse(text) : null;
  if (url === null) return parseAuthority(text, HTTP_PORT);
  return parseAuthority(url.host, url.protocol === 'https:' ? 443 : HTTP_PORT);
}

/** Networks that no router of the Internet knows: RFC 1918, RFC 4193, and link-local (RFC 3927, RFC 4291). */
const PRIVATE = new BlockList();
PRIVATE.addSubnet('10.0.0.0', 8, 'ipv4');
PRIVATE.addSubnet('172.16.0.0', 12, 'ipv4');
PRIVATE.addSubnet('192.168.0.0', 16, 'ipv4');
PRIVATE.addSubnet('169.254.0.0', 16, 'ipv4');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');

/** Endings that name machines at home and in offices (RFC 6762, RFC 8375, and what routers are sold with). */
const PRIVATE_NAME = /^[^.]+$|\.(?:local|lan|home|internal|intranet|home\.arpa|fritz\.box)\.?$/i;

/** Whether a target is likely to be on the local network, and so a good one for a test of the permission. */
export function isPrivateHost(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host !== 'localhost' && PRIVATE_NAME.test(host);
  return PRIVATE.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

/** Whether `address` lies in the subnet of one of this machine's interfaces: reached without a router. */
export function isOnLink(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const type = family === 6 ? 'ipv6' : 'ipv4';
  const subnets = new BlockList();
  for (const own of ownInterfaces()) {
    const [network = '', prefix = ''] = (own.cidr ?? '').split('/');
    if (!own.internal && network !== '')
      subnets.addSubnet(network, Number(prefix), own.family === 'IPv6' ? 'ipv6' : 'ipv4');
  }
  return subnets.check(address.replace(/%.*$/, ''), type);
}

/** Whether a connection to `address` ends on this machine: loopback, the unspecified address, an address of ours. */
export function isThisMachine(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('0.0.0.0', 'ipv4');
  loopback.addAddress('::', 'ipv6');
  loopback.addAddress('::1', 'ipv6');
  for (const own of ownInterfaces()) loopback.addAddress(own.address, own.family === 'IPv6' ? 'ipv6' : 'ipv4');
  // BlockList checks an IPv4-mapped IPv6 address (::ffff:127.0.0.1) as IPv4.
  return loopback.check(address.replace(/%.*$/, ''), family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Whether both ends of a connection are on this machine: then they have one address, also one that `isThisMachine` knows nothing of. Node lists none
 * of an interface without a cable, such as Docker's bridge while no container runs, and none at all where descriptors have run out.
 */
export function hasBothEndsHere({
  localAddress,
  remoteAddress,
}: Pick<Socket, 'localAddress' | 'remoteAddress'>): boolean {
  return remoteAddress !== undefined && (localAddress === remoteAddress || isThisMachine(remoteAddress));
}

const LINK_LOCAL = new BlockList();
LINK_LOCAL.addSubnet('169.254.0.0', 16, 'ipv4');
LINK_LOCAL.addSubnet('fe80::', 10, 'ipv6');

/** RFC 3927, RFC 4291: where clouds keep credentials. Each machine has others behind these addresses. */
export function isLinkLocal(address: string): boolean {
  const family = isIP(address);
  // BlockList checks an IPv4-mapped IPv6 address as IPv4.
  return family !== 0 && LINK_LOCAL.check(address.replace(/%.*$/, ''), family === 6 ? 'ipv6' : 'ipv4');
}

/** Whether `address` is another machine on a network of this one's own: what macOS calls the local network. */
export function isNeighbour(address: string): boolean {
  return isOnLink(address) && !isThisMachine(address);
}

/** getifaddrs takes a descriptor; without one left the list is empty, and the caller reports its own error. */
function ownInterfaces(): readonly NetworkInterfaceInfo[] {
  try {
    return Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  } catch {
    return [];
  }
}
