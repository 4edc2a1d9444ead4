import type { ServerResponse } from 'node:http';
import { BoundedWarnings } from '../../log/index.ts';
import type { Log } from '../../log/log.ts';
import { hasPriming } from '../../mcp/index.ts';
import { CODE, errorFor, type Frame, type JsonRpcError, type JsonRpcId } from '../../mcp/jsonrpc/index.ts';
import { endError, type Peer } from '../../servers/index.ts';
import type { Evictable } from '../admission.ts';
import type { BridgeContext, SessionFacts } from '../context.ts';
import { EventStream, type Ticking } from '../http/index.ts';
import { agreedRevision, type ClientMessage } from './messages.ts';
import { OpenCalls, ResponseRouter } from './pending-requests.ts';
import { type Accepted, type AnswerSession, PostResponse } from './post-response.ts';
import { type EventPosition, Replay } from './replay.ts';
import { STANDALONE, StandaloneStream } from './standalone.ts';

/** Milliseconds after which a client that lost its stream should come back, as the `retry` field tells it. */
const RETRY = 1000;

const SESSION_FIELD = 'Mcp-Session-Id';

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
 * One session of Streamable HTTP (2025-03-26 to 2025-11-25) and the server behind it. It keeps the requests that
 * wait, the streams their answers go to, and what was sent on them.
 */
export class Session implements AnswerSession, Ticking, Evictable {
  readonly id: string;
  readonly principal: string;
  readonly #options: SessionOptions;
  readonly #peer: Peer;
  readonly #context: BridgeContext;
  readonly #startedAt = Date.now();
  readonly #calls = new OpenCalls();
  /** By number of stream, as long as a request of theirs waits. */
  readonly #answers = new Map<number, PostResponse>();
  readonly #replay: Replay;
  readonly #standalone: StandaloneStream;
  readonly #router: ResponseRouter;
  readonly #congested = new Set<EventStream>();
  readonly #waiting: (() => void)[] = [];
  #revision: string;
  /** While the answer to `initialize` is on its way. */
  #initializeId: JsonRpcId | undefined;
  #refused = false;
  #streams = STANDALONE;
  /** Responses under way, and when the last one ended. */
  #open = 0;
  #quietSince = performance.now();
  #wasWatched = false;
  /** Its client has said more than `initialize`. */
  #wentOn = false;
  #closed = false;

  constructor(options: SessionOptions) {
    const { id, principal, peer, context } = options;
    this.id = id;
    this.principal = principal;
    this.#options = options;
    this.#peer = peer;
    this.#context = context;
    this.#revision = options.revision;
    this.#replay = new Replay(() => context.limits().replayBytes);
    this.#standalone = new StandaloneStream(this.#replay, this);
    this.#router = new ResponseRouter(this.#calls, this.#standalone, context.meter, new BoundedWarnings(options.log));
    peer.listen({
      frames: (frames) => this.#route(frames),
      drained: () => this.#runWaiting(),
      ended: (end) => this.#finish(endError(options.server, end, context.text()), !end.asked),
    });
    context.pulse.add(this);
  }

  /** The revision client and server use. */
  get revision(): string {
    return this.#revision;
  }

  facts(): SessionFacts {
    return { transport: 'streamable', startedAt: this.#startedAt, calls: this.#calls.size };
  }

  get isUnused(): boolean {
    return !this.#wentOn;
  }

  get quietSince(): number | null {
    return this.#open > 0 || this.#calls.size > 0 ? null : this.#quietSince;
  }

  get expiresAt(): number {
    return this.#quietSince + this.#patience;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Whether a request with this id waits for its response. */
  awaits(id: JsonRpcId): boolean {
    return this.#calls.has(id);
  }

  /** Calls back when the server is ready for another message: at once, or when its pipe has drained. */
  whenReady(then: () => void): void {
    if (this.#peer.congested && !this.#closed) this.#waiting.push(then);
    else then();
  }

  /** Messages that bring nothing back: notifications and responses. */
  tell(messages: readonly ClientMessage[]): void {
    this.#used();
    this.#wentOn = true;
    for (const message of messages) {
      this.#peer.write(message.json);
      if (message.kind !== 'statement' || message.cancels === undefined) continue;
      this.#calls.cancel(message.cancels)?.answer.cancel(message.cancels);
    }
  }

  /** The messages of a POST with requests among them. What they bring goes to its response. */
  ask(messages: readonly ClientMessage[], response: ServerResponse, accepted: Accepted, isBatch: boolean): void {
    this.#used();
    const requests = messages.filter((message) => message.kind === 'request');
    const stream = ++this.#streams;
    if (stream > STANDALONE + 1) this.#wentOn = true;
    const ids = requests.map(({ id }) => id);
    // Whether there is a session, and an id for it in the head, shows when the server has taken the handshake.
    const { decide: soon, keepAlive } = this.#context.times;
    const decide = requests.some(({ revision }) => revision !== undefined) ? keepAlive : soon;
    const terms = { stream, accepted, isBatch, ids, decide };
    const answer = new PostResponse(response, terms, this);
    this.#answers.set(stream, answer);
    this.#open++;
    const since = performance.now();
    for (const { id, writtenId, progressToken, revision } of requests) {
      this.#calls.add({ id, writtenId, answer, progressToken, since });
      if (revision !== undefined) this.#initializeId = id;
      // Without the head, its client does not know of the session, and nobody else does.
      if (revision !== undefined) response.once('close', () => response.headersSent || this.close());
    }
    for (const { json } of messages) this.#peer.write(json);
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
  resume(place: EventPosition, response: ServerResponse): 'resumed' | 'over' | 'lost' {
    if (place.stream > this.#streams || place.number > this.#replay.newest) return 'lost';
    this.#wentOn = true;
    if (place.stream === STANDALONE) {
      this.#wasWatched = true;
      this.#opened(response);
      this.#standalone.watch(response, place.number);
      return 'resumed';
    }
    const missed = this.#replay.since(place);
    const answer = this.#answers.get(place.stream);
    if (!missed.isComplete) return 'lost';
    if (answer === undefined && missed.events.length === 0) return 'over';
    if (answer !== undefined) {
      this.#open++;
      answer.resume(response, missed);
      return 'resumed';
    }
    this.#opened(response);
    const stream = this.openStream(response);
    for (const piece of missed.events) stream.sendEvents(piece);
    stream.end();
    return 'resumed';
  }

  /** Ends the session and its server. Whoever still waits is told so. */
  close(): void {
    const message = this.#context.text().servers.ended.closed(this.#options.server);
    this.#finish({ code: CODE.internalError, message });
  }

  beat(now: number): void {
    if (this.#open === 0 && now - this.#quietSince >= this.#patience) this.close();
  }

  /** How long it is kept while nothing is under way, in milliseconds. */
  get #patience(): number {
    const { times, limits } = this.#context;
    return this.#wasWatched && this.#calls.size === 0 ? times.grace : limits().sessionIdle;
  }

  // What the answers of this session ask of it.

  fields(): readonly string[] {
    const wanted = this.#initializeId !== undefined && !this.#refused && !this.#closed;
    return wanted ? [SESSION_FIELD, this.id] : [];
  }

  openStream(response: ServerResponse): EventStream {
    const { pulse, times } = this.#context;
    const stream: EventStream = new EventStream(
      response,
      this.fields(),
      {
        congested: () => {
          this.#congested.add(stream);
          this.#peer.pause();
        },
        drained: () => this.#flowing(stream),
        closed: () => this.#flowing(stream),
      },
      pulse,
      times,
    );
    return stream;
  }

  priming(stream: number): string | null {
    return hasPriming(this.#revision) ? `id: ${this.#replay.mark(stream)}\nretry: ${RETRY}\ndata: \n\n` : null;
  }

  send(stream: number, frames: readonly Frame[], to: EventStream | null): void {
    const named = this.#replay.add(stream, frames);
    if ('events' in named) to?.sendEvents(named.events);
    else to?.send(frames, named.ids);
  }

  answered(answer: PostResponse): void {
    this.#answers.delete(answer.stream);
  }

  closed(): void {
    this.#open--;
    this.#quietSince = performance.now();
  }

  #route(frames: readonly Frame[]): void {
    const initialized = this.#initializeId !== undefined && this.#readInitialized(frames);
    this.#router.route(frames);
    if (initialized) this.#initializeId = undefined;
    if (this.#refused) this.close();
  }

  /** Whether the answer to `initialize` is among the frames. A refusal makes no session. */
  #readInitialized(frames: readonly Frame[]): boolean {
    const id = this.#initializeId;
    const answer = frames.find((frame) => frame.kind === 'response' && this.#calls.idOf(frame) === id);
    if (answer === undefined) return false;
    const revision = agreedRevision(answer);
    this.#refused = revision === null;
    this.#revision = revision || this.#revision;
    return true;
  }

  /** A client that still posts has lost its stream and not the session. */
  #used(): void {
    this.#quietSince = performance.now();
    if (!this.#standalone.isWatched) this.#wasWatched = false;
  }

  #opened(response: ServerResponse): void {
    this.#open++;
    response.once('close', () => this.closed());
  }

  #flowing(stream: EventStream): void {
    if (this.#congested.delete(stream) && this.#congested.size === 0) this.#peer.resume();
  }

  #runWaiting(): void {
    for (const then of this.#waiting.splice(0)) then();
  }

  #finish(error: JsonRpcError, unexpected = false): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#context.pulse.delete(this);
    for (const call of this.#calls.takeAll()) call.answer.deliver([errorFor(call, error)]);
    this.#standalone.end();
    this.#runWaiting();
    void this.#peer.close();
    this.#options.closed(this, unexpected ? error.message : null);
  }
}
