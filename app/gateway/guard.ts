import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { hasBothEndsHere } from '../base/address.ts';
import { isLoopback, PROXY_NAME } from '../base/host.ts';
import { interfacesNow } from '../base/interfaces.ts';
import { LinkedList, type Place } from '../base/linked-list.ts';
import type { Settings } from '../settings/settings.ts';
import { isTokenRequired, type KnownToken, ValidTokens } from '../settings/tokens.ts';

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

/** `navigation`: a browser opens the address itself. `page`: a web page asks without saying which one it is. */
export type WebRefusal = 'page' | 'navigation';

/** Whether a request target names an MCP endpoint, where a request may start a server. */
export type IsEndpoint = (target: string) => boolean;

/** Sec-Fetch-Site values of a request that no foreign page has made: typed address, extension or app; our own origin. */
const OWN_SITES = new Set(['none', 'same-origin']);
const NAVIGATION_MODES = new Set(['navigate', 'nested-navigate']);
/** Destinations that a browser fills by navigating (Fetch Standard, section 2.2.5, "destination"). */
const NAVIGATION_DESTINATIONS = new Set(['document', 'iframe', 'frame', 'fencedframe', 'object', 'embed']);
/** Credentials that a browser adds by itself, from the URL of an image for example. */
const AMBIENT_CREDENTIALS = /^(?:Basic|Digest|Negotiate|NTLM)(?: |$)/i;
const JSON_TYPE = /^application\/json[\t ]*(?:;|$)/i;

/** What a request shows of the way that it has come. */
export type RequestSigns = Pick<IncomingMessage, 'headers' | 'httpVersionMinor'>;

/** Pages for load balancers and supervisors. They start nothing, and have to be readable through any proxy in front. */
const HEALTH = /^\/(?:healthz|readyz)(?:\?|$)/;

/** Origins without a host (RFC 6454 section 4). Any sandboxed frame can have them, so they need the token. */
const OPAQUE_ORIGINS = new Set(['null', 'file://']);

/** Credentials of a request: the token among them that is valid, and the user name that the client gave. */
interface Credentials {
  readonly token: KnownToken | null;
  readonly user: string;
}

const NO_CREDENTIALS: Credentials = { token: null, user: '' };
/** What a connection that was let in has shown. */
interface Bearer {
  readonly socket: Socket;
  /** What its last request is bound to; null for one without a token. */
  principal: string | null;
  /** To its last request; null where that is none of HTTP, or leaves it, as a tunnel does. */
  response: ServerResponse | null;
}

/** A connection itself holds what it has shown: a Map of what comes and goes with each tunnel is slow, as `LinkedList` explains. */
const BEARER = Symbol('bearer');

interface Carrier extends Socket {
  [BEARER]?: Place<Bearer>;
}

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
  /** Of the open connections on which a request was let in. */
  readonly #bearers = new LinkedList<Bearer>();
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

  /**
   * New rules, from the next request on. What is open (tunnels, streams, stdio) on connections whose last request would not be let in any
   * more is closed with them, as its token is valid no more, or it has shown none and one is required now: nothing asks for it again there.
   */
  apply(settings: GuardSettings): void {
    this.#settings = settings;
    this.#tokens = new ValidTokens(settings, this.#own);
    this.#required = isTokenRequired(settings);
    for (const name of this.#uses.keys()) if (!this.#tokens.isName(name)) this.#uses.delete(name);
    for (const { socket, principal, response } of this.#bearers.values()) {
      const isLetIn = principal === null ? !this.#required : this.#tokens.isPrincipal(principal);
      const isIdle = response?.destroyed === true;
      if (!isIdle && !isLetIn) socket.destroy();
    }
  }

  /** An HTTP request that was let in has this response: once it has ended, its connection is asked for a token by the next request. */
  answers(response: ServerResponse): void {
    const carrier: Carrier | null = response.socket;
    const bearer = carrier?.[BEARER]?.value;
    if (bearer !== undefined) bearer.response = response;
  }

  /** A connection is closed. */
  closed(carrier: Carrier): void {
    const place = carrier[BEARER];
    if (place !== undefined) this.#bearers.delete(place);
  }

  /** A connection that did not come in over loopback: most likely it is from another machine, which has to show a token. */
  arrived(socket: Socket): void {
    // A client that has disconnected already has no address, and is taken for one elsewhere.
    if (!hasBothEndsHere(socket)) this.#remote.add(socket);
  }

  /** Whether the client of a connection is on another machine, as far as can be told. */
  isRemote(socket: Socket): boolean {
    return this.#remote.has(socket);
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
      this.#bears(socket, null);
      const label = this.#tokens.labelOf(user);
      return label === '' ? UNNAMED : { ...UNNAMED, label };
    }
    this.#bears(socket, token.principal);
    if (token.name !== null) this.#note(token.name);
    return { principal: token.principal, label: token.name ?? this.#tokens.labelOf(user), isRemote };
  }

  #bears(carrier: Carrier, principal: string | null): void {
    if (carrier.destroyed) return;
    const bearer = carrier[BEARER]?.value;
    if (bearer === undefined) {
      carrier[BEARER] = this.#bearers.add({ socket: carrier, principal, response: null });
    } else {
      bearer.principal = principal;
      bearer.response = null;
    }
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
    if (authorization === undefined) return NO_CREDENTIALS;
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
  return Object.values(interfacesNow() ?? {}).some((list) =>
    list?.some((own) => own.address.toLowerCase() === address),
  );
}

/** Whether a message has the one content type that a page cannot send to another origin without a preflight. */
function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && JSON_TYPE.test(contentType);
}

/**
 * The requests of web pages that the Origin check cannot see: images, scripts, style sheets, frames, links and prefetches
 * are sent without an Origin. Browsers mark them with fields that no page can set (W3C Fetch Metadata Request Headers;
 * Chromium 76, Firefox 90, Safari 16.4). Null when the request may pass.
 *
 * `cors` without an Origin is no page of the web, whose browser would add one: it is an extension, or a window of an
 * Electron app with web security off. Duplicate fields arrive joined by commas; a value that is not exactly the harmless
 * one counts as the other. `authenticated`: the request has shown the token, which no page knows.
 */
function webRefusal(
  { headers, url = '/' }: Pick<IncomingMessage, 'headers' | 'url'>,
  isEndpoint: IsEndpoint,
  authenticated: boolean,
): WebRefusal | null {
  const site = token(headers['sec-fetch-site']);
  const mode = token(headers['sec-fetch-mode']);
  if (navigates(mode, token(headers['sec-fetch-dest'])) && isEndpoint(url)) return 'navigation';
  if (headers.origin !== undefined || authenticated || carriesProof(headers)) return null;
  if (site !== '') return OWN_SITES.has(site) || mode === 'cors' ? null : 'page';
  // A browser without Fetch Metadata: an old one, or one that holds the address for untrustworthy (a name that is not
  // localhost). Programs that are no browsers do not call themselves Mozilla.
  const isBrowser = mode === '' && /^Mozilla\//i.test(headers['user-agent'] ?? '');
  return isBrowser && isEndpoint(url) ? 'page' : null;
}

function navigates(mode: string, destination: string): boolean {
  return anyOf(NAVIGATION_MODES, mode) || anyOf(NAVIGATION_DESTINATIONS, destination);
}

function anyOf(values: ReadonlySet<string>, list: string): boolean {
  return values.has(list) || (list.includes(',') && list.split(',').some((value) => values.has(value.trim())));
}

/** What a page cannot send to another origin without a preflight (Fetch Standard, "CORS-safelisted request-header"). */
function carriesProof(headers: IncomingHttpHeaders): boolean {
  const { authorization } = headers;
  return (
    headers['mcp-session-id'] !== undefined ||
    isJson(headers['content-type']) ||
    (authorization !== undefined && authorization !== '' && !AMBIENT_CREDENTIALS.test(authorization))
  );
}

/** Node types unknown fields as `string | string[]`; it joins their duplicates with commas. */
function token(value: string | string[] | undefined): string {
  return value === undefined ? '' : String(value).trim().toLowerCase();
}

function isHealthPage(target: string): boolean {
  return HEALTH.test(target);
}

/**
 * Whether a request has come through a reverse proxy, whose connection says nothing of its client: the proxy is on this machine,
 * its clients may be anywhere.
 *
 * Signs are `Forwarded` (RFC 7239), `X-Forwarded-*`, `X-Real-IP`, `Via` (RFC 9110 section 7.6.3), and HTTP/1.0: nginx before
 * 1.29.7 speaks it to its upstreams unless told otherwise, and adds none of the fields; no MCP client does.
 *
 * The `Via` of our own proxy, of this process or another one, is no sign: its clients are on this machine, or have shown a token
 * there. A client that forges it gains nothing, because every proxy that adds `Via` adds it behind.
 */
export function isForwarded({ headers, httpVersionMinor }: RequestSigns): boolean {
  if (httpVersionMinor === 0) return true;
  for (const name in headers) {
    switch (name) {
      case 'forwarded':
      case 'x-real-ip':
        return true;
      case 'via':
        if (!isOwnVia(headers.via ?? '')) return true;
        break;
      default:
        if (name.startsWith('x-forwarded-')) return true;
    }
  }
  return false;
}

/** Whether all of its elements are `PROTOCOL mcp-gangway-TAG`. */
function isOwnVia(via: string): boolean {
  return via.split(',').every(
    (element) =>
      element
        .trim()
        .split(/[\t ]+/, 2)[1]
        ?.startsWith(`${PROXY_NAME}-`) === true,
  );
}
