import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { authorityOf, type Target } from '../../base/address.ts';
import type { LinkedList, Place } from '../../base/linked-list.ts';
import {
  type Broken,
  type ConnectionUser,
  dialAfresh,
  hasBoundChallenge,
  hasBoundCredentials,
  InterimAllowance,
  type OriginConnection,
  type RequestHead,
  type ResponseHead,
} from '../../dial/http/index.ts';
import { DialError, type DialFault, type Dialling, dialFailure, type Route } from '../../dial/index.ts';
import type { ProxiedRequest } from '../../inspect/index.ts';
import type { ProxyContext } from '../context.ts';
import { respondWithFailure } from '../failure-response.ts';
import { badAnswerFailure, brokenOffFailure, cutOffFailure, type Failure, internalFailure, said } from '../failures.ts';
import type { IsAllowed } from '../traffic.ts';
import { endsHere } from '../tunnel.ts';
import { ClientResponse } from './client-response.ts';
import { becomeTunnel, type RequestApart } from './upgrade.ts';
import { Upload } from './upload.ts';

/** Methods that only read, and may be sent twice (RFC 9110 section 9.2.1, and those of WebDAV and RFC 10008). */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'REPORT', 'SEARCH', 'QUERY']);

/** What every exchange of a Forward shares. `open` holds those under way. */
export interface ForwardState {
  readonly context: ProxyContext;
  readonly pseudonym: string;
  readonly open: LinkedList<Exchange>;
}

/** A request ready to be sent. */
export interface ForwardRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly label: string;
  /** What is recorded of it. */
  readonly record: ProxiedRequest;
  /** Whether the client is on another machine. */
  readonly isRemote: boolean;
  readonly target: Target;
  readonly head: RequestHead;
  readonly route: Route;
  /** Name of where the connection ends, in the pool. */
  readonly key: string;
  /** Name of the origin among those that this client is authenticated at, with the way there. */
  readonly pin: string;
  /** Set when the HTTP server has handed the connection over. */
  readonly apart: RequestApart | null;
}

/**
 * One absolute-form request: client (res) <- us <- origin, from the sent head to the last byte of the answer.
 *
 * A reused connection may turn out closed: the origin closed it while it was idle. That must not fail a request, and a
 * request must not be done twice (RFC 9112 section 9.3.1). So only what reads, without content, goes over reused
 * connections, and it is sent once more over a new one when the reused one closes without a byte; all else gets a new one,
 * after the idle ones of its origin have been closed.
 *
 * A connection that an origin authenticates (NTLM, Negotiate) is pinned to the client: all that this one asks of the
 * origin goes over it and nothing else does, nor is anything sent again when it closes (RFC 4559 section 6).
 */
export class Exchange implements ConnectionUser {
  readonly #state: ForwardState;
  readonly #request: ForwardRequest;
  readonly #answer: ClientResponse;
  readonly #upload: Upload | null;
  readonly #reusable: boolean;
  readonly #place: Place<Exchange>;
  /** Whether the connection becomes the client's own. */
  #bound: boolean;
  #dialling: Dialling | null = null;
  #connection: OriginConnection | null = null;
  #switching: ResponseHead | null = null;
  readonly #interims = new InterimAllowance();
  /** Interim answers wait until the client has read those before them. */
  #clientIsSlow = false;
  #persistent = false;
  /** Whether the origin takes no more content. */
  #writeFailed = false;
  /** Whether the rest of the content is sent behind the answer, because the connection is needed again. */
  #finishesUpload = false;
  #over = false;

  constructor(state: ForwardState, request: ForwardRequest) {
    const { req, res, head, apart } = request;
    this.#state = state;
    this.#request = request;
    this.#answer = new ClientResponse(req, res, state.pseudonym);
    this.#bound = hasBoundCredentials(req);
    this.#reusable = apart === null && SAFE.has(req.method ?? '') && head.framing === 'none' && !this.#bound;
    this.#upload =
      head.framing === 'none' || apart !== null ? null : new Upload(req, head, (bytes) => this.#sent(bytes));
    res.on('close', this.#clientLeft);
    this.#place = state.open.add(this);
  }

  #sent(bytes: number): void {
    this.#state.context.tunnels.countUp(null, bytes);
    this.#request.record.sent(bytes);
  }

  start(): void {
    const { socket } = this.#request.req;
    this.#state.context.origins.pins.whenFree(socket, () => {
      if (!this.#over) this.#choose();
    });
  }

  #choose(): void {
    const { req, key, pin, route, isRemote } = this.#request;
    const { origins } = this.#state.context;
    // On a connection to a parent proxy the targets change: whether another machine may reach one is seen by dialling.
    const mayReuse = this.#reusable && !(isRemote && route.kind === 'parent');
    const own = origins.pins.take(req.socket, pin) ?? (mayReuse ? origins.take(key) : null);
    if (own !== null) return this.#send(own);
    this.#dial();
  }

  /** Gives up because we are stopping. */
  stop(): void {
    this.#dialling?.cancel();
    this.#connection?.destroy();
    this.#failWith({ kind: 'cancelled' });
  }

  /** Ends it with its client when it is not allowed any more. */
  endUnless(isAllowed: IsAllowed): void {
    const { res, target, isRemote } = this.#request;
    const socket = this.#connection?.socket;
    const isLent = isRemote && socket !== undefined && endsHere(socket, target);
    if (!isAllowed(target, isLent)) res.socket?.destroy();
  }

  #dial(): void {
    const { req, route, target, isRemote } = this.#request;
    const { context } = this.#state;
    const source = { via: req.headers.via, isRemote };
    // A parent has sockets enough, and its connections serve all origins.
    this.#dialling =
      route.kind === 'parent' ? context.dialer.dialParent(route, target, source) : dialAfresh(context, target, source);
    this.#dialling.socket.then(this.#connected, this.#dialFailed);
  }

  readonly #connected = (socket: Socket): void => {
    this.#dialling = null;
    const connection = this.#state.context.origins.adopt(socket, this.#request.key);
    if (this.#over) return connection.destroy();
    this.#send(connection);
  };

  readonly #dialFailed = (error: unknown): void => {
    this.#dialling = null;
    if (this.#over) return;
    const { context } = this.#state;
    if (error instanceof DialError) return this.#fail(said(context.text(), (text) => dialFailure(error, text)));
    context.log.error('dial failed in an unexpected way', { error: String(error) });
    this.#fail(said(context.text(), internalFailure));
  };

  #send(connection: OriginConnection): void {
    const { req, head, apart, record } = this.#request;
    record.connected(false);
    this.#connection = connection;
    if (this.#bound) this.#pin();
    connection.serve(req.method ?? '', this, apart?.switches ?? false);
    const whole = apart?.content ?? null;
    if (whole !== null) return this.#sendWhole(connection.socket, whole);
    if (this.#upload === null) return void connection.socket.write(head.text, 'latin1');
    connection.outliveWrites();
    this.#upload.begin(connection.socket);
  }

  #sendWhole(socket: Socket, content: Buffer): void {
    socket.cork();
    socket.write(this.#request.head.text, 'latin1');
    socket.write(content);
    socket.uncork();
    this.#sent(content.length);
  }

  #pin(): void {
    const { req, pin } = this.#request;
    if (this.#connection !== null) this.#connection.pin = { client: req.socket, key: pin };
  }

  interim(head: ResponseHead): void {
    if (this.#over) return;
    if (!this.#interims.admits(head, performance.now())) {
      this.#connection?.destroy();
      this.#connection = null;
      const peer = this.#peer;
      const failure = said(this.#state.context.text(), (text) =>
        badAnswerFailure(peer, text.faults.answer.interims, text),
      );
      return this.#fail(failure);
    }
    const client = this.#request.res.socket;
    if (this.#answer.interim(head) || client === null || this.#clientIsSlow) return;
    this.#clientIsSlow = true;
    this.#connection?.socket.pause();
    client.once('drain', () => {
      this.#clientIsSlow = false;
      this.#connection?.socket.resume();
    });
  }

  head(head: ResponseHead): void {
    // The read that brought one interim answer too many may hold more.
    if (this.#over) return;
    const { route, apart, label, target, record } = this.#request;
    if (head.status === 101) {
      this.#switching = head;
      return;
    }
    if (route.kind === 'parent' && head.status === 407) {
      this.#connection?.destroy();
      return this.#failWith({ kind: 'parent-refused', parent: authorityOf(route.parent), status: 407 });
    }
    this.#state.context.lastRequests.answered(label, target, head.status);
    record.answered(head.status);
    if (this.#connection !== null) {
      this.#connection.idleSeconds = head.idleSeconds;
      this.#connection.maxRequests = head.maxRequests;
    }
    if (hasBoundChallenge(head)) {
      this.#bound = true;
      this.#pin();
    }
    const pinned = this.#connection !== null && this.#connection.pin !== null;
    this.#persistent = head.persistent && !this.#request.head.closes;
    // An error that comes before the content has left means that nothing more is wanted of it (RFC 9110 section 10.1.1),
    // unless it is a step of an authentication: the next one must come over these two connections.
    const refused = this.#unsent && (this.#writeFailed || head.status >= 300);
    this.#finishesUpload =
      refused && pinned && this.#persistent && !this.#writeFailed && this.#request.req.headers.expect === undefined;
    const unwanted = refused && !this.#finishesUpload;
    if (unwanted) this.#upload?.stop();
    this.#persistent &&= !unwanted;
    this.#answer.begin(head, unwanted, pinned && head.status === 401);
    apart?.decline();
  }

  content(bytes: Buffer): void {
    this.#state.context.tunnels.countDown(null, bytes.length);
    this.#request.record.received(bytes.length);
    this.#answer.content(bytes);
  }

  flush(): void {
    if (this.#answer.flush()) return;
    this.#connection?.socket.pause();
    this.#request.res.once('drain', () => this.#connection?.socket.resume());
  }

  complete(trailers: readonly string[]): boolean | 'later' {
    const unsent = this.#unsent;
    const connection = this.#connection;
    this.#finish();
    this.#request.record.done();
    this.#connection = null;
    if (unsent && this.#finishesUpload && !this.#writeFailed && connection !== null) {
      this.#finishUpload(connection);
      this.#answer.end(trailers, false);
      return 'later';
    }
    if (unsent) this.#upload?.stop();
    this.#answer.end(trailers, unsent);
    return this.#persistent && !unsent;
  }

  /** Sends what is left of the content behind the answer, and then releases the connection. */
  #finishUpload(connection: OriginConnection): void {
    const { socket: client } = this.#request.req;
    const { socket } = connection;
    const { pins } = this.#state.context.origins;
    const drained = () => this.#upload?.resume();
    const clientLeft = () => connection.destroy();
    const closed = () => {
      client.off('close', clientLeft);
      this.#upload?.stop();
      pins.free(client);
    };
    pins.hold(client);
    client.once('close', clientLeft);
    socket.on('drain', drained);
    socket.once('close', closed);
    this.#upload?.whenFinished(() => {
      client.off('close', clientLeft);
      socket.off('drain', drained);
      socket.off('close', closed);
      connection.release();
      pins.free(client);
    });
  }

  writeFailed(): void {
    this.#writeFailed = true;
    this.#upload?.stop();
  }

  broken(cause: Broken, begun: boolean): void {
    const connection = this.#connection;
    this.#connection = null;
    const isStale = connection !== null && connection.served > 0 && connection.pin === null;
    if (cause.kind === 'closed' && !begun && isStale && this.#reusable) return this.#dial();
    const peer = this.#peer;
    this.#fail(
      said(this.#state.context.text(), (text) =>
        cause.kind === 'fault'
          ? badAnswerFailure(peer, text.faults.answer[cause.fault], text)
          : brokenOffFailure(peer, text, cause.errno),
      ),
    );
  }

  switched(upstream: Socket, rest: Buffer): void {
    const { res, apart, target, label, record } = this.#request;
    const { context, pseudonym } = this.#state;
    const head = this.#switching;
    this.#finish();
    if (apart === null || head === null) {
      record.givenUp();
      return void upstream.destroy();
    }
    record.answered(head.status);
    res.detachSocket(apart.client);
    becomeTunnel(context, apart, upstream, { head, rest }, { target, label, pseudonym, record });
  }

  drained(): void {
    this.#upload?.resume();
  }

  /** Whether content of the request has not been sent yet. */
  get #unsent(): boolean {
    return this.#upload !== null && !this.#upload.finished;
  }

  #failWith(fault: DialFault): void {
    const error = new DialError(fault, this.#request.target, { elapsed: 0, onLink: false });
    this.#fail(said(this.#state.context.text(), (text) => dialFailure(error, text)));
  }

  /** Where the connection ends: at the parent, where there is one, and then a broken answer is the parent's. */
  get #peer(): Target {
    const { route, target } = this.#request;
    return route.kind === 'parent' ? route.parent : target;
  }

  #fail(met: Failure): void {
    const { req, res, target, label, apart, route, record } = this.#request;
    const { context } = this.#state;
    const failure = route.kind === 'parent' ? { ...met, nextHop: authorityOf(route.parent) } : met;
    record.failed(failure.code, failure.sentence);
    this.#finish();
    this.#upload?.stop();
    apart?.decline();
    if (!this.#answer.begun) {
      context.failures.record(failure, target, label);
      return respondWithFailure(req, res, failure);
    }
    const { code, nextHop } = failure;
    const peer = this.#peer;
    const cutOff = said(context.text(), (text) => cutOffFailure(peer, text, code));
    context.failures.recordCutOff(nextHop === undefined ? cutOff : { ...cutOff, nextHop }, target, label);
    this.#answer.cutOff();
  }

  readonly #clientLeft = (): void => {
    if (this.#over) return;
    const { label, target, record } = this.#request;
    record.givenUp();
    if (!this.#answer.begun) this.#state.context.lastRequests.givenUp(label, target);
    this.#finish();
    this.#dialling?.cancel();
    this.#connection?.destroy();
  };

  #finish(): void {
    this.#over = true;
    this.#state.open.delete(this.#place);
  }
}
