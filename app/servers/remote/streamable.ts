import type { ResponseHead } from '../../dial/http/index.ts';
import { claimsModern, META } from '../../mcp/index.ts';
import {
  type Frame,
  idIn,
  type JsonRpcId,
  memberOf,
  type NotificationFrame,
  parsedJson,
  type RequestFrame,
} from '../../mcp/jsonrpc/index.ts';
import { type Channel, type ChannelOwner, errorIn, hasVersionHeader, isSessionGone, waitBefore } from './channel.ts';
import { Exchange, type Outcome } from './exchange.ts';
import { fieldOf, type RemoteHttp } from './http.ts';
import { modernFields } from './modern-headers.ts';

/** Requests under way at one time; each has a connection to itself. */
const MOST_OPEN = 128;

/** Attempts in a row to get a cut stream back, before its request is given up. */
const MOST_ATTEMPTS = 5;

/** Milliseconds for the farewell: a remote that is gone must not hold anything up. */
const FAREWELL = 1000;

const SESSION_FIELD = 'mcp-session-id';

/** Both must be taken (2025-11-25 transports, Sending Messages to the Server). */
const POST_FIELDS = ['Content-Type', 'application/json', 'Accept', 'application/json, text/event-stream'] as const;

export interface ChannelContext {
  readonly http: RemoteHttp;
  readonly url: URL;
  /** Bytes of the longest message taken. */
  readonly limit: () => number;
  readonly owner: ChannelOwner;
}

/** A stream that is asked for again whenever it ends. */
interface Following {
  exchange: Exchange | null;
  timer: NodeJS.Timeout | null;
  attempts: number;
  lastEventId: string | null;
  retry: number;
}

/**
 * Streamable HTTP, 2025-03-26 to 2025-11-25, and the stateless requests of 2026-07-28: each message is a POST of its own, answered
 * by JSON or by a stream. A stream that is cut is resumed where it has event ids; a GET stream brings what belongs to no request.
 */
export class StreamableChannel implements Channel {
  readonly #context: ChannelContext;
  readonly #open = new Set<Exchange>();
  /** Requests that wait until one of those under way has its answer. */
  #queue: RequestFrame[] = [];
  #requests = 0;
  #url: URL;
  #sessionId: string | null = null;
  #revision: string | null = null;
  #waiting = 0;
  /** Stateless requests by id: closing the connection is how one is cancelled (2026-07-28, Cancellation). */
  readonly #stateless = new Map<JsonRpcId, Exchange>();
  #watch: Following | null = null;
  readonly #resuming = new Set<NodeJS.Timeout>();
  #isPaused = false;
  #isClosed = false;

  constructor(context: ChannelContext) {
    this.#context = context;
    this.#url = context.url;
  }

  get waiting(): number {
    let queued = 0;
    for (const { bytes } of this.#queue) queued += bytes.length;
    return this.#waiting + queued;
  }

  send(message: Frame): void {
    if (message.kind === 'notification' && this.#cancels(message)) return;
    if (message.kind !== 'request') this.#post(message);
    else if (this.#requests < MOST_OPEN) this.#begin(message);
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
    if (this.#watch !== null || (this.#sessionId === null && !isTalkative)) return;
    this.#watch = { exchange: null, timer: null, attempts: 0, lastEventId: null, retry: 0 };
    this.#follow(this.#watch);
  }

  retire(): void {
    this.#sessionId = null;
    for (const request of this.#queue.splice(0)) this.#context.owner.lost(request);
    const watch = this.#watch;
    if (watch?.exchange) {
      watch.exchange.abort();
      this.#open.delete(watch.exchange);
    }
    if (watch?.timer) clearTimeout(watch.timer);
    this.#watch = null;
  }

  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    for (const exchange of this.#open) exchange.abort();
    this.#open.clear();
    for (const timer of this.#resuming) clearTimeout(timer);
    if (this.#watch?.timer) clearTimeout(this.#watch.timer);
    this.#queue = [];
    return this.#sessionId === null ? Promise.resolve() : this.#farewell();
  }

  /** DELETE; a server that has no such thing says 405, and is right (2025-11-25 transports, Session Management). */
  #farewell(): Promise<void> {
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
      }, FAREWELL);
    });
  }

  /** Whether a notification cancels a stateless request, which then has been done. */
  #cancels({ method, bytes }: NotificationFrame): boolean {
    if (this.#revision !== null || method !== 'notifications/cancelled') return false;
    const id = idIn(memberOf(bytes, 'params'), 'requestId');
    const exchange = id === undefined ? undefined : this.#stateless.get(id);
    if (id === undefined || exchange === undefined) return false;
    this.#stateless.delete(id);
    this.#open.delete(exchange);
    exchange.abort();
    this.#ended();
    return true;
  }

  #begin(request: RequestFrame): void {
    this.#requests++;
    this.#post(request);
  }

  /** A request has its answer, or will get none. */
  #ended(): void {
    this.#requests--;
    const next = this.#queue.shift();
    if (next === undefined) return;
    this.#begin(next);
    this.#context.owner.drained();
  }

  #post(message: Frame): void {
    const { http, limit, owner } = this.#context;
    const { bytes } = message;
    const modern = this.#revision === null && claimsModern(bytes) ? bytes : null;
    const fields = [...POST_FIELDS, ...(modern === null ? this.#fields() : modernFields(message, versionIn(modern)))];
    const hadSession = this.#sessionId !== null;
    let unsent = bytes.length;
    const sent = (): void => {
      if (unsent === 0) return;
      this.#waiting -= unsent;
      unsent = 0;
      owner.drained();
    };
    this.#waiting += unsent;
    const asked = message.kind === 'request' ? message : null;
    const request = { method: 'POST', url: this.#url, fields, body: bytes, isSafe: isRead(message) } as const;
    const exchange: Exchange = new Exchange(http, request, limit, {
      taken: (head, _isStream, url) => this.#taken(message, head, url),
      frames: (frames) => owner.frames(frames, asked),
      oversized: (start, end) => owner.oversized(start, end),
      garbage: (data) => owner.garbage(data),
      sent,
      over: (outcome) => {
        sent();
        if (modern !== null && asked !== null) this.#stateless.delete(asked.id);
        this.#open.delete(exchange);
        if (message.kind === 'request') this.#requestOver(message, exchange, outcome, hadSession);
        else this.#messageOver(message, outcome, hadSession);
      },
    });
    if (modern !== null && asked !== null) this.#stateless.set(asked.id, exchange);
    this.#add(exchange);
  }

  #add(exchange: Exchange): void {
    this.#open.add(exchange);
    if (this.#isPaused) exchange.pause();
  }

  #taken(message: Frame, head: ResponseHead, url: URL): void {
    // Where `/mcp` leads to `/mcp/`, everything else goes there at once.
    this.#url = url;
    if (message.kind !== 'request' || message.method !== 'initialize') return;
    const id = fieldOf(head, SESSION_FIELD);
    // Visible ASCII only, as the specification has it: anything else could not be sent back.
    this.#sessionId = /^[\x21-\x7e]{1,1024}$/.test(id) ? id : null;
  }

  #requestOver(request: RequestFrame, exchange: Exchange, outcome: Outcome, hadSession: boolean): void {
    const { owner } = this.#context;
    switch (outcome.kind) {
      case 'error':
        this.#ended();
        if (hadSession && isSessionGone(outcome.status, outcome.body)) owner.lost(request);
        else owner.failed(request, this.#status(outcome), errorIn(outcome.body));
        return;
      case 'fault':
        this.#ended();
        return owner.failed(request, outcome.fault, null);
      case 'cut':
      case 'complete':
        if (!owner.awaits(request)) return this.#ended();
        if (exchange.isStream && exchange.lastEventId !== null) {
          const { lastEventId, retry } = exchange;
          return this.#resumeLater({ request, lastEventId, retry, attempts: 0 });
        }
        this.#ended();
        if (outcome.kind === 'cut' || exchange.isStream) return owner.failed(request, { kind: 'cut' }, null);
        return owner.failed(request, unansweredBy(exchange, outcome.status, outcome.carried), null);
      default:
        outcome satisfies never;
    }
  }

  #messageOver(message: Frame, outcome: Outcome, hadSession: boolean): void {
    const { owner } = this.#context;
    switch (outcome.kind) {
      case 'complete':
        return owner.accepted(message);
      case 'error':
        if (hadSession && isSessionGone(outcome.status, outcome.body)) return owner.lost(message);
        return owner.failed(message, this.#status(outcome), null);
      case 'fault':
        return owner.failed(message, outcome.fault, null);
      case 'cut':
        // Whatever was to come by it: the message itself was taken.
        return owner.accepted(message);
      default:
        outcome satisfies never;
    }
  }

  #status({ status, reason }: Extract<Outcome, { kind: 'error' }>) {
    return { kind: 'status', status, reason, ...this.#context.http.credentials } as const;
  }

  /** Goes on with the stream that a request is answered by, as often as it is cut, as long as the remote has it. */
  #resumeLater(stream: { request: RequestFrame; lastEventId: string; retry: number; attempts: number }): void {
    const wait = stream.attempts === 0 ? stream.retry : waitBefore(stream.attempts - 1, stream.retry);
    const timer = setTimeout(() => {
      this.#resuming.delete(timer);
      this.#resume(stream);
    }, wait);
    this.#resuming.add(timer);
  }

  #resume(stream: { request: RequestFrame; lastEventId: string; retry: number; attempts: number }): void {
    const { owner } = this.#context;
    const { request, lastEventId } = stream;
    const give = (kind: 'cut' | 'session-lost'): void => {
      this.#ended();
      owner.failed(request, { kind }, null);
    };
    const exchange: Exchange = this.#get(lastEventId, request, (outcome) => {
      this.#open.delete(exchange);
      if (!owner.awaits(request)) return this.#ended();
      const next = { request, lastEventId: exchange.lastEventId ?? lastEventId, retry: exchange.retry || stream.retry };
      if (outcome.kind === 'complete' || outcome.kind === 'cut') {
        if (exchange.isStream) return this.#resumeLater({ ...next, attempts: 0 });
        return give('cut');
      }
      if (outcome.kind === 'error' && isSessionGone(outcome.status, outcome.body)) {
        give('session-lost');
        return owner.lost(null);
      }
      const isOver = outcome.kind === 'error' && outcome.status < 500;
      if (isOver || stream.attempts + 1 >= MOST_ATTEMPTS) return give('cut');
      this.#resumeLater({ ...next, attempts: stream.attempts + 1 });
    });
  }

  /** GET with the stream that belongs to no request. 4xx at its first attempt says that there is none, whichever number it has. */
  #follow(watch: Following): void {
    const { owner } = this.#context;
    const isFirst = watch.attempts === 0 && watch.exchange === null && watch.lastEventId === null;
    let opened = false;
    const exchange: Exchange = this.#get(
      watch.lastEventId,
      null,
      (outcome) => {
        this.#open.delete(exchange);
        watch.lastEventId = exchange.lastEventId ?? watch.lastEventId;
        watch.retry = exchange.retry || watch.retry;
        if (outcome.kind === 'error' && outcome.status < 500) {
          if (!isFirst && isSessionGone(outcome.status, outcome.body)) owner.lost(null);
          return;
        }
        // Content that is no event stream: a page, or an endpoint for something else.
        if (outcome.kind === 'complete' && !opened) return;
        if (opened) watch.attempts = 0;
        watch.timer = setTimeout(() => this.#follow(watch), waitBefore(watch.attempts++, watch.retry));
      },
      (isStream) => {
        opened = isStream;
      },
    );
    watch.exchange = exchange;
  }

  #get(
    lastEventId: string | null,
    request: RequestFrame | null,
    over: (outcome: Outcome) => void,
    taken?: (isStream: boolean) => void,
  ): Exchange {
    const { http, limit, owner } = this.#context;
    const last = lastEventId === null ? [] : ['Last-Event-ID', lastEventId];
    const fields = ['Accept', 'text/event-stream', ...this.#fields(), ...last];
    const exchange = new Exchange(http, { method: 'GET', url: this.#url, fields, body: null, isSafe: true }, limit, {
      taken: (_head, isStream) => taken?.(isStream),
      frames: (frames) => owner.frames(frames, request),
      oversized: (start, end) => owner.oversized(start, end),
      garbage: (data) => owner.garbage(data),
      over,
    });
    this.#add(exchange);
    return exchange;
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

function versionIn(modern: Buffer): string {
  const params = memberOf(modern, 'params');
  const meta = params && memberOf(params, '_meta');
  const version = meta && parsedJson(memberOf(meta, META.protocolVersion));
  return typeof version === 'string' ? version : '';
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
