import manifest from '../../../package.json' with { type: 'json' };
import { OriginPool } from '../../dial/http/index.ts';
import type { Dialer } from '../../dial/index.ts';
import type { RemoteSetting } from '../../settings/settings.ts';
import { Cookies } from './cookies.ts';
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

/** On every request, unless the settings say otherwise. Compression breaks event streams behind many proxies; firewalls refuse who has no name. */
const USUAL = { 'User-Agent': `mcp-gangway/${manifest.version}`, 'Accept-Encoding': 'identity' };

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

  /** `headers` are those of the settings; they go to the origin of the server and nowhere else. */
  constructor(dialer: Dialer, { headers, tls }: Pick<RemoteSetting, 'headers' | 'tls'>, signer: Signer | null = null) {
    this.#dialer = dialer;
    this.#signer = signer;
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

  /** In another network idle connections lead nowhere. */
  dropIdle(): void {
    this.#pool.clear();
  }

  /** Aborts what is under way. */
  close(): void {
    for (const request of this.#open) request.abort();
    this.#pool.clear();
  }
}
