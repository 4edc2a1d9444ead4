import { isLoopback } from '../../../base/host.ts';

/**
 * Whether metadata of a server may lead us, or a browser, to this address. It is never less protected than the server itself: plain
 * http for a server with plain http only. A server elsewhere cannot make us ask this machine, or an address that only this link has.
 */
export function maySend(to: URL, server: URL): boolean {
  if (to.protocol !== 'https:' && to.protocol !== 'http:') return false;
  if (to.hostname === '' || to.username !== '' || to.password !== '') return false;
  if (to.origin === server.origin) return true;
  if (isOnlyHere(to.hostname) && !isOnlyHere(server.hostname)) return false;
  return to.protocol === 'https:' || server.protocol === 'http:';
}

/** Loopback, the unspecified address, which reaches it, and link-local addresses, where clouds keep their credentials. */
function isOnlyHere(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isLoopback(host) || host.endsWith('.localhost')) return true;
  return /^(?:0\.0\.0\.0|::|169\.254\..*|fe[89ab].*:.*|::ffff:.*)$/i.test(host);
}

/**
 * Whether two issuers are one: a slash at the end makes no difference, for their metadata is at the same address with and without it
 * (RFC 8414 section 3.1). Section 3.3 wants the same text; Google, Expo and Indeed name the two differently.
 */
export function isSameIssuer(one: string, other: string): boolean {
  return one.replace(/\/$/, '') === other.replace(/\/$/, '');
}

/** Whether a protected resource is the server at that URL, or one that it is a part of (RFC 8707 section 2, RFC 9728 section 3.3). */
export function covers(resource: string, server: URL): boolean {
  const url = URL.parse(resource);
  if (url === null || url.origin !== server.origin) return false;
  const path = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`;
  return `${server.pathname}/`.startsWith(path);
}
