import { parseAuthority, type Target } from '../../base/address.ts';
import type { RequestFault } from '../../i18n/index.ts';
import { originKey } from './origin-pool.ts';

/** The origin of an absolute-form request, and its target there. */
export interface AbsoluteForm {
  readonly origin: Origin;
  /** Origin-form of the target: path and query, or `*`. */
  readonly path: string;
}

/** The authority of a URL, once read. */
export interface Origin {
  readonly target: Target;
  /**
   * Value of the Host field: the authority as it was written, without userinfo (RFC 9112 section 3.2.2) and without the port 80. Programs
   * that connect by themselves leave that out of it, and sign the field so (AWS Signature Version 4).
   */
  readonly host: string;
  /** Equal for all ways of writing the same origin. */
  readonly key: string;
}

export type TargetFault =
  | { readonly kind: 'malformed'; readonly fault: RequestFault }
  /** A scheme we do not fetch, such as `https`, in lower case. */
  | { readonly kind: 'scheme'; readonly scheme: string };

const SCHEME = /^([a-z][a-z0-9+.-]*):/i;
/** `ws` is `http` with Upgrade (RFC 6455 section 3). */
const FETCHED = new Set(['http', 'ws']);
const DEFAULT_PORT = 80;
/** `host:` means the default port (RFC 3986 section 3.2.3). */
const EMPTY_PORT = /^([^:[\]]+|\[[^[\]]+\]):$/;

/**
 * Reads the target of an absolute-form request by hand, strictly (RFC 9112 section 3.2.2, RFC 3986 section 3). No URL
 * object: the path has to go on byte for byte as it came, and the host must not be guessed at. `cache` keeps origins from call to call.
 */
export function parseAbsoluteForm(
  url: string,
  method: string,
  cache: Map<string, Origin> = new Map(),
): AbsoluteForm | TargetFault {
  const scheme = SCHEME.exec(url)?.[1];
  if (scheme === undefined) return malformed('target');
  if (!FETCHED.has(scheme.toLowerCase())) return { kind: 'scheme', scheme: scheme.toLowerCase() };
  if (!url.startsWith('://', scheme.length)) return malformed('target');

  const start = scheme.length + 3;
  const end = authorityEnd(url, start);
  const origin = originOf(url.slice(start, end), cache);
  if (typeof origin === 'string') return malformed(origin);
  // A fragment is not sent (RFC 9110 section 7.1).
  const rest = url.slice(end).replace(/#.*$/, '');
  if (rest === '') return { origin, path: method === 'OPTIONS' ? '*' : '/' };
  return { origin, path: rest.startsWith('/') ? rest : `/${rest}` };
}

function authorityEnd(url: string, start: number): number {
  for (let at = start; at < url.length; at++) {
    const char = url[at];
    if (char === '/' || char === '?' || char === '#') return at;
  }
  return url.length;
}

/** Origins kept by authority: a program asks the same few again and again. */
const CACHE_LIMIT = 256;

function originOf(written: string, cache: Map<string, Origin>): Origin | RequestFault {
  const cached = cache.get(written);
  if (cached !== undefined) return cached;
  // A copy: V8 makes a part of a string a view of the whole, so that an origin that is kept would keep the URL, and what may be secret in it.
  const host = Buffer.from(written.slice(written.lastIndexOf('@') + 1))
    .toString()
    .replace(EMPTY_PORT, '$1');
  if (host === '' || host.startsWith(':')) return 'emptyHost';
  const target = parseAuthority(host, DEFAULT_PORT);
  if (target === null) return 'authority';
  const origin: Origin = {
    target,
    // The zone means nothing to the origin (RFC 6874).
    host: (target.port === DEFAULT_PORT ? host.replace(/:\d+$/, '') : host).replace(/%[^\]]*/, ''),
    key: originKey(target),
  };
  if (cache.size >= CACHE_LIMIT) cache.clear();
  // Userinfo in front of the host may be a password: that is not kept.
  if (host.length === written.length) cache.set(host, origin);
  return origin;
}

function malformed(fault: RequestFault): TargetFault {
  return { kind: 'malformed', fault };
}
