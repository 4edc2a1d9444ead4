import type { Socket } from 'node:net';
import { authorityOf, type Target } from '../../base/address.ts';
import { INSTANCE_FIELD } from '../../base/instances.ts';
import {
  type Broken,
  type ConnectionUser,
  InterimAllowance,
  type OriginConnection,
  type OriginPool,
  type ResponseHead,
} from '../../dial/http/index.ts';
import { DialError, type Dialer, type Dialling, type Route } from '../../dial/index.ts';
import { ContentDecoder, codingOf, isDecodable } from './content-decoder.ts';
import type { RemoteFault } from './end.ts';
import type { Cookies } from './http.ts';
import type { Secure, Tls } from './tls.ts';

/** One request to the remote. The URL is of the remote's own origin. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  /** Name, value, name, value, … beside those of every request. */
  readonly fields: readonly string[];
  readonly body: Buffer | null;
  /** Whether it may be sent twice: over a connection that was idle it may get lost without a trace. */
  readonly isSafe: boolean;
  /** The instances that it has passed, this one last; left out for one of our own making. */
  readonly via?: string;
  /** The host that has named this address, where that is another server than the one that is asked; see `DialSource`. */
  readonly namedBy?: string;
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

/** Redirects followed for one request. */
const MOST_REDIRECTS = 5;

/** A reused connection that breaks within so many milliseconds, without a byte, had been closed before the request. */
const STALE = 250;

/** Bytes, and milliseconds behind its head, of the content of an HTTP error: a page that never ends holds up no answer. */
const ERROR_BYTES = 64 * 1024;
const ERROR_TIME = 5000;

/** Milliseconds of silence after which TCP asks whether the server still lives, in another network; ten more seconds tell. */
const PROBE_AFTER = 5000;

/** Bytes up to which head and body leave in one piece. */
const JOINED = 64 * 1024;

/** Value, in any case of the name, of the first such field; empty when there is none. */
export function fieldOf({ fields }: ResponseHead, name: string): string {
  for (let index = 0; index < fields.length; index += 2) {
    if (fields[index]?.length === name.length && fields[index]?.toLowerCase() === name) return fields[index + 1] ?? '';
  }
  return '';
}

/** What requests to one URL have in common. */
interface Place {
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  /** As the field Host has it. */
  readonly host: string;
  readonly target: Target;
}

/** The places of URLs, each worked out once: a session asks for the same one again and again. A URL must not change. */
export class Places {
  readonly #known = new WeakMap<URL, Place>();

  of(url: URL): Place {
    let place = this.#known.get(url);
    if (place === undefined) {
      const { origin, pathname, search, host } = url;
      place = { origin, path: `${pathname}${search}`, host, target: targetOf(url) };
      this.#known.set(url, place);
    }
    return place;
  }
}

export interface RequestContext {
  readonly dialer: Dialer;
  readonly pool: OriginPool;
  readonly tls: Tls;
  readonly cookies: Cookies;
  readonly places: Places;
  /** Fields of every request: name, value, name, value, … */
  readonly headers: readonly string[];
  /** The same as they are sent. */
  readonly headerLines: string;
  /** An instance of ours has answered, and not this one. */
  readonly met: (instance: string) => void;
}

/** What a header can hold (RFC 9110 section 5.5), a character a byte: the low byte of another one may be a line break. */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Fields as they are sent, a line each, without those whose value no header can hold: a server may have a hand in it. */
export function linesOf(fields: readonly string[]): string {
  let text = '';
  for (let index = 0; index < fields.length; index += 2) {
    const value = fields[index + 1] ?? '';
    if (SENDABLE.test(value)) text += `${fields[index]}: ${value}\r\n`;
  }
  return text;
}

/** A request under way, over as many connections as it takes. */
export class RemoteRequest implements ConnectionUser, SentRequest {
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
  #route: Route;
  /** Of an answer that is compressed although that was declined. */
  #decoder: ContentDecoder | null = null;
  #writtenAt = 0;
  #isRetried = false;
  /** Where the final answer leads instead; it has no content. */
  #redirect: URL | null = null;
  /** Bytes that the content of the answer may still have; without end where it is no HTTP error. */
  #rest = Number.POSITIVE_INFINITY;
  #errorTimer: NodeJS.Timeout | undefined;
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
    this.#route = this.#chooseRoute();
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
    this.#decoder?.destroy();
    this.#connection?.destroy();
    this.#connection = null;
  }

  pause(): void {
    this.#paused = true;
    this.#decoder?.pause();
    this.#connection?.socket.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#decoder?.resume();
    this.#connection?.socket.resume();
  }

  /** In another network an answer may still come, and a connection that is dead is found out in a quarter of the usual time. */
  probe(): void {
    this.#connection?.socket.setKeepAlive(true, PROBE_AFTER);
  }

  /** Gives up where the connection has an address that is none of these: nothing comes by it any more, and nothing tells so. */
  leave(addresses: ReadonlySet<string>): void {
    const own = this.#connection?.socket.localAddress;
    if (own !== undefined && !addresses.has(bareAddress(own))) this.#refuse({ kind: 'network-left' });
  }

  /** A parent proxy fetches what is not over TLS (RFC 9112 section 3.2.2): many refuse CONNECT to other ports than 443. */
  #chooseRoute(): Route {
    return this.#url.protocol === 'http:' ? this.#context.dialer.route(this.#place.target) : { kind: 'direct' };
  }

  get #place(): Place {
    return this.#context.places.of(this.#url);
  }

  get #key(): string {
    const { origin } = this.#place;
    return this.#route.kind === 'parent' ? `${authorityOf(this.#route.parent)} ${origin}` : origin;
  }

  #dial(): void {
    const { dialer } = this.#context;
    const target = this.#place.target;
    const { namedBy } = this.#request;
    const source = namedBy === undefined ? undefined : { namedBy };
    const dialling =
      this.#route.kind === 'parent' ? dialer.dialParent(this.#route, target, source) : dialer.dial(target, source);
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
        this.#fail(dialFault(error, this.#place.target));
      },
    );
  }

  #secure(socket: Socket): void {
    const host = this.#place.target.host;
    this.#securing = this.#context.tls.secure(socket, host, (result) => {
      this.#securing = null;
      if ('socket' in result) this.#write(this.#context.pool.adopt(result.socket, this.#key));
      else if (result.again) this.#dial();
      else this.#fail(result.fault);
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
    const { method, fields, body, via } = this.#request;
    const { origin, path, host } = this.#place;
    const route = this.#route;
    const whole = route.kind === 'parent' ? origin : '';
    let text = `${method} ${whole}${path} HTTP/1.1\r\nHost: ${host}\r\n`;
    if (route.kind === 'parent') {
      // So that a proxy which leads back to us is noticed (RFC 9110 section 7.6.3).
      text += `Via: 1.1 ${this.#context.dialer.pseudonym}\r\n`;
      if (route.authorization !== null) text += `Proxy-Authorization: ${route.authorization}\r\n`;
    }
    const { headers, headerLines, cookies, dialer } = this.#context;
    text += `${linesOf(fields)}${headerLines}${INSTANCE_FIELD}: ${via ?? dialer.pseudonym}\r\n`;
    const cookie = cookies.header(headers);
    if (cookie !== null) text += `Cookie: ${cookie}\r\n`;
    if (body !== null) text += `Content-Length: ${body.length}\r\n`;
    return `${text}\r\n`;
  }

  interim(head: ResponseHead): void {
    if (this.#done || this.#interims.admits(head, performance.now())) return;
    this.#refuse({ kind: 'bad-answer', fault: 'interims' });
  }

  head(head: ResponseHead): void {
    if (this.#done) return;
    if (this.#connection !== null) {
      this.#connection.idleSeconds = head.idleSeconds;
      this.#connection.maxRequests = head.maxRequests;
    }
    this.#persistent = head.persistent;
    if (this.#route.kind === 'parent' && head.status === 407) {
      const fault = { kind: 'parent-refused', parent: authorityOf(this.#route.parent), status: 407 } as const;
      return this.#refuse({ kind: 'dial', fault, target: this.#place.target, elapsed: 0, onLink: false });
    }
    const instance = fieldOf(head, INSTANCE_FIELD);
    if (instance !== '') {
      const isOurs = instance === this.#context.dialer.pseudonym;
      if (!isOurs) this.#context.met(instance);
      if (head.status === 508) {
        const target = this.#place.target;
        const ours = { kind: 'dial', fault: { kind: 'loop' }, target, elapsed: 0, onLink: false } as const;
        return this.#refuse(isOurs ? ours : { kind: 'circle' });
      }
    }
    this.#context.cookies.take(head);
    if (isRedirect(head.status) && fieldOf(head, 'location') !== '') {
      const to = this.#target(fieldOf(head, 'location'));
      if (!(to instanceof URL)) return this.#refuse({ kind: 'redirect', to });
      if (isEmpty(head)) {
        this.#redirect = to;
      } else {
        // Its page is not waited for: it might never end.
        this.#drop();
        this.#follow(to);
      }
      return;
    }
    const coded = fieldOf(head, 'content-encoding');
    const coding = coded === '' ? '' : codingOf(coded);
    if (coding !== '' && head.framing !== 'none') {
      if (!isDecodable(coding)) return this.#refuse({ kind: 'compressed', coding: coding.slice(0, 40) });
      this.#decoder = this.#decode(coding);
    }
    if (head.status >= 300) {
      this.#rest = ERROR_BYTES;
      this.#errorTimer = setTimeout(() => this.#cutShort(), ERROR_TIME);
    }
    this.#listener.head(head, this.#url);
  }

  content(bytes: Buffer): void {
    // What is read together with the head of a redirect comes here as well.
    if (this.#done || this.#connection === null) return;
    this.#rest -= bytes.length;
    if (this.#decoder === null) this.#listener.content(bytes);
    else if (!this.#decoder.write(bytes)) this.#connection?.socket.pause();
    if (this.#rest < 0) this.#cutShort();
  }

  /** What has come of the content of an HTTP error is enough. */
  #cutShort(): void {
    if (this.#done) return;
    this.#decoder?.destroy();
    this.#drop();
    this.#settle();
    this.#listener.complete();
  }

  #decode(coding: string): ContentDecoder {
    const decoder = new ContentDecoder(coding, {
      content: (bytes) => this.#listener.content(bytes),
      complete: () => {
        this.#settle();
        this.#listener.complete();
      },
      failed: () => this.#refuse({ kind: 'not-decodable', coding }),
      drained: () => {
        if (!this.#paused) this.#connection?.socket.resume();
      },
    });
    if (this.#paused) decoder.pause();
    return decoder;
  }

  /** The connection is of no use any more: what else comes by it is not wanted. */
  #refuse(fault: RemoteFault): void {
    this.#drop();
    this.#fail(fault);
  }

  #drop(): void {
    this.#connection?.destroy();
    this.#connection = null;
  }

  flush(): void {
    // The listener has been told of each piece, and pauses us where it must.
  }

  complete(): boolean {
    // An answer that overtakes its request leaves the rest of that on the connection.
    const fit = this.#persistent && this.#isSent && !this.#done;
    // The next exchange on this connection knows nothing of our reader's pauses.
    if (this.#paused || this.#decoder !== null) this.#connection?.socket.resume();
    this.#connection = null;
    if (this.#done) return false;
    if (this.#redirect !== null) {
      this.#follow(this.#redirect);
    } else if (this.#decoder !== null) {
      this.#decoder.end();
    } else {
      this.#settle();
      this.#listener.complete();
    }
    return fit;
  }

  #follow(to: URL): void {
    this.#redirect = null;
    this.#url = to;
    this.#route = this.#chooseRoute();
    // Behind the end of this exchange, so that its connection can be the next one's.
    setImmediate(() => {
      if (!this.#done) this.start();
    });
  }

  switched(socket: Socket): void {
    socket.destroy();
    this.#fail({ kind: 'bad-answer', fault: 'switched' });
  }

  broken(cause: Broken, begun: boolean): void {
    const reused = (this.#connection?.served ?? 0) > 0;
    this.#connection = null;
    if (this.#done) return;
    this.#decoder?.destroy();
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

  /**
   * A redirect within the origin, or from http to https of the same host at the usual ports; else the origin it names, empty where there
   * have been too many.
   */
  #target(location: string): URL | string {
    const written = URL.parse(location, this.#url.href);
    if (written === null) return 'an address that is none';
    const secure = overTlsAs(this.#url, written);
    // One that leads from https to the same address over http means that.
    const to = secure.href === this.#url.href ? written : secure;
    const upgraded =
      this.#url.protocol === 'http:' &&
      to.protocol === 'https:' &&
      to.hostname === this.#url.hostname &&
      this.#url.port === '' &&
      to.port === '';
    if (to.origin !== this.#url.origin && !upgraded) return to.origin === 'null' ? to.protocol : to.origin;
    to.hash = '';
    return ++this.#redirects > MOST_REDIRECTS ? '' : to;
  }

  #fail(fault: RemoteFault): void {
    if (this.#done) return;
    this.#settle();
    this.#listener.failed(fault);
  }

  #settle(): void {
    this.#done = true;
    clearTimeout(this.#errorTimer);
    this.#over();
  }
}

/** An address without the name of an interface, and as IPv4 where it is that. */
function bareAddress(address: string): string {
  return address.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
}

/** Whether an answer has no content. */
export function isEmpty({ framing, length }: ResponseHead): boolean {
  return framing === 'none' || (framing === 'length' && length === 0);
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/**
 * A server behind a proxy that ends TLS takes itself to be asked over http, and writes its own addresses so: they are meant for where
 * it was asked.
 */
export function overTlsAs(asked: URL, written: URL): URL {
  if (asked.protocol !== 'https:' || written.protocol !== 'http:' || written.host !== asked.host) return written;
  const secure = new URL(written);
  secure.protocol = 'https:';
  return secure;
}

function targetOf({ hostname, port, protocol }: URL): Target {
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return { host, port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
}

function dialFault(error: unknown, target: Target): RemoteFault {
  if (!(error instanceof DialError)) throw error;
  return { kind: 'dial', fault: error.fault, target, elapsed: error.elapsed, onLink: error.onLink };
}
