import { BlockList, isIP } from 'node:net';
import { parseAuthority, type Target } from './address.ts';

/** Any port will do: a refusal shows the way is open as well as an answer does. */
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

/** Endings that name machines at home and in offices (RFC 6762, RFC 8375, and the habits of routers). */
const PRIVATE_NAME = /^[^.]+$|\.(?:local|lan|home|internal|intranet|home\.arpa|fritz\.box)\.?$/i;

/** Whether a target is likely to be near: what a person would want to try first. */
export function isPrivateHost(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host !== 'localhost' && PRIVATE_NAME.test(host);
  return PRIVATE.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
