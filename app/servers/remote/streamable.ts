import type { ResponseHead } from '../../dial/http/index.ts';
import { claimsModern } from '../../mcp/index.ts';
import {
  CODE,
  type Frame,
  idIn,
  type JsonRpcId,
  memberOf,
  type NotificationFrame,
  parsedJson,
  type RequestFrame,
  type ResponseFrame,
} from '../../mcp/jsonrpc/index.ts';
import { type Channel, type ChannelOwner, errorIn, hasVersionHeader, isOtherEra, isSessionGone } from './channel.ts';
import type { RemoteFault } from './end.ts';
import { Exchange, type Outcome, statusFault } from './exchange.ts';
import { GetStreams } from './get-streams.ts';
import type { PeerHttp } from './http.ts';
import { type AnnotatedTools, standardFields } from './mirrored-headers.ts';
import { fieldOf, isEmpty } from './request.ts';

/** Requests under way at one time, and as many other messages; each has a connection to itself. */
const MOST_OPEN = 128;

/** Answers that are read on although nothing is waited for by them, for a server that does not end them. */
const MOST_LINGERING = 64;

/** Milliseconds that calls wait for the stream of what belongs to no request to be asked for. */
const WATCH_TIMEOUT = 500;

/** Milliseconds for the DELETE of a session: a remote that is gone must not hold anything up. */
const DELETE_TIMEOUT = 1000;

const SESSION_FIELD = 'mcp-session-id';

/** Both must be taken (2025-11-25 transports, Sending Messages to the Server). */
const POST_FIELDS = ['Content-Type', 'application/json', 'Accept', 'application/json, text/event-stream'] as const;

export interface ChannelContext {
  readonly http: PeerHttp;
  readonly url: URL;
  /** Bytes of the longest message taken. */
  readonly limit: () => number;
  /** What the remote's tools want repeated in headers. */
  readonly tools: AnnotatedTools;
  readonly owner: ChannelOwner;
}

interface Asked {
  readonly request: RequestFrame;
  readonly exchange: Exchange;
}

/**
 * Streamable HTTP, 2025-03-26 to 2025-11-25, and the stateless requests of 2026-07-28: each message is a POST of its own, answered
 * by JSON or by a stream. A stream that is cut is resumed where it has event ids; a GET stream brings what belongs to no request.
 */
export class StreamableChannel implements Channel {
  readonly #context: ChannelContext;
  readonly #open = new Set<Exchange>();
  /** Requests that wait until one of those under way has its answer, or the GET stream has been asked for. */
  #queue: RequestFrame[] = [];
  #requests = 0;
  /** Notifications and responses that the remote has not taken yet, and those that wait until it has taken one of them. */
  readonly #statements = new Set<Exchange>();
  #unstated: Frame[] = [];
  #url: URL;
  #sessionId: string | null = null;
  #revision: string | null = null;
  #waiting = 0;
  /** Requests under way by id. */
  readonly #asked = new Map<JsonRpcId, Asked>();
  /** Bytes of messages that the remote has not taken yet. */
  readonly #unsent = new Map<Exchange, number>();
  /** What is still read of answers by which nothing is waited for any more, the oldest first. */
  readonly #lingering = new Set<Exchange>();
  /**
   * Requests that were taken with 202, whose answers are to come by the GET stream: so does the official SDK for Ruby, and servers made after
   * HTTP+SSE.
   */
  readonly #promised = new Map<JsonRpcId, RequestFrame>();
  /** Calls that were made again with other headers. */
  readonly #corrected = new WeakSet<RequestFrame>();
  readonly #streams: GetStreams;
  /** While calls wait for the GET stream to be asked for: many a server drops what it says during a call before there is one. */
  #watchTimer: NodeJS.Timeout | null = null;
  #isPaused = false;
  #isClosed = false;

  constructor(context: ChannelContext) {
    this.#context = context;
    this.#url = context.url;
    const { http, limit, owner } = context;
    this.#streams = new GetStreams({
      http,
      limit,
      owner,
      session: () => ({ url: this.#url, fields: this.#fields() }),
      opened: (exchange) => this.#add(exchange),
      closed: (exchange) => void this.#open.delete(exchange),
      watched: () => this.#watched(),
      ended: () => this.#ended(),
      answered: (exchange) => this.#linger(exchange),
      heard: () => {
        if (this.#promised.size > 0) this.#keepPromises();
      },
      broken: (wasOpen) => {
        if (this.#promised.size > 0)
          this.#breakPromises(wasOpen ? { kind: 'cut' } : { kind: 'unanswered', status: 202 });
      },
    });
  }

  get waiting(): number {
    let queued = 0;
    for (const { bytes } of this.#queue) queued += bytes.length;
    for (const { bytes } of this.#unstated) queued += bytes.length;
    return this.#waiting + queued;
  }

  send(message: Frame): void {
    if (message.kind === 'notification' && this.#cancels(message)) return;
    if (message.kind !== 'request' && this.#statements.size < MOST_OPEN) this.#post(message);
    else if (message.kind !== 'request') this.#unstated.push(message);
    else if (this.#requests < MOST_OPEN && (this.#watchTimer === null || isRead(message))) this.#begin(message);
    else this.#queue.push(message);
  }

  pause(): void {
    this.#isPaused = true;
    for (const exchange of this.#open) exchange.pause();
  }

  resume(): void {
    this.#isPaused = false;
    for (const exchange of this.#open) exchange.resume();
  }

  agreed(revision: string): void {
    this.#revision = revision;
  }

  /** A server without a session that announces nothing has nothing to say by a GET stream; many open one all the same, and are silent. */
  watch(isTalkative: boolean): void {
    if (this.#sessionId === null && !isTalkative) return;
    this.#watchTimer ??= setTimeout(() => this.#watched(), WATCH_TIMEOUT);
    this.#streams.watch();
  }

  #watched(): void {
    if (this.#watchTimer === null) return;
    clearTimeout(this.#watchTimer);
    this.#watchTimer = null;
    this.#beginQueued();
  }

  /** Answers that can be gone on with come by other connections; the rest is given its chance. */
  reconnect(): void {
    this.#streams.reopen();
    for (const [id, { request, exchange }] of this.#asked) {
      const { lastEventId, isStream } = exchange;
      if (!isStream || lastEventId === null || this.#sessionId === null) continue;
      this.#asked.delete(id);
      this.#drop(exchange);
      this.#streams.resume(request, lastEventId, exchange);
    }
  }

  retire(): void {
    this.#sessionId = null;
    this.#breakPromises({ kind: 'session-lost' });
    for (const request of this.#queue.splice(0)) this.#context.owner.lost(request);
    this.#unstated = [];
    this.#watched();
    this.#streams.unwatch();
  }

  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    this.#unstated = [];
    for (const exchange of this.#open) this.#drop(exchange);
    this.#streams.close();
    this.#promised.clear();
    this.#queue = [];
    this.#watched();
    return this.#sessionId === null ? Promise.resolve() : this.#deleteSession();
  }

  /** DELETE; a server that has no such thing says 405, and is right (2025-11-25 transports, Session Management). */
  #deleteSession(): Promise<void> {
    const { http, limit } = this.#context;
    return new Promise((resolve) => {
      const over = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const request = { method: 'DELETE', url: this.#url, fields: this.#fields(), body: null, isSafe: true } as const;
      const nothing = () => undefined;
      const listener = { frames: nothing, oversized: nothing, garbage: nothing, over };
      const exchange = new Exchange(http, request, limit, listener);
      const timer = setTimeout(() => {
        exchange.abort();
        resolve();
      }, DELETE_TIMEOUT);
    });
  }

  /**
   * Whether the remote need not hear of a cancelled request: one that waits is not sent, and a stateless one is cancelled by closing
   * its connection (2026-07-28, Cancellation). The answer to a request of a session may come all the same, or its stream stay open.
   */
  #cancels({ method, bytes }: NotificationFrame): boolean {
    if (method !== 'notifications/cancelled') return false;
    const id = idIn(memberOf(bytes, 'params'), 'requestId');
    if (id === undefined) return false;
    const queued = this.#queue.findIndex((request) => request.id === id);
    if (queued >= 0) {
      this.#queue.splice(queued, 1);
      // In a later turn: a caller of `send` is not called back meanwhile.
      queueMicrotask(() => this.#context.owner.drained());
      return true;
    }
    if (this.#promised.delete(id)) this.#ended();
    const asked = this.#asked.get(id);
    if (asked === undefined) return false;
    this.#asked.delete(id);
    if (this.#revision !== null) {
      this.#linger(asked.exchange);
      return false;
    }
    this.#drop(asked.exchange);
    this.#ended();
    return true;
  }

  /** Nothing is waited for by this answer any more. Servers should end it now (2025-11-25 transports), and some do not. */
  #linger(exchange: Exchange): void {
    this.#readOn(exchange);
    this.#ended();
  }

  #readOn(exchange: Exchange): void {
    this.#lingering.add(exchange);
    const [oldest] = this.#lingering;
    if (this.#lingering.size > MOST_LINGERING && oldest !== undefined) this.#drop(oldest);
  }

  /** The remote has taken a notification or a response, or will not. */
  #stated(exchange: Exchange): void {
    if (!this.#statements.delete(exchange) || this.#isClosed) return;
    const next = this.#unstated.shift();
    if (next === undefined) return;
    this.#post(next);
    this.#context.owner.drained();
  }

  #drop(exchange: Exchange): void {
    exchange.abort();
    this.#over(exchange);
  }

  /** Whether nothing was waited for by what is over now. */
  #over(exchange: Exchange): boolean {
    this.#open.delete(exchange);
    this.#sent(exchange);
    this.#stated(exchange);
    return this.#lingering.delete(exchange);
  }

  #sent(exchange: Exchange): void {
    const bytes = this.#unsent.get(exchange);
    if (bytes === undefined) return;
    this.#unsent.delete(exchange);
    this.#waiting -= bytes;
    if (!this.#isClosed) this.#context.owner.drained();
  }

  #begin(request: RequestFrame): void {
    this.#requests++;
    this.#post(request);
  }

  /** A request has its answer, or will get none. */
  #ended(): void {
    this.#requests--;
    if (this.#watchTimer === null) this.#beginQueued();
  }

  /** Some of the answers that were to come by the GET stream may be there. */
  #keepPromises(): void {
    for (const [id, request] of this.#promised) {
      if (this.#context.owner.awaits(request)) continue;
      this.#promised.delete(id);
      this.#ended();
    }
  }

  #breakPromises(fault: RemoteFault): void {
    this.#keepPromises();
    for (const [id, request] of this.#promised) {
      this.#promised.delete(id);
      this.#ended();
      this.#context.owner.failed(request, fault, null);
    }
  }

  #beginQueued(): void {
    const room = this.#queue.splice(0, MOST_OPEN - this.#requests);
    for (const request of room) this.#begin(request);
    if (room.length > 0) this.#context.owner.drained();
  }

  #post(message: Frame): void {
    const { http, limit, owner, tools } = this.#context;
    const { bytes } = message;
    const isModern = this.#revision === null && claimsModern(bytes);
    const own = isModern ? [...standardFields(message), ...tools.fieldsOf(message)] : this.#fields();
    const fields = [...POST_FIELDS, ...own];
    const hadSession = this.#sessionId !== null;
    const asked = message.kind === 'request' ? message : null;
    const listsTools = isModern && asked?.method === 'tools/list';
    const request = { method: 'POST', url: this.#url, fields, body: bytes, isSafe: isRead(message) } as const;
    const exchange: Exchange = new Exchange(http, request, limit, {
      taken: (head, _isStream, url) => {
        this.#taken(message, head, url);
        if (asked !== null) return;
        if (!isEmpty(head)) this.#readOn(exchange);
        this.#stated(exchange);
      },
      frames: (frames) => {
        owner.frames(listsTools ? this.#admitted(frames) : frames, asked);
        if (asked === null || !exchange.isStream || this.#asked.get(asked.id)?.exchange !== exchange) return;
        if (owner.awaits(asked)) return;
        this.#asked.delete(asked.id);
        this.#linger(exchange);
      },
      oversized: (start, end) => owner.oversized(start, end),
      garbage: (data) => owner.garbage(data),
      sent: () => this.#sent(exchange),
      over: (outcome) => {
        if (asked !== null && this.#asked.get(asked.id)?.exchange === exchange) this.#asked.delete(asked.id);
        if (this.#over(exchange)) return;
        if (message.kind === 'request') this.#requestOver(message, exchange, outcome, hadSession);
        else this.#messageOver(message, outcome);
      },
    });
    this.#waiting += bytes.length;
    this.#unsent.set(exchange, bytes.length);
    if (asked === null) this.#statements.add(exchange);
    else this.#asked.set(asked.id, { request: asked, exchange });
    this.#add(exchange);
  }

  #add(exchange: Exchange): void {
    this.#open.add(exchange);
    if (this.#isPaused) exchange.pause();
  }

  #taken(message: Frame, head: ResponseHead, url: URL): void {
    // Where `/mcp` leads to `/mcp/`, everything else goes there at once.
    this.#url = url;
    this.#streams.admitted();
    // Whatever content follows, and however late.
    if (message.kind !== 'request') return this.#context.owner.accepted(message);
    if (message.method !== 'initialize') return;
    const id = fieldOf(head, SESSION_FIELD);
    // Visible ASCII only, as the specification has it: anything else could not be sent back.
    this.#sessionId = /^[\x21-\x7e]{1,1024}$/.test(id) ? id : null;
  }

  #requestOver(request: RequestFrame, exchange: Exchange, outcome: Outcome, hadSession: boolean): void {
    const { owner } = this.#context;
    switch (outcome.kind) {
      case 'error': {
        const answer = errorIn(outcome.body);
        if (this.#isCorrectable(request, answer)) return this.#callAgain(request);
        this.#ended();
        const fault = statusFault(outcome, this.#context.http);
        const isLost = hadSession && isSessionGone(outcome.status, outcome.body);
        if (isLost || (this.#revision !== null && isOtherEra(answer))) owner.lost(request, { fault, answer });
        else owner.failed(request, fault, answer);
        return;
      }
      case 'fault':
        this.#ended();
        return owner.failed(request, outcome.fault, null);
      case 'cut':
      case 'complete':
        if (!owner.awaits(request)) return this.#ended();
        if (exchange.isStream && exchange.lastEventId !== null) {
          return this.#streams.resume(request, exchange.lastEventId, exchange);
        }
        if (outcome.kind === 'complete' && outcome.status === 202 && !outcome.carried && this.#streams.isWatching) {
          this.#promised.set(request.id, request);
          return;
        }
        this.#ended();
        if (outcome.kind === 'cut' || exchange.isStream) return owner.failed(request, { kind: 'cut' }, null);
        return owner.failed(request, unansweredBy(exchange, outcome.status, outcome.carried), null);
      default:
        outcome satisfies never;
    }
  }

  /** Of a session that is gone a notification or a response is of no use to the next one: what is asked next tells. */
  #messageOver(message: Frame, outcome: Outcome): void {
    const { owner } = this.#context;
    if (outcome.kind === 'error') owner.failed(message, statusFault(outcome, this.#context.http), null);
    else if (outcome.kind === 'fault') owner.failed(message, outcome.fault, null);
  }

  #admitted(frames: readonly Frame[]): readonly Frame[] {
    return frames.map((frame) => (frame.kind === 'response' ? this.#context.tools.admit(frame) : frame));
  }

  /** Whether a call was refused for headers that do not fit the tool as it is now (2026-07-28, Server Validation). */
  #isCorrectable(request: RequestFrame, answer: ResponseFrame | null): boolean {
    if (request.method !== 'tools/call' || answer === null || this.#corrected.has(request)) return false;
    const error = memberOf(answer.bytes, 'error');
    return error !== undefined && parsedJson(memberOf(error, 'code')) === CODE.headerMismatch;
  }

  /** Makes a call once more, by what the tools want now. */
  #callAgain(request: RequestFrame): void {
    this.#corrected.add(request);
    void this.#context.tools
      .read(request, (list) => this.#ask(list))
      .then(() => {
        if (this.#isClosed) return;
        if (this.#context.owner.awaits(request)) this.#post(request);
        else this.#ended();
      });
  }

  /** A stateless request of ours. Null when there is no result. */
  #ask(message: RequestFrame): Promise<ResponseFrame | null> {
    const { http, limit } = this.#context;
    const fields = [...POST_FIELDS, ...standardFields(message)];
    const request = { method: 'POST', url: this.#url, fields, body: message.bytes, isSafe: true } as const;
    return new Promise((resolve) => {
      let answer: ResponseFrame | null = null;
      const nothing = () => undefined;
      const exchange: Exchange = new Exchange(http, request, limit, {
        frames: (frames) => {
          answer = frames.find((frame) => frame.kind === 'response') ?? answer;
        },
        oversized: nothing,
        garbage: nothing,
        over: () => {
          this.#open.delete(exchange);
          resolve(answer !== null && memberOf(answer.bytes, 'result') !== undefined ? answer : null);
        },
      });
      this.#open.add(exchange);
    });
  }

  #fields(): readonly string[] {
    const session = this.#sessionId === null ? [] : ['Mcp-Session-Id', this.#sessionId];
    const revision = this.#revision;
    const version = revision !== null && hasVersionHeader(revision) ? ['MCP-Protocol-Version', revision] : [];
    return [...session, ...version];
  }
}

function unansweredBy(exchange: Exchange, status: number, carried: boolean) {
  const isOther = !carried && exchange.type !== '' && exchange.type !== 'application/json';
  return isOther ? ({ kind: 'not-mcp', type: exchange.type } as const) : ({ kind: 'unanswered', status } as const);
}

/** Requests that only read: they may be sent twice. */
const READS: ReadonlySet<string> = new Set([
  'ping',
  'tools/list',
  'prompts/list',
  'prompts/get',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'completion/complete',
  'logging/setLevel',
  'server/discover',
]);

export function isRead(message: Frame): boolean {
  return message.kind === 'request' && READS.has(message.method);
}
