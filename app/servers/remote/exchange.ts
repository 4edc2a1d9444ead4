import type { ResponseHead } from '../../dial/http/index.ts';
import type { Frame } from '../../mcp/jsonrpc/index.ts';
import { Pieces } from '../../mcp/jsonrpc/index.ts';
import { JsonFrames, mediaType } from './channel.ts';
import type { RemoteFault } from './end.ts';
import { EventStreamReader } from './event-stream.ts';
import type { PeerHttp } from './http.ts';
import { fieldOf, type HttpListener, type HttpRequest, type SentRequest } from './request.ts';

/** The newest messages of one stream by the ids of their events: short requests whole, as a person may be asked by them, of others the length. */
export type Seen = Map<string, Buffer | number>;
const MOST_SEEN = 256;
const SHORT = 16 * 1024;

/** Bytes read of the body of an HTTP error. */
const ERROR_BYTES = 64 * 1024;

/** The fault that an HTTP error is. */
export function statusFault(error: Extract<Outcome, { kind: 'error' }>, http: PeerHttp): RemoteFault {
  const { status, reason, retryAfter } = error;
  return { kind: 'status', status, reason, ...(retryAfter === null ? {} : { retryAfter }), ...http.credentials };
}

/** What an HTTP answer amounts to, once its content has come. */
export type Outcome =
  /** Complete. `status` is of the 2xx; `carried` says whether the content was JSON-RPC or an event stream. */
  | { readonly kind: 'complete'; readonly status: number; readonly carried: boolean }
  /** An HTTP error with its body. `retryAfter` is in seconds; null where nothing is said of that. */
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly reason: string;
      readonly retryAfter: number | null;
      readonly body: Buffer;
    }
  /** An event stream that broke off. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'fault'; readonly fault: RemoteFault };

export interface ExchangeListener {
  /** The head of a 2xx. */
  taken?(head: ResponseHead, isStream: boolean, url: URL): void;
  frames(frames: readonly Frame[]): void;
  /** An event that is no message. */
  event?(type: string, data: Buffer): void;
  oversized(start: Buffer, end: Buffer): void;
  /** An event that is to be a message, and is none. */
  garbage(data: Buffer): void;
  sent?(): void;
  /** Called once, last. */
  over(outcome: Outcome): void;
}

/**
 * One HTTP request and what its answer carries: a JSON text, an event stream, or neither. For a stream it knows where to go on, by
 * the id of the last event and the time to wait (2025-11-25 transports, Resumability and Redelivery).
 */
export class Exchange implements HttpListener {
  readonly #listener: ExchangeListener;
  readonly #limit: () => number;
  /** Made for the first message: most answers to what a client posts at HTTP+SSE carry none. */
  #json: JsonFrames | null = null;
  readonly #body = new Pieces();
  readonly #request: SentRequest;
  #head: ResponseHead | null = null;
  #stream: EventStreamReader | null = null;
  /** Frames of the piece of content at hand. */
  #frames: Frame[] = [];
  #isAborted = false;
  /** Whether the content is read over. */
  #ignores = false;
  /** Id of the last event of the stream; null while there was none. */
  lastEventId: string | null = null;
  /** Milliseconds to wait before the stream is asked for again. */
  retry = 0;
  /** What the stream has brought, also before it was resumed; null while that is nothing with an id. */
  seen: Seen | null;
  readonly #before: ReadonlyMap<string, Buffer | number> | null;

  /** `seen` is that of the stream that this one goes on with: some remotes repeat events from before `Last-Event-ID`, which count once. */
  constructor(
    http: PeerHttp,
    request: HttpRequest,
    limit: () => number,
    listener: ExchangeListener,
    seen: Seen | null = null,
  ) {
    this.seen = seen;
    // What comes by this connection is none of it: some give all events of a stream the same id.
    this.#before = seen === null ? null : new Map(seen);
    this.#listener = listener;
    this.#limit = limit;
    this.#request = http.send(request, this);
  }

  get isStream(): boolean {
    return this.#stream !== null;
  }

  pause(): void {
    this.#request.pause();
  }

  resume(): void {
    this.#request.resume();
  }

  /** The listener hears nothing more. */
  abort(): void {
    this.#isAborted = true;
    this.#request.abort();
  }

  sent(): void {
    this.#listener.sent?.();
  }

  head(head: ResponseHead, url: URL): void {
    this.#head = head;
    if (head.status >= 300) return;
    const type = mediaType(fieldOf(head, 'content-type'));
    if (type === 'text/event-stream') {
      this.#stream = new EventStreamReader(this.#limit, {
        event: (name, data, id) => this.#event(name, data, id),
        id: (id) => {
          // An empty one takes back what was said (WHATWG HTML section 9.2.6).
          this.lastEventId = id === '' ? null : id;
        },
        retry: (milliseconds) => {
          this.retry = Math.min(milliseconds, 60_000);
        },
        oversized: (start, end) => this.#listener.oversized(start, end),
      });
    }
    this.#listener.taken?.(head, this.isStream, url);
  }

  content(bytes: Buffer): void {
    if (this.#isAborted || this.#ignores) return;
    if (this.#stream !== null) {
      this.#stream.push(bytes);
      this.#flush();
      return;
    }
    const most = (this.#head?.status ?? 0) >= 300 ? ERROR_BYTES : this.#limit();
    if (this.#body.bytes + bytes.length <= most) {
      this.#body.push(bytes, true);
    } else if (most === ERROR_BYTES) {
      this.#ignores = true;
    } else {
      this.abort();
      this.#listener.over({ kind: 'fault', fault: { kind: 'too-long', limit: most } });
    }
  }

  complete(): void {
    if (this.#isAborted) return;
    const { status = 0, reason = '' } = this.#head ?? {};
    if (this.#stream !== null) return this.#listener.over({ kind: 'complete', status, carried: true });
    const body = this.#body.join();
    if (status >= 300) {
      const retryAfter = this.#head === null ? null : retryAfterIn(this.#head);
      return this.#listener.over({ kind: 'error', status, reason: reason.slice(0, 60), retryAfter, body });
    }
    const frames = body.length === 0 ? null : this.#read(body);
    if (frames !== null && frames.length > 0) this.#listener.frames(frames);
    this.#listener.over({ kind: 'complete', status, carried: frames !== null && frames.length > 0 });
  }

  failed(fault: RemoteFault): void {
    if (this.#isAborted) return;
    this.#listener.over(this.#stream === null ? { kind: 'fault', fault } : { kind: 'cut' });
  }

  /** The type of the content, for a sentence. */
  get type(): string {
    return this.#head === null ? '' : mediaType(fieldOf(this.#head, 'content-type')).slice(0, 60);
  }

  #event(type: string, data: Buffer, id: string | null): void {
    if (type !== '' && type !== 'message') return this.#listener.event?.(type, data);
    // The priming event of 2025-11-25 has an id and no data.
    if (data.length === 0) return;
    const frames = this.#read(data);
    if (frames === null) this.#listener.garbage(data);
    else if (id === null) this.#frames.push(...frames);
    else for (const frame of frames) if (!this.#isRepeated(id, frame)) this.#frames.push(frame);
  }

  #isRepeated(id: string, frame: Frame): boolean {
    // An answer is never one too many: its request is answered once.
    if (frame.kind === 'response') return false;
    const told = this.#before?.get(id);
    if (told !== undefined && (typeof told === 'number' ? told === frame.bytes.length : told.equals(frame.bytes))) {
      return true;
    }
    this.seen ??= new Map();
    const { kind, bytes } = frame;
    this.seen.set(id, kind === 'request' && bytes.length <= SHORT ? Buffer.from(bytes) : bytes.length);
    const [oldest] = this.seen.keys();
    if (this.seen.size > MOST_SEEN && oldest !== undefined) this.seen.delete(oldest);
    return false;
  }

  #read(json: Buffer): readonly Frame[] | null {
    this.#json ??= new JsonFrames();
    return this.#json.read(json);
  }

  #flush(): void {
    if (this.#frames.length === 0) return;
    const frames = this.#frames;
    this.#frames = [];
    this.#listener.frames(frames);
  }
}

/** Seconds that are believed: what asks for more is asked again after an hour. */
const LONGEST = 3600;

/**
 * Whole seconds after which an answer asks to be sent its request again (RFC 9110 section 10.2.3): a number, or a date, which is measured by
 * the clock that the answer itself names. Null where it says nothing.
 */
function retryAfterIn(head: ResponseHead): number | null {
  const written = fieldOf(head, 'retry-after').trim();
  if (/^\d+(?:\.\d+)?$/.test(written)) return Math.min(Math.ceil(Number(written)), LONGEST);
  const at = Date.parse(written);
  if (Number.isNaN(at)) return null;
  const now = Date.parse(fieldOf(head, 'date'));
  const seconds = Math.ceil((at - (Number.isNaN(now) ? Date.now() : now)) / 1000);
  return Math.min(Math.max(seconds, 0), LONGEST);
}
