import type { IncomingMessage } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isThisMachine } from '../base/address.ts';
import { isLoopback } from '../base/host.ts';
import type { Settings } from '../settings/settings.ts';
import { isTokenRequired, type KnownToken, ValidTokens } from '../settings/tokens.ts';
import { isForwarded, isHealthPage } from './reverse-proxy.ts';
import { type IsEndpoint, isJson, type WebRefusal, webRefusal } from './web-page.ts';

/** The client of a request, as far as the guard can tell. */
export interface ClientIdentity {
  /**
   * What sessions, suspended calls and replay buffers are bound to. Two requests share state only if this is equal:
   * `local` for all clients on loopback without a token, else a digest of the token that was shown.
   */
  readonly principal: string;
  /**
   * The name of the token that was shown; without one, the user name of Proxy-Authorization or SOCKS, a name the client chose
   * to be seen by. Empty when it gave none.
   */
  readonly label: string;
  /** Whether it is on another machine. */
  readonly isRemote: boolean;
}

/** The settings that decide who may pass. */
export type GuardSettings = Pick<
  Settings,
  'token' | 'tokens' | 'requireToken' | 'trustReverseProxy' | 'allowedOrigins' | 'allowedHosts'
>;

/** When a named token was used last, and how often. */
export interface TokenUse {
  readonly name: string;
  /** Milliseconds since the epoch; null when it was not shown since we started. */
  readonly lastAt: number | null;
  readonly requests: number;
}

/** What an origin-form request may do. */
export type Verdict =
  | {
      readonly kind: 'pass';
      readonly client: ClientIdentity;
      /** The web origin that may read the answer; null when no browser is involved. */
      readonly origin: string | null;
    }
  /** A CORS preflight from an allowed origin. */
  | { readonly kind: 'preflight'; readonly origin: string }
  | { readonly kind: 'refuse'; readonly reason: Refusal };

/** `reverse-proxy`: it has come through one, and there is no token by which its client could be told from any other. */
export type Refusal = 'host' | 'origin' | 'token' | 'reverse-proxy' | 'content-type' | WebRefusal;

/** Origins without a host (RFC 6454 section 4). Any sandboxed frame can have them, so they need the token. */
const OPAQUE_ORIGINS = new Set(['null', 'file://']);

/** Credentials of a request: the token among them that is valid, and the user name that the client gave. */
interface Credentials {
  readonly token: KnownToken | null;
  readonly user: string;
}

const NO_CREDENTIALS: Credentials = { token: null, user: '' };
const UNNAMED: ClientIdentity = { principal: 'local', label: '', isRemote: false };

/**
 * The first check of every request. It decides who may pass, and knows nothing of what is requested.
 *
 * A valid token names its bearer wherever it is shown. Where none is required, credentials that are not valid are no reason to
 * refuse: a client that has lost its token, or never had one, is let in as it would be without. It gets no token's name then.
 */
export class Guard {
  readonly #own: string | null;
  readonly #remote = new WeakSet<Socket>();
  readonly #uses = new Map<string, { lastAt: number; requests: number }>();
  readonly #used: () => void;
  #settings: GuardSettings;
  #tokens: ValidTokens;
  #required = false;

  /** `own` is a token of this process's. `used` is called for every named token that is shown: it must cost next to nothing. */
  constructor(settings: GuardSettings, own: string | null = null, used: () => void = () => undefined) {
    this.#own = own;
    this.#used = used;
    this.#settings = settings;
    this.#tokens = new ValidTokens(settings, own);
    this.apply(settings);
  }

  apply(settings: GuardSettings): void {
    this.#settings = settings;
    this.#tokens = new ValidTokens(settings, this.#own);
    this.#required = isTokenRequired(settings);
    for (const name of this.#uses.keys()) if (!this.#tokens.isName(name)) this.#uses.delete(name);
  }

  /** A connection that did not come in over loopback: most likely it is from another machine, which has to show a token. */
  arrived(socket: Socket): void {
    const { remoteAddress, localAddress } = socket;
    // A client that has disconnected already has no address.
    if (remoteAddress === undefined) this.#remote.add(socket);
    else if (remoteAddress !== localAddress && !isThisMachine(remoteAddress)) this.#remote.add(socket);
  }

  /** In the order of the settings. */
  uses(): readonly TokenUse[] {
    return this.#settings.tokens.map(({ name }) => {
      const use = this.#uses.get(name);
      return { name, lastAt: use?.lastAt ?? null, requests: use?.requests ?? 0 };
    });
  }

  /** Whether the client at the other end must show a token. */
  required(socket: Socket): boolean {
    return this.#required || this.#remote.has(socket);
  }

  /** Proxy-Authorization of CONNECT and absolute-form (RFC 7617: Basic, any user name). Null when it does not do. */
  proxyClient(socket: Socket, authorization: string | undefined): ClientIdentity | null {
    return this.#identify(socket, this.#basic(authorization));
  }

  /** The user name and password of SOCKS5 (RFC 1929), both empty when it was not asked for any. Null when they do not do. */
  socksClient(socket: Socket, user: string, password: string): ClientIdentity | null {
    return this.#identify(socket, { token: this.#tokens.find(password), user });
  }

  /**
   * Origin-form requests, the ones a web page can make. Host and Origin come first, on every path and method: they are
   * what DNS rebinding and cross-site requests cannot forge (MCP 2025-11-25 basic/transports, "Security Warning"). Then
   * come the requests of pages that have no Origin.
   */
  inspect(request: IncomingMessage, isEndpoint: IsEndpoint): Verdict {
    const { host, origin, authorization } = request.headers;
    if (host === undefined || !this.#isAllowedHost(host)) return refuse('host');
    if (origin !== undefined && !this.#isAllowedOrigin(origin, host)) return refuse('origin');
    if (
      request.method === 'OPTIONS' &&
      origin !== undefined &&
      request.headers['access-control-request-method'] !== undefined
    ) {
      return { kind: 'preflight', origin };
    }
    const credentials = this.#bearer(authorization);
    const web = webRefusal(request, isEndpoint, credentials.token !== null);
    if (web !== null) return refuse(web);
    const isOpaque = origin !== undefined && OPAQUE_ORIGINS.has(origin);
    const client = isOpaque && credentials.token === null ? null : this.#identify(request.socket, credentials);
    if (client === null) return refuse('token');
    if (credentials.token === null && this.#needsTokenForItsWay(request))
      return refuse(this.#settings.tokens.length > 0 ? 'token' : 'reverse-proxy');
    if (request.method === 'POST' && !isJson(request.headers['content-type'])) return refuse('content-type');
    return { kind: 'pass', client, origin: origin ?? null };
  }

  /** The client of a reverse proxy may be on any machine, whatever its connection looks like. */
  #needsTokenForItsWay(request: IncomingMessage): boolean {
    return !this.#settings.trustReverseProxy && !isHealthPage(request.url ?? '') && isForwarded(request);
  }

  #identify(socket: Socket, { token, user }: Credentials): ClientIdentity | null {
    const isRemote = this.#remote.has(socket);
    if (token === null) {
      if (this.#required || isRemote) return null;
      // Only a valid token may carry its name.
      return user === '' || this.#tokens.isName(user) ? UNNAMED : { ...UNNAMED, label: user };
    }
    if (token.name !== null) this.#note(token.name);
    return { principal: token.principal, label: token.name ?? user, isRemote };
  }

  #note(name: string): void {
    const use = this.#uses.get(name);
    if (use === undefined) this.#uses.set(name, { lastAt: Date.now(), requests: 1 });
    else {
      use.lastAt = Date.now();
      use.requests++;
    }
    this.#used();
  }

  #basic(authorization: string | undefined): Credentials {
    const basic = basicCredentials(authorization);
    return basic === null ? NO_CREDENTIALS : { token: this.#tokens.find(basic.password), user: basic.user };
  }

  /** Bearer (RFC 6750), or Basic for clients that only know URLs. */
  #bearer(authorization: string | undefined): Credentials {
    if (authorization === undefined) return NO_CREDENTIALS;
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    return token === undefined ? this.#basic(authorization) : { token: this.#tokens.find(token), user: '' };
  }

  #isAllowedHost(host: string): boolean {
    const name = nameIn(host);
    return isLoopback(name) || this.#settings.allowedHosts.includes(name) || (isIP(name) !== 0 && isOwnAddress(name));
  }

  #isAllowedOrigin(origin: string, host: string): boolean {
    if (OPAQUE_ORIGINS.has(origin)) return this.#tokens.size > 0;
    if (this.#settings.allowedOrigins.includes(origin)) return true;
    // Our own origin: on loopback no other page can have it.
    return origin === `http://${host}` && isLoopback(nameIn(host));
  }
}

function refuse(reason: Refusal): Verdict {
  return { kind: 'refuse', reason };
}

export function basicCredentials(
  authorization: string | undefined,
): { readonly user: string; readonly password: string } | null {
  const encoded = /^Basic +([A-Za-z0-9+/_-]+=*)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon === -1 ? null : { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** The host of a Host field, without its port and brackets, in lower case. */
function nameIn(host: string): string {
  return host
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
}

/** An address is no name that an attacker's name server could point here. */
function isOwnAddress(address: string): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some((own) => own.address.toLowerCase() === address));
}
