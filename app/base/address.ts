import { isIPv4, isIPv6 } from 'node:net';

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

/** Where a client wants to go. `host` is a name or an address, an IPv6 address without brackets. */
export interface Target {
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

/** `host:port` as people and the log write it; IPv6 in brackets. */
export function authorityOf(target: Target): string {
  return target.host.includes(':') ? `[${target.host}]:${target.port}` : `${target.host}:${target.port}`;
}
