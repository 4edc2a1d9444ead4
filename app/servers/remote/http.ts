import type { Socket } from 'node:net';
import manifest from '../../../package.json' with { type: 'json' };
import type { Target } from '../../base/address.ts';
import {
  type Broken,
  type ConnectionUser,
  InterimAllowance,
  type OriginConnection,
  OriginPool,
  type ResponseHead,
} from '../../dial/http/index.ts';
import { DialError, type Dialer, type Dialling } from '../../dial/index.ts';
import { Cookies } from './cookies.ts';
import type { RemoteFault, SignInNeed } from './end.ts';
import { type Secure, Tls } from './tls.ts';

/** One request to the remote. The URL is of the remote's own origin. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  /** Name, value, name, value, … beside those of every request. */
  readonly fields: readonly string[];
  readonly body: Buffer | null;
  /** Whether it may be sent twice: over a connection that was idle it may get lost without a trace. */
  readonly isSafe: boolean;
}

/** What comes of a request. `failed` or `complete` is the last call, unless the request was aborted. */
export interface HttpListener {
  /** The final answer begins; redirects have been followed, `url` is where it comes from. */
  head(head: ResponseHead, url: URL): void;
  /** A piece of content: a view that holds only during the call. */
  content(bytes: Buffer): void;
  complete(): void;
  failed(fault: RemoteFault): void;
  /** The whole request is with the system. */
  sent?(): void;
}

/** A request on its way. */
export interface SentRequest {
  /** Stops reading; what the read under way brings may still be told. */
  pause(): void;
  resume(): void;
  /** Gives up; the listener hears nothing more. */
  abort(): void;
}

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

/** Redirects followed for one request. */
const MOST_REDIRECTS = 5;

/** A reused connection that breaks within so many milliseconds, without a byte, had been closed before the request. */
const STALE = 250;

/** Bytes up to which head and body leave in one piece. */
const JOINED = 64 * 1024;

/** On every request, unless the settings say otherwise. Compression breaks event streams behind many proxies; firewalls refuse who has no name. */
const USUAL = { 'User-Agent': `mcp-gangway/${manifest.version}`, 'Accept-Encoding': 'identity' };

/** Value, in any case of the name, of the first such field; empty when there is none. */
export function fieldOf({ fields }: ResponseHead, name: string): string {
  for (let index = 0; index < fields.length; index += 2) {
    if (fields[index]?.length === name.length && fields[index]?.toLowerCase() === name) return fields[index + 1] ?? '';
  }
  return '';
}

/** The HTTP/1.1 client of one remote server: pooled connections, TLS, cookies, redirects within the origin. */
export class RemoteHttp {
  readonly #dialer: Dialer;
  readonly #pool = new OriginPool();
  readonly #cookies = new Cookies();
  readonly #tls = new Tls();
  readonly #headers: readonly string[];
  readonly #open = new Set<RemoteRequest>();
  readonly #signer: Signer | null;

  /** `headers` are those of the settings; they go to the origin of the server and nowhere else. */
  constructor(dialer: Dialer, headers: Readonly<Record<string, string>>, signer: Signer | null = null) {
    this.#dialer = dialer;
    this.#signer = signer;
    const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
    const usual = Object.entries(USUAL).filter(([name]) => !names.has(name.toLowerCase()));
    this.#headers = [...usual, ...Object.entries(headers)].flat();
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
    const { pool, tls } = { pool: this.#pool, tls: this.#tls };
    const context = { dialer: this.#dialer, pool, tls, cookies: this.#cookies, headers: this.#headers };
    const sent: RemoteRequest = new RemoteRequest(context, request, listener, () => this.#open.delete(sent));
    this.#open.add(sent);
    sent.start();
    return sent;
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

interface RequestContext {
  readonly dialer: Dialer;
  readonly pool: OriginPool;
  readonly tls: Tls;
  readonly cookies: Cookies;
  readonly headers: readonly string[];
}

/** A request under way, over as many connections as it takes. */
class RemoteRequest implements ConnectionUser, SentRequest {
  readonly #context: RequestContext;
  readonly #listener: HttpListener;
  readonly #request: HttpRequest;
  readonly #over: () => void;
  #url: URL;
  #redirects = 0;
  #interims = new InterimAllowance();
  #dialling: Dialling | null = null;
  #securing: Secure | null = null;
  #connection: OriginConnection | null = null;
  #writtenAt = 0;
  #isRetried = false;
  /** Where the final answer leads instead; its content is read over. */
  #redirect: URL | null = null;
  #persistent = false;
  #paused = false;
  #isSent = false;
  #done = false;

  constructor(context: RequestContext, request: HttpRequest, listener: HttpListener, over: () => void) {
    this.#context = context;
    this.#request = request;
    this.#listener = listener;
    this.#over = over;
    this.#url = request.url;
  }

  start(): void {
    const idle = this.#context.pool.take(this.#key);
    if (idle !== null) this.#write(idle);
    else this.#dial();
  }

  abort(): void {
    this.#settle();
    this.#dialling?.cancel();
    this.#securing?.cancel();
    this.#connection?.destroy();
    this.#connection = null;
  }

  pause(): void {
    this.#paused = true;
    this.#connection?.socket.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#connection?.socket.resume();
  }

  get #key(): string {
    return this.#url.origin;
  }

  #dial(): void {
    const dialling = this.#context.dialer.dial(targetOf(this.#url));
    this.#dialling = dialling;
    dialling.socket.then(
      (socket) => {
        this.#dialling = null;
        if (this.#done) socket.destroy();
        else if (this.#url.protocol === 'https:') this.#secure(socket);
        else this.#write(this.#context.pool.adopt(socket, this.#key));
      },
      (error: unknown) => {
        this.#dialling = null;
        this.#fail(dialFault(error, targetOf(this.#url)));
      },
    );
  }

  #secure(socket: Socket): void {
    const host = targetOf(this.#url).host;
    this.#securing = this.#context.tls.secure(socket, host, (result) => {
      this.#securing = null;
      if ('socket' in result) this.#write(this.#context.pool.adopt(result.socket, this.#key));
      else if (result.again) this.#dial();
      else this.#fail({ kind: 'tls', reason: result.reason });
    });
  }

  #write(connection: OriginConnection): void {
    const { method, body } = this.#request;
    const { socket } = connection;
    this.#connection = connection;
    this.#writtenAt = performance.now();
    connection.serve(method, this, false);
    connection.outliveWrites();
    const sent = () => {
      if (this.#connection !== connection) return;
      this.#isSent = true;
      this.#listener.sent?.();
    };
    this.#isSent = false;
    const head = this.#head();
    if (body === null) {
      socket.write(head, 'latin1', sent);
    } else if (body.length <= JOINED) {
      socket.write(Buffer.concat([Buffer.from(head, 'latin1'), body]), sent);
    } else {
      socket.cork();
      socket.write(head, 'latin1');
      socket.write(body, sent);
      socket.uncork();
    }
    if (this.#paused) socket.pause();
  }

  #head(): string {
    const { method, fields, body } = this.#request;
    const { pathname, search, host } = this.#url;
    let text = `${method} ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n`;
    const own = this.#context.headers;
    for (const list of [fields, own]) {
      for (let index = 0; index < list.length; index += 2) text += `${list[index]}: ${list[index + 1]}\r\n`;
    }
    const cookie = this.#context.cookies.header(own);
    if (cookie !== null) text += `Cookie: ${cookie}\r\n`;
    if (body !== null) text += `Content-Length: ${body.length}\r\n`;
    return `${text}\r\n`;
  }

  interim(head: ResponseHead): void {
    if (this.#done || this.#interims.admits(head, performance.now())) return;
    this.#connection?.destroy();
    this.#connection = null;
    this.#fail({ kind: 'bad-answer', fault: 'interims' });
  }

  head(head: ResponseHead): void {
    if (this.#done) return;
    if (this.#connection !== null) {
      this.#connection.idleSeconds = head.idleSeconds;
      this.#connection.maxRequests = head.maxRequests;
    }
    this.#persistent = head.persistent;
    this.#context.cookies.take(head);
    if (isRedirect(head.status) && fieldOf(head, 'location') !== '') {
      const to = this.#target(fieldOf(head, 'location'));
      if (to instanceof URL) {
        this.#redirect = to;
        return;
      }
      this.#connection?.destroy();
      this.#connection = null;
      return this.#fail({ kind: 'redirect', to });
    }
    const coding = fieldOf(head, 'content-encoding').trim().toLowerCase();
    if (coding !== '' && coding !== 'identity' && head.framing !== 'none') {
      this.#connection?.destroy();
      this.#connection = null;
      return this.#fail({ kind: 'compressed', coding: coding.slice(0, 40) });
    }
    this.#listener.head(head, this.#url);
  }

  content(bytes: Buffer): void {
    if (!this.#done && this.#redirect === null) this.#listener.content(bytes);
  }

  flush(): void {
    // Whoever listens has been told of each piece, and pauses us where it must.
  }

  complete(): boolean {
    const to = this.#redirect;
    // An answer that overtakes its request leaves the rest of that on the connection.
    const fit = this.#persistent && this.#isSent && !this.#done;
    // The next exchange on this connection knows nothing of our reader's pauses.
    if (this.#paused) this.#connection?.socket.resume();
    this.#connection = null;
    if (this.#done) return false;
    if (to === null) {
      this.#settle();
      this.#listener.complete();
    } else {
      this.#redirect = null;
      this.#url = to;
      // Behind the end of this exchange, so that its connection can be the next one's.
      setImmediate(() => {
        if (!this.#done) this.start();
      });
    }
    return fit;
  }

  switched(socket: Socket): void {
    socket.destroy();
    this.#fail({ kind: 'bad-answer', fault: 'switched' });
  }

  broken(cause: Broken, begun: boolean): void {
    const reused = (this.#connection?.served ?? 0) > 0;
    this.#connection = null;
    if (this.#done) return;
    const isStale = reused && !begun && cause.kind === 'closed' && !this.#isRetried;
    if (isStale && (this.#request.isSafe || performance.now() - this.#writtenAt < STALE)) {
      this.#isRetried = true;
      this.#dial();
    } else if (cause.kind === 'fault') {
      this.#fail({ kind: 'bad-answer', fault: cause.fault });
    } else {
      this.#fail({ kind: 'broken-off', errno: cause.errno });
    }
  }

  writeFailed(): void {
    // What the remote has said before it closed is still read; `broken` follows where that is nothing.
  }

  drained(): void {
    // The callback of the write tells.
  }

  /** A redirect within the origin, or from http to https of the same host at the usual ports; else the origin it names. */
  #target(location: string): URL | string {
    const to = URL.parse(location, this.#url.href);
    if (to === null) return 'an address that is none';
    const upgraded =
      this.#url.protocol === 'http:' &&
      to.protocol === 'https:' &&
      to.hostname === this.#url.hostname &&
      this.#url.port === '' &&
      to.port === '';
    if (to.origin !== this.#url.origin && !upgraded) return to.origin === 'null' ? to.protocol : to.origin;
    to.hash = '';
    return ++this.#redirects > MOST_REDIRECTS ? to.origin : to;
  }

  #fail(fault: RemoteFault): void {
    if (this.#done) return;
    this.#settle();
    this.#listener.failed(fault);
  }

  #settle(): void {
    this.#done = true;
    this.#over();
  }
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

function targetOf({ hostname, port, protocol }: URL): Target {
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return { host, port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
}

function dialFault(error: unknown, target: Target): RemoteFault {
  if (!(error instanceof DialError)) throw error;
  return { kind: 'dial', fault: error.fault, target, elapsed: error.elapsed, onLink: error.onLink };
}
