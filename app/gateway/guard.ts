import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Settings } from '../settings/settings.ts';
import type { Caller } from './caller.ts';
import { type IsEndpoint, isJson, type WebRefusal, webRefusal } from './web-page.ts';

/** The part of the settings that says who may pass. */
export type GuardSettings = Pick<Settings, 'token' | 'allowedOrigins' | 'allowedHosts'>;

/** What an origin-form request may do. */
export type Verdict =
  | {
      readonly kind: 'pass';
      readonly caller: Caller;
      /** The web origin that may read the answer; null when no browser is involved. */
      readonly origin: string | null;
    }
  /** A CORS preflight from an origin that may come. */
  | { readonly kind: 'preflight'; readonly origin: string }
  | { readonly kind: 'refuse'; readonly reason: Refusal };

export type Refusal = 'host' | 'origin' | 'token' | 'content-type' | WebRefusal;

/** Origins of pages without a site of their own. Any sandboxed frame can claim them, so they need the token. */
const ROOTLESS = new Set(['null', 'file://']);

/** The first thing every request meets. It knows who is allowed, and nothing of what they want. */
export class Guard {
  #settings: GuardSettings;
  #token: Buffer | null = null;
  #principal = 'local';

  constructor(settings: GuardSettings) {
    this.#settings = settings;
    this.apply(settings);
  }

  apply(settings: GuardSettings): void {
    this.#settings = settings;
    this.#token = settings.token === null ? null : digest(settings.token);
    this.#principal = this.#token === null ? 'local' : `token:${this.#token.toString('hex', 0, 8)}`;
  }

  /** Whether clients must show the token. */
  required(): boolean {
    return this.#token !== null;
  }

  /** Compares in constant time, whatever the lengths. */
  admits(password: string): boolean {
    return this.#token === null || timingSafeEqual(digest(password), this.#token);
  }

  /** Proxy-Authorization of CONNECT and absolute-form (RFC 7617: Basic, any user name). Null when it does not do. */
  proxyCaller(authorization: string | undefined): Caller | null {
    const credentials = basicCredentials(authorization);
    if (this.#token !== null && (credentials === null || !this.admits(credentials.password))) return null;
    return { principal: this.#principal, label: credentials?.user ?? '' };
  }

  /**
   * Origin-form requests, the ones a web page can make. Host and Origin come first, on every path and method: they are
   * what DNS rebinding and cross-site requests cannot forge (MCP 2025-11-25 basic/transports, "Security Warning"). Then
   * come the requests of pages that have no Origin.
   */
  inspect(request: IncomingMessage, isEndpoint: IsEndpoint): Verdict {
    const { host, origin, authorization } = request.headers;
    if (host === undefined || !this.#knowsHost(host)) return refuse('host');
    if (origin !== undefined && !this.#mayCome(origin, host)) return refuse('origin');
    if (
      request.method === 'OPTIONS' &&
      origin !== undefined &&
      request.headers['access-control-request-method'] !== undefined
    ) {
      return { kind: 'preflight', origin };
    }
    const label = this.#bearer(authorization);
    const authenticated = this.#token !== null && label !== null;
    const web = webRefusal(request, isEndpoint, authenticated);
    if (web !== null) return refuse(web);
    if (label === null) return refuse('token');
    if (request.method === 'POST' && !isJson(request.headers['content-type'])) return refuse('content-type');
    return { kind: 'pass', caller: { principal: this.#principal, label }, origin: origin ?? null };
  }

  /** The name behind a valid Authorization, empty for Bearer; null when it does not do. Basic is for clients that only know URLs. */
  #bearer(authorization: string | undefined): string | null {
    if (this.#token === null) return '';
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (token !== undefined) return this.admits(token) ? '' : null;
    const credentials = basicCredentials(authorization);
    return credentials !== null && this.admits(credentials.password) ? credentials.user : null;
  }

  #knowsHost(host: string): boolean {
    const name = host
      .replace(/:\d*$/, '')
      .replace(/^\[(.*)\]$/, '$1')
      .toLowerCase();
    return (
      isLoopbackName(name) || this.#settings.allowedHosts.includes(name) || (isIP(name) !== 0 && isOwnAddress(name))
    );
  }

  #mayCome(origin: string, host: string): boolean {
    if (ROOTLESS.has(origin)) return this.#token !== null;
    if (this.#settings.allowedOrigins.includes(origin)) return true;
    // Our own origin: on loopback no other page can have it.
    return (
      origin === `http://${host}` &&
      isLoopbackName(
        host
          .replace(/:\d*$/, '')
          .replace(/^\[(.*)\]$/, '$1')
          .toLowerCase(),
      )
    );
  }
}

function refuse(reason: Refusal): Verdict {
  return { kind: 'refuse', reason };
}

function digest(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

function basicCredentials(
  authorization: string | undefined,
): { readonly user: string; readonly password: string } | null {
  const encoded = /^Basic +([A-Za-z0-9+/_-]+=*)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon === -1 ? null : { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** An address is no name that an attacker's name server could point here. */
function isOwnAddress(address: string): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some((own) => own.address.toLowerCase() === address));
}
