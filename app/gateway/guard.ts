import type { IncomingMessage } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Settings } from '../settings/settings.ts';
import { isTokenRequired, type KnownToken, ValidTokens } from '../settings/tokens.ts';
import { isThisMachine } from '../base/address.ts';
import { isLoopback } from '../base/host.ts';
import { type IsEndpoint, isJson, type WebRefusal, webRefusal } from './web-page.ts';

/** Who sent a request, as far as the guard could tell. */
export interface ClientIdentity {
  /**
   * What sessions, parked calls and replay buffers are bound to. Two requests share state only if this is equal:
   * `local` for everyone on loopback without a token, else a digest of the token that was shown.
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

/** The part of the settings that says who may pass. */
export type GuardSettings = Pick<Settings, 'token' | 'tokens' | 'requireToken' | 'allowedOrigins' | 'allowedHosts'>;

/** When a named token was shown last, and how often. */
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
      readonly caller: ClientIdentity;
      /** The web origin that may read the answer; null when no browser is involved. */
      readonly origin: string | null;
    }
  /** A CORS preflight from an origin that may come. */
  | { readonly kind: 'preflight'; readonly origin: string }
  | { readonly kind: 'refuse'; readonly reason: Refusal };

export type Refusal = 'host' | 'origin' | 'token' | 'content-type' | WebRefusal;

/** Origins of pages without a site of their own. Any sandboxed frame can claim them, so they need the token. */
const ROOTLESS = new Set(['null', 'file://']);

/** Credentials of a request: the token among them that is valid, and the name that the client gave. */
interface Shown {
  readonly token: KnownToken | null;
  readonly user: string;
}

const NOTHING_SHOWN: Shown = { token: null, user: '' };
const UNNAMED: ClientIdentity = { principal: 'local', label: '', isRemote: false };

/**
 * The first thing every request meets. It knows who is allowed, and nothing of what they want.
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
    // Whoever is gone by now has no address.
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
  proxyCaller(socket: Socket, authorization: string | undefined): ClientIdentity | null {
    return this.#caller(socket, this.#basic(authorization));
  }

  /** The user name and password of SOCKS5 (RFC 1929), both empty when it was not asked for any. Null when they do not do. */
  socksCaller(socket: Socket, user: string, password: string): ClientIdentity | null {
    return this.#caller(socket, { token: this.#tokens.find(password), user });
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
    const shown = this.#bearer(authorization);
    const web = webRefusal(request, isEndpoint, shown.token !== null);
    if (web !== null) return refuse(web);
    const isRootless = origin !== undefined && ROOTLESS.has(origin);
    const caller = isRootless && shown.token === null ? null : this.#caller(request.socket, shown);
    if (caller === null) return refuse('token');
    if (request.method === 'POST' && !isJson(request.headers['content-type'])) return refuse('content-type');
    return { kind: 'pass', caller, origin: origin ?? null };
  }

  #caller(socket: Socket, { token, user }: Shown): ClientIdentity | null {
    const isRemote = this.#remote.has(socket);
    if (token === null) {
      if (this.#required || isRemote) return null;
      // The name of a token is its bearer's alone.
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

  #basic(authorization: string | undefined): Shown {
    const credentials = basicCredentials(authorization);
    if (credentials === null) return NOTHING_SHOWN;
    return { token: this.#tokens.find(credentials.password), user: credentials.user };
  }

  /** Bearer (RFC 6750), or Basic for clients that only know URLs. */
  #bearer(authorization: string | undefined): Shown {
    if (authorization === undefined) return NOTHING_SHOWN;
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    return token === undefined ? this.#basic(authorization) : { token: this.#tokens.find(token), user: '' };
  }

  #knowsHost(host: string): boolean {
    const name = nameIn(host);
    return isLoopback(name) || this.#settings.allowedHosts.includes(name) || (isIP(name) !== 0 && isOwnAddress(name));
  }

  #mayCome(origin: string, host: string): boolean {
    if (ROOTLESS.has(origin)) return this.#tokens.size > 0;
    if (this.#settings.allowedOrigins.includes(origin)) return true;
    // Our own origin: on loopback no other page can have it.
    return origin === `http://${host}` && isLoopback(nameIn(host));
  }
}

function refuse(reason: Refusal): Verdict {
  return { kind: 'refuse', reason };
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
