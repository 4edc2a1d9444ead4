import manifest from '../../../package.json' with { type: 'json' };
import { type Interfaces, interfacesNow } from '../../base/interfaces.ts';
import { OriginPool, type ResponseHead } from '../../dial/http/index.ts';
import type { Dialer } from '../../dial/index.ts';
import type { RemoteSetting } from '../../settings/settings.ts';
import type { SignInNeed } from './end.ts';
import { type HttpListener, type HttpRequest, linesOf, Places, RemoteRequest, type SentRequest } from './request.ts';
import { Tls } from './tls.ts';

/** Adds to requests what shows that a person has signed in. */
export interface Signer {
  /** Sends a request as `send` does, with a token, and once more where that was refused. */
  send(
    request: HttpRequest,
    listener: HttpListener,
    send: (request: HttpRequest, listener: HttpListener) => SentRequest,
  ): SentRequest;
  /** Why a person has to sign in; null when they need not. */
  readonly need: SignInNeed | null;
}

/** Milliseconds for which an address may be gone in a change of networks. */
const LEAVE_AFTER = 5000;

/** On every request, unless the settings say otherwise. Compression breaks event streams behind many proxies; firewalls refuse who has no name. */
const USUAL = { 'User-Agent': `mcp-gangway/${manifest.version}`, 'Accept-Encoding': 'identity' };

/** What a session with the server needs of it. */
export type PeerHttp = Pick<RemoteHttp, 'send' | 'credentials'>;

/** The HTTP/1.1 client of one remote server: pooled connections, TLS, cookies, redirects within the origin. */
export class RemoteHttp {
  readonly #dialer: Dialer;
  readonly #pool = new OriginPool();
  readonly #cookies = new Cookies();
  #tls: Tls;
  readonly #headers: readonly string[];
  readonly #headerLines: string;
  readonly #places = new Places();
  readonly #open = new Set<RemoteRequest>();
  readonly #signer: Signer | null;
  readonly #met: (instance: string) => void;

  readonly #interfaces: (() => Interfaces) | undefined;
  #leaving: NodeJS.Timeout | undefined;

  /**
   * `headers` are those of the settings; they go to the origin of the server and nowhere else. `interfaces` are this machine's unless a test
   * has others. `met` hears which instance of ours has answered, where it is another one.
   */
  constructor(
    dialer: Dialer,
    { headers, tls }: Pick<RemoteSetting, 'headers' | 'tls'>,
    signer: Signer | null = null,
    interfaces?: () => Interfaces,
    met: (instance: string) => void = () => undefined,
  ) {
    this.#interfaces = interfaces;
    this.#dialer = dialer;
    this.#signer = signer;
    this.#met = met;
    this.#tls = new Tls(tls);
    const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
    const usual = Object.entries(USUAL).filter(([name]) => !names.has(name.toLowerCase()));
    this.#headers = [...usual, ...Object.entries(headers)].flat();
    this.#headerLines = linesOf(this.#headers);
  }

  /** Whether requests carry an Authorization of the settings, and else whether a person has to sign in. */
  get credentials(): { readonly shown: boolean; readonly signIn?: SignInNeed } {
    const shown = this.#headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'authorization');
    const need = this.#signer?.need ?? null;
    return need === null ? { shown } : { shown, signIn: need };
  }

  /** The same, for requests that have passed these instances. */
  on(via: string): PeerHttp {
    const http = this;
    return {
      get credentials() {
        return http.credentials;
      },
      send: (request, listener) => http.send({ ...request, via }, listener),
    };
  }

  send(request: HttpRequest, listener: HttpListener): SentRequest {
    if (this.#signer === null) return this.sendAsIs(request, listener);
    return this.#signer.send(request, listener, (signed, hearing) => this.sendAsIs(signed, hearing));
  }

  /** Sends a request with nothing that shows a sign-in. */
  sendAsIs(request: HttpRequest, listener: HttpListener): SentRequest {
    const context = {
      dialer: this.#dialer,
      pool: this.#pool,
      tls: this.#tls,
      cookies: this.#cookies,
      places: this.#places,
      headers: this.#headers,
      headerLines: this.#headerLines,
      met: this.#met,
    };
    const sent: RemoteRequest = new RemoteRequest(context, request, listener, () => this.#open.delete(sent));
    this.#open.add(sent);
    sent.start();
    return sent;
  }

  /** Connections are judged by other settings from now on. */
  trust(tls: RemoteSetting['tls']): void {
    this.#tls = new Tls(tls);
    this.#pool.clear();
  }

  dropIdle(): void {
    this.#pool.clear();
  }

  /**
   * In another network idle connections lead nowhere, and those by which an answer is to come may not. One whose own address this machine
   * has lost is given up, unless the address is back in a moment: Wi-Fi may come back with the same.
   */
  forgetNetwork(): void {
    this.#pool.clear();
    for (const request of this.#open) request.probe();
    clearTimeout(this.#leaving);
    this.#leaving = setTimeout(() => {
      const here = interfacesNow(this.#interfaces);
      if (here === null) return;
      const addresses = new Set(Object.values(here).flatMap((all = []) => all.map(({ address }) => address)));
      for (const request of [...this.#open]) request.leave(addresses);
    }, LEAVE_AFTER).unref();
  }

  /** Aborts what is under way. */
  close(): void {
    clearTimeout(this.#leaving);
    for (const request of this.#open) request.abort();
    this.#pool.clear();
  }
}

/** Cookies kept of one remote, and characters of one: enough for a load balancer, and no memory for more. */
const MOST = 20;
const LONGEST = 4096;

/** `name=value` in front of the attributes (RFC 6265 section 4.1.1). */
const PAIR = /^\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=([^;\s]*)/;

/** Attributes that say how long a cookie is kept (RFC 6265 sections 5.2.1 and 5.2.2). */
const MAX_AGE = /;\s*max-age\s*=\s*(-?\d+)\s*(?:;|$)/i;
const EXPIRES = /;\s*expires\s*=\s*([^;]+)/i;

/**
 * The cookies of one remote server, in memory: load balancers find by them the process that has the session. They go back to
 * the origin they came from; requests to others are not made.
 */
export class Cookies {
  readonly #values = new Map<string, string>();

  take({ fields }: ResponseHead): void {
    for (let index = 0; index < fields.length; index += 2) {
      const name = fields[index] ?? '';
      if (name.length === 10 && name.toLowerCase() === 'set-cookie') this.#set(fields[index + 1] ?? '');
    }
  }

  /** The value of Cookie; null when there is none, or when the settings have one of their own among `own` fields. */
  header(own: readonly string[]): string | null {
    if (this.#values.size === 0) return null;
    if (own.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'cookie')) return null;
    return [...this.#values].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #set(written: string): void {
    const [, name, value = ''] = PAIR.exec(written.slice(0, 2 * LONGEST)) ?? [];
    if (name === undefined || name.length + value.length > LONGEST) return;
    this.#values.delete(name);
    if (isGone(written)) return;
    this.#values.set(name, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > MOST && oldest !== undefined) this.#values.delete(oldest);
  }
}

/** Whether a cookie is set so that it goes. */
function isGone(written: string): boolean {
  const maxAge = MAX_AGE.exec(written)?.[1];
  if (maxAge !== undefined) return Number(maxAge) <= 0;
  return Date.parse(EXPIRES.exec(written)?.[1] ?? '') <= Date.now();
}
