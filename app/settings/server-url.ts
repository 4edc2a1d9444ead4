import { secretSegments } from '../base/secret-path.ts';

/** Where a server can be: credentials belong into a header, which is not shown, and a fragment is never sent. */
export function isServerAddress(written: string): boolean {
  const url = URL.parse(written);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false;
  return url.hostname !== '' && url.username === '' && url.password === '' && url.hash === '' && url.port !== '0';
}

/** Scheme, host and port, which secrets of a server are bound to; empty for what is no URL. */
export function originOf(url: string): string {
  return URL.parse(url)?.origin ?? '';
}

/** Whether a line is meant as the URL of a server and not as a command. */
export function looksLikeUrl(line: string): boolean {
  return /^https?:\/\/\S*$/i.test(line.trim());
}

/** Whether a line is a host with a port, such as `nas.lan:8123/mcp`: the URL of a server without its scheme, for no program is called so. */
export function lacksScheme(line: string): boolean {
  return /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\]):\d{1,5}(?:\/\S*)?$/i.test(line.trim());
}

/** A URL for people: its query may hold a key, so it is left out, and so are segments of its path that are one. */
export function shownUrl(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return '';
  const hidden = secretSegments(parsed.href);
  const path = parsed.pathname.split('/').map((segment) => (hidden.includes(segment) ? '…' : segment));
  return `${parsed.origin}${path.join('/')}`;
}

/** What of a URL may stand in a file in clear: all that comes before the first key in its path, and no query. */
export function urlInClear(url: string): string {
  const whole = url.replace(/\?.*$/s, '');
  const [first] = secretSegments(url);
  return first === undefined ? whole : whole.slice(0, whole.indexOf(`/${first}`) + 1);
}

/**
 * A SHA-256 fingerprint as people copy it, `AA:BB:…` or bare, with or without `SHA256` in front: 64 digits in lower case. Null when it
 * is none.
 */
export function fingerprintIn(written: string): string | null {
  const digits = written
    .trim()
    .replace(/^sha-?256(?: fingerprint)?\s*[:=/]\s*/i, '')
    .replace(/[\s:]/g, '')
    .toLowerCase();
  return /^[0-9a-f]{64}$/.test(digits) ? digits : null;
}
