import { parseAuthority, type Target } from '../base/address.ts';
import { ownValue } from '../base/own-value.ts';

/** Ports on which a TLS handshake is tried unasked. */
const TLS_PORTS: ReadonlySet<number> = new Set([
  443, 465, 636, 853, 993, 995, 5001, 5986, 6443, 8006, 8443, 8883, 9443,
]);

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ws: 80, wss: 443 };

export interface WrittenTarget {
  readonly target: Target;
  readonly tls: boolean;
  /** What is to be spoken there, as far as it was written. */
  readonly scheme?: 'http' | 'https';
}

/** `host:port`, `[v6]:port`, or an address with a scheme, as people paste it. Null when it names no host and port. */
export function readTarget(written: string): WrittenTarget | null {
  const text = written.trim();
  const [, scheme = '', rest = text] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(text) ?? [];
  const authority = (/^[^/?#]*/.exec(rest)?.[0] ?? '').replace(/^.*@/, '');
  const target = parseAuthority(authority, ownValue(DEFAULT_PORTS, scheme.toLowerCase()) ?? null);
  if (target === null || target.host === '') return null;
  if (/^(?:http|ws)$/i.test(scheme)) return { target, tls: false, scheme: 'http' };
  if (/^(?:https|wss)$/i.test(scheme)) return { target, tls: true, scheme: 'https' };
  return { target, tls: TLS_PORTS.has(target.port) };
}

/** Numbers that programs print instead of names, as macOS and Linux count them. */
const NUMBERS: Readonly<Record<string, string>> = {
  '1': 'EPERM',
  '9': 'EBADF',
  '51': 'ENETUNREACH',
  '54': 'ECONNRESET',
  '57': 'ENOTCONN',
  '60': 'ETIMEDOUT',
  '61': 'ECONNREFUSED',
  '64': 'EHOSTDOWN',
  '65': 'EHOSTUNREACH',
  '101': 'ENETUNREACH',
  '104': 'ECONNRESET',
  '110': 'ETIMEDOUT',
  '111': 'ECONNREFUSED',
  '112': 'EHOSTDOWN',
  '113': 'EHOSTUNREACH',
};

/** What the C library says for an errno. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  // What this proxy answers, and what axios makes of that answer.
  [/UNSUPPORTED_SCHEME|need a tunnel \(CONNECT\)|request failed with status code 400/i, 'UNSUPPORTED_SCHEME'],
  [/no route to host/i, 'EHOSTUNREACH'],
  [/host is down/i, 'EHOSTDOWN'],
  [/network is unreachable/i, 'ENETUNREACH'],
  [/connection refused/i, 'ECONNREFUSED'],
  [/connection reset/i, 'ECONNRESET'],
  [/bad file descriptor/i, 'EBADF'],
  [/socket is not connected/i, 'ENOTCONN'],
  [/timed? ?out/i, 'ETIMEDOUT'],
  [/operation not permitted/i, 'EPERM'],
  [/name or service not known|nodename nor servname|getaddrinfo/i, 'ENOTFOUND'],
];

/** The errno in an error message that a person has pasted; null when there is none that is known. */
export function readError(message: string): string | null {
  const name = /\bE(?:AI_)?[A-Z]{3,14}\b/.exec(message)?.[0];
  if (name !== undefined) return name;
  const number = /\berrno:?\s*-?(\d+)/i.exec(message)?.[1];
  const known = number === undefined ? undefined : NUMBERS[number];
  return known ?? PHRASES.find(([phrase]) => phrase.test(message))?.[1] ?? null;
}
