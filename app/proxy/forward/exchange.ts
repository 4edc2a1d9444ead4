import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ProxyContext } from '../context.ts';
import { DialError, type DialFault, type Dialling, type Route } from '../dial/index.ts';
import { dialFailure } from '../dial-failure.ts';
import { respondWithFailure } from '../failure-response.ts';
import { badAnswerFailure, brokenOffFailure, type Failure, internalFailure } from '../failures.ts';
import { cutOffFailure } from '../message-failures.ts';
import { authorityOf, type Target } from '../target.ts';
import type { AnswerHead } from './answer-head.ts';
import { ClientAnswer } from './client-answer.ts';
import { InterimAllowance } from './interim-allowance.ts';
import type { Broken, ConnectionUser, OriginConnection } from './origin-connection.ts';
import type { OriginPool } from './origin-pool.ts';
import type { RequestHead } from './request-head.ts';
import { becomeTunnel, type UpgradeOffer } from './upgrade.ts';
import { Upload } from './upload.ts';

/** Content up to this many bytes is kept, so that a request can be sent again. */
const REPLAY_LIMIT = 64 * 1024;
/** Methods that may be sent twice (RFC 9110 section 9.2.2, and the read methods of WebDAV and RFC 10008). */
const IDEMPOTENT = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'DELETE',
  'PROPFIND',
  'REPORT',
  'SEARCH',
  'QUERY',
]);

/** What every exchange of a Forward shares. */
export interface ExchangeRoom {
  readonly context: ProxyContext;
  readonly pool: OriginPool;
  readonly pseudonym: string;
  readonly open: Set<Exchange>;
}

/** A request ready to be sent. */
export interface ForwardRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly label: string;
  /** Whether the client is on another machine. */
  readonly isRemote: boolean;
  readonly target: Target;
  readonly head: RequestHead;
  readonly route: Route;
  /** Name of where the connection ends, in the pool. */
  readonly key: string;
  /** Set when the client offers to switch protocols. */
  readonly offer: UpgradeOffer | null;
}

/**
 * One absolute-form request: client (res) <- us <- origin, from the sent head to the last byte of the answer.
 *
 * A reused connection may turn out dead: the origin closed it while it was idle. That must not cost a request, and a
 * request must not be done twice (RFC 9112 section 9.3.1). So only what may be sent twice goes over reused connections,
 * and it is sent once more over a new one when the reused one dies without a byte; all else gets a new one at once.
 */
export class Exchange implements ConnectionUser {
  readonly #room: ExchangeRoom;
  readonly #request: ForwardRequest;
  readonly #answer: ClientAnswer;
  readonly #upload: Upload | null;
  readonly #replayable: boolean;
  #dialling: Dialling | null = null;
  #connection: OriginConnection | null = null;
  #switching: AnswerHead | null = null;
  readonly #interims = new InterimAllowance();
  /** Interim answers wait until the client has read those before them. */
  #clientIsSlow = false;
  #persistent = false;
  #over = false;

  constructor(room: ExchangeRoom, request: ForwardRequest) {
    const { req, res, head, offer } = request;
    this.#room = room;
    this.#request = request;
    this.#answer = new ClientAnswer(req, res, room.pseudonym);
    this.#replayable =
      offer === null && IDEMPOTENT.has(req.method ?? '') && head.framing !== 'chunked' && head.length <= REPLAY_LIMIT;
    this.#upload =
      head.framing === 'none'
        ? null
        : new Upload(req, head, this.#replayable, (bytes) => room.context.tunnels.countUp(null, bytes));
    res.on('close', this.#clientLeft);
    room.open.add(this);
  }

  start(): void {
    const { key, route, isRemote } = this.#request;
    // On a connection to a parent proxy the targets change: whether another machine may reach one is seen by dialling.
    const isBound = isRemote && route.kind === 'parent';
    const reused = this.#replayable && !isBound ? this.#room.pool.take(key) : null;
    if (reused === null) this.#dial();
    else this.#send(reused);
  }

  /** Gives up because we are stopping. */
  stop(): void {
    this.#dialling?.cancel();
    this.#connection?.destroy();
    this.#failWith({ kind: 'cancelled' });
  }

  #dial(): void {
    const { req, route, target, isRemote } = this.#request;
    const { dialer } = this.#room.context;
    const source = { via: req.headers.via, isRemote };
    this.#dialling = route.kind === 'parent' ? dialer.dialParent(route, target, source) : dialer.dial(target, source);
    this.#dialling.socket.then(this.#connected, this.#dialFailed);
  }

  readonly #connected = (socket: Socket): void => {
    this.#dialling = null;
    const connection = this.#room.pool.adopt(socket, this.#request.key);
    if (this.#over) return connection.destroy();
    this.#send(connection);
  };

  readonly #dialFailed = (error: unknown): void => {
    this.#dialling = null;
    if (this.#over) return;
    const { context } = this.#room;
    if (error instanceof DialError) return this.#fail(dialFailure(error, context.text()));
    context.log.error('dial failed in an unexpected way', { error: String(error) });
    this.#fail(internalFailure(context.text()));
  };

  #send(connection: OriginConnection): void {
    const { req, head, offer } = this.#request;
    this.#connection = connection;
    connection.serve(req.method ?? '', this, offer !== null);
    if (this.#upload === null) connection.socket.write(head.text, 'latin1');
    else this.#upload.begin(connection.socket);
  }

  interim(head: AnswerHead): void {
    if (this.#over) return;
    if (!this.#interims.admits(head, performance.now())) {
      this.#connection?.destroy();
      this.#connection = null;
      const text = this.#room.context.text();
      return this.#fail(badAnswerFailure(this.#peer, text.faults.answer.interims, text));
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

  head(head: AnswerHead): void {
    // The read that brought one interim answer too many may hold more.
    if (this.#over) return;
    const { route, offer, label, target } = this.#request;
    if (head.status === 101) {
      this.#switching = head;
      return;
    }
    if (route.kind === 'parent' && head.status === 407) {
      this.#connection?.destroy();
      return this.#failWith({ kind: 'parent-refused', parent: authorityOf(route.parent), status: 407 });
    }
    this.#room.context.ledger.answered(label, target, head.status);
    if (this.#connection !== null) this.#connection.idleSeconds = head.idleSeconds;
    // An error that comes before the content has left means that nobody wants the rest (RFC 9110 section 10.1.1).
    const unwanted = this.#unsent && head.status >= 300;
    if (unwanted) this.#upload?.stop();
    this.#persistent = head.persistent && !unwanted;
    this.#answer.begin(head, unwanted);
    offer?.decline();
  }

  content(bytes: Buffer): void {
    this.#room.context.tunnels.countDown(null, bytes.length);
    this.#answer.content(bytes);
  }

  flush(): void {
    if (this.#answer.flush()) return;
    this.#connection?.socket.pause();
    this.#request.res.once('drain', () => this.#connection?.socket.resume());
  }

  complete(trailers: readonly string[]): boolean {
    const unsent = this.#unsent;
    this.#finish();
    this.#connection = null;
    if (unsent) this.#upload?.stop();
    this.#answer.end(trailers, unsent);
    return this.#persistent && !unsent;
  }

  broken(cause: Broken, begun: boolean): void {
    const reused = this.#connection !== null && this.#connection.served > 0;
    this.#connection = null;
    if (cause.kind === 'closed' && !begun && reused && this.#replayable) {
      this.#upload?.halt();
      return this.#dial();
    }
    const text = this.#room.context.text();
    if (cause.kind === 'fault') this.#fail(badAnswerFailure(this.#peer, text.faults.answer[cause.fault], text));
    else this.#fail(brokenOffFailure(this.#peer, text, cause.errno));
  }

  switched(upstream: Socket, rest: Buffer): void {
    const { res, offer, target, label } = this.#request;
    const { context, pseudonym } = this.#room;
    const head = this.#switching;
    this.#finish();
    if (offer === null || head === null) return void upstream.destroy();
    res.detachSocket(offer.client);
    becomeTunnel(context, offer, upstream, { head, rest }, { target, label, pseudonym });
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
    this.#fail(dialFailure(error, this.#room.context.text()));
  }

  /** Where the connection ends: at the parent, where there is one, and then a broken answer is the parent's. */
  get #peer(): Target {
    const { route, target } = this.#request;
    return route.kind === 'parent' ? route.parent : target;
  }

  #fail(met: Failure): void {
    const { req, res, target, label, offer, route } = this.#request;
    const { context } = this.#room;
    const failure = route.kind === 'parent' ? { ...met, nextHop: authorityOf(route.parent) } : met;
    this.#finish();
    this.#upload?.stop();
    offer?.decline();
    if (!this.#answer.begun) {
      context.failures.record(failure, target, label);
      return respondWithFailure(req, res, failure);
    }
    const { code, nextHop } = failure;
    const cutOff = cutOffFailure(this.#peer, context.text(), code);
    context.failures.recordCutOff(nextHop === undefined ? cutOff : { ...cutOff, nextHop }, target, label);
    this.#answer.cutOff();
  }

  readonly #clientLeft = (): void => {
    if (this.#over) return;
    const { label, target } = this.#request;
    if (!this.#answer.begun) this.#room.context.ledger.givenUp(label, target);
    this.#finish();
    this.#dialling?.cancel();
    this.#connection?.destroy();
  };

  #finish(): void {
    this.#over = true;
    this.#room.open.delete(this);
  }
}
