import type { RequestFrame } from '../../mcp/jsonrpc/index.ts';
import { type ChannelOwner, isSessionGone, waitBefore } from './channel.ts';
import { isPassing } from './end.ts';
import { Exchange, type ExchangeListener, type Outcome, type Seen } from './exchange.ts';
import type { PeerHttp } from './http.ts';
import type { HttpRequest } from './request.ts';

/** Attempts in a row to get a cut stream back, before its request is given up. */
const MOST_ATTEMPTS = 5;

/** Milliseconds between two ends of a stream that is ended in order again and again, with and without a time the remote has named. */
const LEAST_RETRY = 50;
const USUAL_RETRY = 1000;

/** The stream that belongs to no request; it is asked for again whenever it ends. */
interface Following {
  exchange: Exchange | null;
  timer: NodeJS.Timeout | null;
  attempts: number;
  lastEventId: string | null;
  retry: number;
  /** It has been asked for, and is not over. */
  isOpen: boolean;
  /** The remote has none. */
  isOver: boolean;
  /** From when on, on the monotonic clock, one that was open and is refused now may be asked for again; null while it is not refused. */
  refusedUntil: number | null;
}

/** Where a stream that has been resumed is to go on, and when. */
function whereabouts(exchange: Exchange, { lastEventId, retry }: Cut): Pick<Cut, 'lastEventId' | 'retry'> {
  return { lastEventId: exchange.lastEventId ?? lastEventId, retry: exchange.retry || retry };
}

/** The stream of an answer that was cut, and where it goes on. */
interface Cut {
  readonly request: RequestFrame;
  readonly lastEventId: string;
  /** What has come by it. */
  readonly seen: Seen;
  /** Milliseconds to wait, as the remote has said. */
  readonly retry: number;
  /** Attempts in a row that have failed. */
  readonly attempts: number;
  /** Whether it was resumed before. */
  readonly again: boolean;
  /** Milliseconds that the last attempt was told to wait. */
  readonly pause?: number;
}

/** Milliseconds that an answer asks to be waited for. */
function pauseOf(outcome: Outcome): number {
  return outcome.kind === 'error' ? (outcome.retryAfter ?? 0) * 1000 : 0;
}

/** What is told of one GET before it is over. */
interface GetListener {
  taken?(isStream: boolean): void;
  heard?(): void;
  sent?(): void;
}

export interface GetStreamsContext {
  readonly http: PeerHttp;
  readonly limit: () => number;
  readonly owner: ChannelOwner;
  /** URL and fields of the session at this moment. */
  readonly session: () => Pick<HttpRequest, 'url' | 'fields'>;
  readonly opened: (exchange: Exchange) => void;
  readonly closed: (exchange: Exchange) => void;
  /** The stream that belongs to no request has been asked for, or cannot be. */
  readonly watched: () => void;
  /** A request has its answer, or will get none. */
  readonly ended: () => void;
  /** The same, and the stream it has come by is open still. */
  readonly answered: (exchange: Exchange) => void;
  /** Messages have come by the stream that belongs to no request. */
  readonly heard: () => void;
  /** That stream is over, and does not go on where it ended. `wasOpen` is false where there was none. */
  readonly broken: (wasOpen: boolean) => void;
}

/**
 * What a session of 2025-03-26 to 2025-11-25 reads by GET: the rest of answers whose stream was cut, and what belongs to no request
 * (2025-11-25 transports, Resumability and Redelivery, Listening for Messages from the Server).
 */
export class GetStreams {
  readonly #context: GetStreamsContext;
  readonly #resuming = new Set<NodeJS.Timeout>();
  /** Streams that were cut and are open again. */
  readonly #resumed = new Map<Exchange, Cut>();
  #watch: Following | null = null;

  constructor(context: GetStreamsContext) {
    this.#context = context;
  }

  /** Opens the stream that belongs to no request, and keeps it open. */
  watch(): void {
    if (this.#watch !== null) return this.#context.watched();
    this.#watch = {
      exchange: null,
      timer: null,
      attempts: 0,
      lastEventId: null,
      retry: 0,
      isOpen: false,
      isOver: false,
      refusedUntil: null,
    };
    this.#follow(this.#watch);
  }

  /** Whether the stream that belongs to no request brings what comes, as far as is known, or will go on where it has ended. */
  get isWatching(): boolean {
    const watch = this.#watch;
    return watch !== null && !watch.isOver && (watch.isOpen || watch.lastEventId !== null);
  }

  /** The remote lets us in: a stream that was refused, as they are when a sign-in ends, is asked for again. */
  admitted(): void {
    const watch = this.#watch;
    if (watch === null || watch.refusedUntil === null || performance.now() < watch.refusedUntil) return;
    this.#follow(watch);
  }

  unwatch(): void {
    const watch = this.#watch;
    if (watch?.exchange) {
      watch.exchange.abort();
      this.#context.closed(watch.exchange);
    }
    if (watch?.timer) clearTimeout(watch.timer);
    this.#watch = null;
  }

  /** Closes the streams that there are, and asks for them at once, or when the remote has said. */
  reopen(): void {
    for (const [exchange, stream] of this.#resumed) {
      this.#resumed.delete(exchange);
      exchange.abort();
      this.#context.closed(exchange);
      this.#resumeLater({ ...stream, ...whereabouts(exchange, stream), attempts: 0 });
    }
    const watch = this.#watch;
    if (watch === null || watch.isOver) return;
    if (watch.timer) clearTimeout(watch.timer);
    watch.exchange?.abort();
    if (watch.exchange) this.#context.closed(watch.exchange);
    watch.attempts = 0;
    watch.lastEventId = watch.exchange?.lastEventId ?? watch.lastEventId;
    if (watch.lastEventId === null) this.#context.broken(true);
    this.#follow(watch);
  }

  /** Exchanges are their owner's to abort. */
  close(): void {
    for (const timer of this.#resuming) clearTimeout(timer);
    if (this.#watch?.timer) clearTimeout(this.#watch.timer);
  }

  /** Goes on with the stream that a request is answered by, as often as it is cut, as long as the remote has it. */
  resume(request: RequestFrame, lastEventId: string, { retry, seen }: Pick<Exchange, 'retry' | 'seen'>): void {
    this.#resumeLater({ request, lastEventId, retry, seen: seen ?? new Map(), attempts: 0, again: false });
  }

  #resumeLater(stream: Cut): void {
    const { attempts, retry, again, pause = 0 } = stream;
    const least = !again ? 0 : retry > 0 ? LEAST_RETRY : USUAL_RETRY;
    const wait = attempts === 0 ? Math.max(retry, least) : Math.max(waitBefore(attempts - 1, retry), pause);
    const timer = setTimeout(() => {
      this.#resuming.delete(timer);
      // Its answer may have come by the other stream meanwhile, or it was cancelled: this one would stay open for nothing.
      if (this.#context.owner.awaits(stream.request)) this.#resume(stream);
      else this.#context.ended();
    }, wait);
    this.#resuming.add(timer);
  }

  #resume(stream: Cut): void {
    const { owner, ended, closed } = this.#context;
    const { request, lastEventId, seen } = stream;
    const give = (kind: 'cut' | 'session-lost'): void => {
      ended();
      owner.failed(request, { kind }, null);
    };
    let isAnswered = false;
    const heard = (): void => {
      if (isAnswered || owner.awaits(request)) return;
      isAnswered = true;
      this.#resumed.delete(exchange);
      this.#context.answered(exchange);
    };
    const exchange: Exchange = this.#get(lastEventId, { request, seen }, { heard }, (outcome) => {
      closed(exchange);
      this.#resumed.delete(exchange);
      if (isAnswered) return;
      if (!owner.awaits(request)) return ended();
      const next = { request, seen, ...whereabouts(exchange, stream), again: true };
      if (outcome.kind === 'complete' || outcome.kind === 'cut') {
        if (exchange.isStream) return this.#resumeLater({ ...next, attempts: 0 });
        return give('cut');
      }
      if (outcome.kind === 'error' && isSessionGone(outcome.status, outcome.body)) {
        give('session-lost');
        return owner.lost(null);
      }
      const isOver = outcome.kind === 'error' && !isPassing(outcome.status);
      if (isOver || stream.attempts + 1 >= MOST_ATTEMPTS) return give('cut');
      this.#resumeLater({ ...next, attempts: stream.attempts + 1, pause: pauseOf(outcome) });
    });
    this.#resumed.set(exchange, stream);
  }

  /** GET with the stream that belongs to no request. 4xx at its first attempt says that there is none, whichever number it has. */
  #follow(watch: Following): void {
    const { owner, closed, watched, heard } = this.#context;
    const isFirst = watch.attempts === 0 && watch.exchange === null && watch.lastEventId === null;
    watch.refusedUntil = null;
    watch.isOpen = true;
    let opened = false;
    const taken = (isStream: boolean): void => {
      opened = isStream;
    };
    const asked = watch.lastEventId;
    const exchange: Exchange = this.#get(
      asked,
      { request: null, seen: null },
      { taken, heard, sent: watched },
      (outcome) => {
        closed(exchange);
        watched();
        watch.isOpen = false;
        watch.lastEventId = exchange.lastEventId ?? watch.lastEventId;
        watch.retry = exchange.retry || watch.retry;
        const isDenied = outcome.kind === 'error' && !isPassing(outcome.status);
        const isOther = outcome.kind === 'complete' && !opened;
        const isGone = isDenied && !isFirst && isSessionGone(outcome.status, outcome.body);
        if (!isGone && (isDenied || isOther || watch.lastEventId === null)) this.#context.broken(opened);
        if (isDenied) {
          const isRefused = !isFirst && (outcome.status === 401 || outcome.status === 403);
          if (isRefused) {
            watch.refusedUntil = performance.now() + waitBefore(watch.attempts++, 0);
            return;
          }
          // Where it cannot go on from there any more, it may begin anew.
          watch.lastEventId = null;
          if (asked !== null && !isGone) return this.#follow(watch);
          watch.isOver = true;
          if (isGone) owner.lost(null);
          return;
        }
        // Content that is no event stream: a page, or an endpoint for something else.
        if (isOther) {
          watch.isOver = true;
          return;
        }
        if (opened) watch.attempts = 0;
        const wait = Math.max(waitBefore(watch.attempts++, watch.retry), pauseOf(outcome));
        watch.timer = setTimeout(() => this.#follow(watch), wait);
      },
    );
    watch.exchange = exchange;
  }

  #get(
    lastEventId: string | null,
    { request, seen }: { readonly request: RequestFrame | null; readonly seen: Seen | null },
    { taken, heard, sent }: GetListener,
    over: (outcome: Outcome) => void,
  ): Exchange {
    const { http, limit, owner, session, opened } = this.#context;
    const { url, fields } = session();
    // As UTF-8 (WHATWG HTML section 9.2.3): heads are written a character a byte.
    const last = lastEventId === null ? [] : ['Last-Event-ID', Buffer.from(lastEventId, 'utf8').toString('latin1')];
    const all = ['Accept', 'text/event-stream', ...fields, ...last];
    const listener: ExchangeListener = {
      taken: (_head, isStream) => taken?.(isStream),
      frames: (frames) => {
        owner.frames(frames, request);
        heard?.();
      },
      oversized: (start, end) => owner.oversized(start, end),
      garbage: (data) => owner.garbage(data),
      sent: () => sent?.(),
      over,
    };
    const get = { method: 'GET', url, fields: all, body: null, isSafe: true } as const;
    const exchange = new Exchange(http, get, limit, listener, seen);
    opened(exchange);
    return exchange;
  }
}
