import type { ServerResponse } from 'node:http';
import { ReadyQueue } from '../../base/back-pressure.ts';
import { AFTER_SLEEP, type Ticking } from '../../base/clock.ts';
import { BoundedWarnings } from '../../base/line-budget.ts';
import type { Log } from '../../base/log.ts';
import type { Call, ClientWire } from '../../inspect/index.ts';
import {
  CODE,
  errorFor,
  type Frame,
  idIn,
  type JsonRpcError,
  type JsonRpcId,
  memberOf,
  type NotificationFrame,
  PendingRequests,
  parsedJson,
  type RequestId,
  type ResponseFrame,
} from '../../mcp/jsonrpc/index.ts';
import { endError, type Peer } from '../../servers/index.ts';
import type { Evictable } from '../admission.ts';
import { type BridgeContext, type SessionFacts, warnUnexpected } from '../context.ts';
import type { EventPosition } from './replay.ts';
import { type Accepted, PostResponse, SessionStreams, STANDALONE, StandaloneStream } from './session-streams.ts';

const SESSION_FIELD = 'Mcp-Session-Id';

export interface ClientRequest extends RequestId {
  readonly kind: 'request';
  readonly method: string;
  /** The tool, prompt or resource that it is about; empty where there is none. */
  readonly target: string;
  /** The line for the server. */
  readonly json: Buffer;
  /** Under which it wants to hear of progress; undefined when it does not. */
  readonly progressToken: JsonRpcId | undefined;
  /** Of `initialize`: the revision it asks for. Undefined in every other request. */
  readonly revision: string | undefined;
}

/** A notification or a response. */
export interface ClientStatement {
  readonly kind: 'statement';
  /** Null for a response. */
  readonly method: string | null;
  readonly json: Buffer;
  /** The request that a `notifications/cancelled` names. */
  readonly cancels: JsonRpcId | undefined;
  /** The id that a notification came with although it has none: its client waits for an answer under it. JSON text. */
  readonly strayId: Buffer | undefined;
}

/** One message of a POST. */
export type ClientMessage = ClientRequest | ClientStatement;

/** A request of the client that waits for its response. */
interface PostedRequest extends RequestId {
  readonly post: PostResponse;
  readonly progressToken: JsonRpcId | undefined;
  /** When it came in, in milliseconds as performance.now() tells it. */
  readonly since: number;
  readonly call: Call;
}

/** What takes frames for a client: the response to a POST, or the stream of a GET. */
type Destination = PostResponse | StandaloneStream;

export interface SessionOptions {
  readonly id: string;
  readonly principal: string;
  readonly server: string;
  /** Of the server. */
  readonly log: Log;
  readonly peer: Peer;
  /** The revision its client asks for. */
  readonly revision: string;
  readonly context: BridgeContext;
  /** The session is over: 404 from now on. Called once; `reason` says why its server ended, null when that was asked for. */
  readonly closed: (session: Session, reason: string | null) => void;
}

/**
 * One session of Streamable HTTP (2025-03-26 to 2025-11-25) and the server behind it. It owns the requests that wait, the
 * responses they are answered on, and the streams with what was sent on them.
 */
export class Session implements Ticking, Evictable {
  readonly id: string;
  readonly principal: string;
  readonly #options: SessionOptions;
  readonly #peer: Peer;
  readonly #context: BridgeContext;
  readonly #warnings: BoundedWarnings;
  readonly #startedAt = Date.now();
  readonly #requests = new PendingRequests<PostedRequest>(true);
  readonly #wire: ClientWire;
  readonly #streams: SessionStreams;
  readonly #standalone: StandaloneStream;
  readonly #toServer: ReadyQueue;
  /** While the response to `initialize` is on its way. */
  #initializeId: JsonRpcId | undefined;
  #refused = false;
  #lastStream = STANDALONE;
  /** HTTP responses under way, and when the last one ended. */
  #open = 0;
  #quietSince = performance.now();
  /** A sleep of the machine keeps it until then. */
  #keptUntil = Number.NEGATIVE_INFINITY;
  #wasWatched = false;
  /** Its client has sent more than `initialize`. */
  #wentOn = false;
  #closed = false;

  constructor(options: SessionOptions) {
    const { id, principal, peer, context } = options;
    this.id = id;
    this.principal = principal;
    this.#options = options;
    this.#peer = peer;
    this.#context = context;
    this.#warnings = new BoundedWarnings(options.log);
    this.#wire = context.recorder.session('streamable');
    this.#streams = new SessionStreams(peer, options.revision, context);
    this.#standalone = new StandaloneStream(this.#streams);
    this.#toServer = new ReadyQueue(() => peer.congested && !this.#closed);
    peer.listen({
      frames: (frames) => this.#fromServer(frames),
      drained: () => this.#toServer.drained(),
      ended: (end) => this.#finish(endError(options.server, end, context.text()), !end.asked),
    });
    context.ticker.add(this);
  }

  /** The revision client and server use. */
  get revision(): string {
    return this.#streams.revision;
  }

  facts(): SessionFacts {
    return { transport: 'streamable', startedAt: this.#startedAt, calls: this.#requests.size };
  }

  get isUnused(): boolean {
    return !this.#wentOn;
  }

  get quietSince(): number | null {
    return this.#open > 0 || this.#requests.size > 0 ? null : this.#quietSince;
  }

  get expiresAt(): number {
    return Math.max(this.#quietSince + this.#patience, this.#keptUntil);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Whether a request with this id waits for its response. */
  awaits(id: JsonRpcId): boolean {
    return this.#requests.has(id);
  }

  /** Calls back when the server is ready for another message: at once, or when its pipe has drained. */
  whenReady(then: () => void): void {
    this.#toServer.run(then);
  }

  /** Passes on messages without responses: notifications and responses. */
  tell(messages: readonly ClientMessage[]): void {
    this.#used();
    this.#wentOn = true;
    for (const message of messages) {
      this.#note(message);
      this.#peer.write(message.json, message.method);
      if (message.kind !== 'statement' || message.cancels === undefined) continue;
      const cancelled = this.#requests.cancel(message.cancels);
      cancelled?.call.cancelled(message.json);
      cancelled?.post.cancel(message.cancels);
    }
  }

  /** Records a message that waits for no answer. */
  #note(message: ClientMessage): void {
    if (message.kind === 'request') return;
    if (message.method !== null) {
      this.#wire.notified(message.method, message.json);
      this.#requests.notified();
    } else this.#wire.answered(idIn(message.json, 'id') ?? null, message.json);
  }

  /** Passes on the messages of a POST with requests among them, which came in at `since`. Their responses go to `response`. */
  request(
    messages: readonly ClientMessage[],
    response: ServerResponse,
    accepted: Accepted,
    isBatch: boolean,
    since: number,
  ): void {
    this.#used();
    const requests = messages.filter((message) => message.kind === 'request');
    const stream = ++this.#lastStream;
    if (stream > STANDALONE + 1) this.#wentOn = true;
    const ids = requests.map(({ id }) => id);
    // Whether there is a session, and an id for it in the head, shows when the server has taken the handshake.
    const { decide: soon, keepAlive } = this.#context.times;
    const decide = requests.some(({ revision }) => revision !== undefined) ? keepAlive : soon;
    const post = new PostResponse(response, { stream, accepted, isBatch, ids, decide }, this.#streams);
    this.#opened(response);
    const calls: Call[] = [];
    for (const { id, method, target, json, writtenId, progressToken, revision } of requests) {
      const call = this.#wire.request(method, id, json, since, target);
      calls.push(call);
      this.#requests.add({ id, writtenId, post, progressToken, since, call });
      if (revision === undefined) continue;
      this.#initializeId = id;
      this.#streams.fields = [SESSION_FIELD, this.id];
      // Without the head, its client does not know the id of the session, so it can never be used.
      response.once('close', () => response.headersSent || this.close());
    }
    for (const message of messages) {
      this.#note(message);
      this.#peer.write(message.json, message.method, message.kind === 'request' ? message : undefined);
    }
    for (const call of calls) call.passedOn();
  }

  /** GET: the client watches for what belongs to no request. */
  watch(response: ServerResponse): void {
    this.#wasWatched = true;
    this.#wentOn = true;
    this.#opened(response);
    this.#standalone.watch(response);
  }

  /**
   * GET with Last-Event-ID: goes on with the stream of that event. `over`: all of it was sent, there is nothing to come.
   * `lost`: what is missing is no longer kept, or the event never was.
   */
  resume(position: EventPosition, response: ServerResponse): 'resumed' | 'over' | 'lost' {
    if (position.stream > this.#lastStream || position.number > this.#streams.newest) return 'lost';
    this.#wentOn = true;
    if (position.stream === STANDALONE) {
      this.#wasWatched = true;
      this.#opened(response);
      this.#standalone.watch(response, position.number);
      return 'resumed';
    }
    const missed = this.#streams.since(position);
    const post = this.#firstPost((candidate) => candidate.stream === position.stream);
    if (!missed.isComplete) return 'lost';
    if (post === undefined && missed.events.length === 0) return 'over';
    this.#opened(response);
    if (post !== undefined) {
      post.resume(response, missed);
      return 'resumed';
    }
    const stream = this.#streams.open(response);
    for (const piece of missed.events) stream.sendEvents(piece);
    stream.end();
    return 'resumed';
  }

  /** Ends the session and its server. Requests that wait are answered with that. */
  close(): void {
    const message = this.#context.text().servers.ended.closed(this.#options.server);
    this.#finish({ code: CODE.internalError, message });
  }

  woke(now: number, missed: number): void {
    this.#quietSince = Math.min(now, this.#quietSince + missed);
    // Its stream may be found broken only now.
    this.#keptUntil = now + AFTER_SLEEP;
  }

  tick(now: number): void {
    if (this.#open === 0 && now >= this.expiresAt) this.close();
  }

  /** How long it is kept while nothing is under way, in milliseconds. */
  get #patience(): number {
    const { times, limits } = this.#context;
    return this.#wasWatched && this.#requests.size === 0 ? times.grace : limits().sessionIdle;
  }

  #fromServer(frames: readonly Frame[]): void {
    const initialized = this.#initializeId !== undefined && this.#readInitialized(frames);
    this.#route(frames);
    if (initialized) {
      this.#initializeId = undefined;
      this.#streams.fields = [];
    }
    if (this.#refused) this.close();
  }

  /** Whether the response to `initialize` is among the frames. A refusal makes no session. */
  #readInitialized(frames: readonly Frame[]): boolean {
    const id = this.#initializeId;
    const response = frames.find((frame) => frame.kind === 'response' && this.#requests.idOf(frame) === id);
    if (response === undefined) return false;
    const revision = agreedRevision(response);
    this.#refused = revision === null;
    if (this.#refused) this.#streams.fields = [];
    this.#streams.revision = revision || this.#streams.revision;
    return true;
  }

  /**
   * Hands each run of frames for one stream on in one piece. Every frame goes to exactly one (2025-11-25 transports, Multiple
   * connections).
   */
  #route(frames: readonly Frame[]): void {
    let to: Destination | null = null;
    let run: Frame[] = [];
    let before: Frame | null = null;
    const now = performance.now();
    for (const received of frames) {
      const routed: Routed | null = received.kind === 'response' ? this.#routeResponse(received) : null;
      const frame: Frame = routed?.frame ?? received;
      if (frame.kind !== 'response') this.#wire.fromServer(frame, now);
      const asBefore = before !== null && goTogether(before, frame);
      const next: Destination | null = routed !== null ? routed.to : asBefore ? to : this.#destination(frame);
      before = frame;
      if (next !== to && run.length > 0) {
        to?.deliver(run);
        run = [];
      }
      to = next;
      run.push(frame);
    }
    to?.deliver(run);
  }

  #destination(frame: Frame): Destination {
    if (frame.kind === 'notification') {
      if (isChange(frame.method)) return this.#standalone;
      const token = isProgress(frame) ? idIn(memberOf(frame.bytes, 'params'), 'progressToken') : undefined;
      const waiting = token === undefined ? undefined : this.#withProgressToken(token);
      waiting?.call.progressed(frame.bytes.length);
      if (waiting !== undefined && !waiting.post.isBare) return waiting.post;
    }
    return this.#listening() ?? this.#standalone;
  }

  #routeResponse(response: ResponseFrame): Routed {
    const match = this.#requests.match(response);
    if (match.kind === 'unexpected' || response.id === null) warnUnexpected(this.#warnings, response);
    if (match.kind === 'found') {
      const { request, frame } = match;
      this.#context.latency.observe(performance.now() - request.since);
      request.call.answered(frame.bytes);
      return { frame, to: request.post };
    }
    // An error without an id concerns a message the server could not read: the client of some request should see it. The handshake has
    // the stream of its answer for itself, whose head says whether there is a session.
    const isSeen = response.id === null && this.#initializeId === undefined;
    return { frame: response, to: isSeen ? (this.#listening() ?? null) : null };
  }

  #withProgressToken(token: JsonRpcId): PostedRequest | undefined {
    for (const request of this.#requests.values()) if (request.progressToken === token) return request;
    return undefined;
  }

  /** The oldest response whose client takes messages: the best guess for those that name no request. */
  #listening(): PostResponse | undefined {
    return this.#firstPost(isListening);
  }

  #firstPost(matches: (post: PostResponse) => boolean): PostResponse | undefined {
    for (const { post } of this.#requests.values()) if (matches(post)) return post;
    return undefined;
  }

  /** A client that still posts has lost its stream and not the session. */
  #used(): void {
    this.#quietSince = performance.now();
    if (!this.#standalone.isWatched) this.#wasWatched = false;
  }

  #opened(response: ServerResponse): void {
    this.#open++;
    response.once('close', () => {
      this.#open--;
      this.#quietSince = performance.now();
    });
  }

  #finish(error: JsonRpcError, unexpected = false): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#streams.fields = [];
    this.#context.ticker.delete(this);
    for (const request of this.#requests.takeAll()) {
      request.call.cut();
      request.post.deliver([errorFor(request, error)]);
    }
    this.#wire.ended();
    this.#standalone.end();
    this.#streams.end();
    this.#toServer.drained();
    void this.#peer.close();
    this.#options.closed(this, unexpected ? error.message : null);
  }
}

function isListening(post: PostResponse): boolean {
  return post.isListening;
}

interface Routed {
  readonly frame: Frame;
  /** Null when nothing waits for it. */
  readonly to: Destination | null;
}

/** Notifications of one kind in a row go the same way, unless each names the request it belongs to. */
function goTogether(one: Frame, next: Frame): boolean {
  return one.kind === 'notification' && next.kind === 'notification' && one.method === next.method && !isProgress(next);
}

function isProgress(frame: NotificationFrame): boolean {
  return frame.method === 'notifications/progress';
}

/** Notifications that belong to no request, whichever is under way: they go to the client's GET stream. */
function isChange(method: string): boolean {
  return method.endsWith('/list_changed') || method === 'notifications/resources/updated';
}

/** The revision a response to `initialize` settles on, empty when it names none; null when it is a refusal. */
function agreedRevision({ bytes }: Frame): string | null {
  const result = memberOf(bytes, 'result');
  if (result?.[0] !== 0x7b) return null;
  const revision = parsedJson(memberOf(result, 'protocolVersion'));
  return typeof revision === 'string' ? revision : '';
}
