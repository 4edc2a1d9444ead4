import type { Frame } from '../../mcp/jsonrpc/index.ts';
import { type Channel, errorIn, hasVersionHeader, isSessionGone } from './channel.ts';
import type { RemoteFault } from './end.ts';
import { Exchange, type Outcome, statusFault } from './exchange.ts';
import { overTlsAs } from './request.ts';
import { type ChannelContext, isRead } from './streamable.ts';

/** Milliseconds until the `endpoint` event has to be there. */
const ENDPOINT = 10_000;

/** Messages that are posted at one time; each has a connection to itself. */
const MOST_OPEN = 128;

/** Why there is no stream. `canBeOther` when the server may speak another transport at that URL. */
export type NoStream = { readonly fault: RemoteFault; readonly canBeOther: boolean };

/**
 * HTTP+SSE of 2024-11-05: one GET stream brings everything, and its first event names where messages are posted. The session is the
 * stream, and ends with it.
 */
export class HttpSseChannel implements Channel {
  readonly #context: ChannelContext;
  readonly #opened: (failed: NoStream | null) => void;
  readonly #stream: Exchange;
  readonly #posts = new Set<Exchange>();
  /** Messages that wait until one of those that are posted is answered. */
  #queue: Frame[] = [];
  readonly #timer: NodeJS.Timeout;
  #from: URL;
  #endpoint: URL | null = null;
  #revision: string | null = null;
  #waiting = 0;
  #isSettled = false;
  #isClosed = false;

  /** Opens the stream; `opened` is called once, with null when messages can be sent. */
  constructor(context: ChannelContext, opened: (failed: NoStream | null) => void) {
    const { http, url, limit, owner } = context;
    this.#context = context;
    this.#opened = opened;
    this.#from = url;
    const fields = ['Accept', 'text/event-stream', 'Cache-Control', 'no-store'];
    this.#stream = new Exchange(http, { method: 'GET', url, fields, body: null, isSafe: true }, limit, {
      taken: (_head, isStream, from) => this.#taken(isStream, from),
      frames: (frames) => owner.frames(frames, null),
      event: (type, data) => {
        if (type === 'endpoint' && this.#endpoint === null) this.#found(data.toString().trim());
      },
      oversized: (start, end) => owner.oversized(start, end),
      garbage: (data) => owner.garbage(data),
      over: (outcome) => this.#over(outcome),
    });
    this.#timer = setTimeout(() => {
      this.#stream.abort();
      this.#settle({ fault: { kind: 'no-endpoint', seconds: ENDPOINT / 1000 }, canBeOther: false });
    }, ENDPOINT);
  }

  get waiting(): number {
    let queued = 0;
    for (const { bytes } of this.#queue) queued += bytes.length;
    return this.#waiting + queued;
  }

  send(message: Frame): void {
    const url = this.#endpoint;
    if (url === null) throw new Error('a message before the endpoint is known');
    if (this.#posts.size < MOST_OPEN) this.#post(url, message);
    else this.#queue.push(message);
  }

  #post(url: URL, message: Frame): void {
    const { http, limit, owner } = this.#context;
    const { bytes } = message;
    const version =
      this.#revision !== null && hasVersionHeader(this.#revision) ? ['MCP-Protocol-Version', this.#revision] : [];
    const fields = ['Content-Type', 'application/json', 'Accept', 'application/json, text/event-stream', ...version];
    let unsent = bytes.length;
    const sent = (): void => {
      if (unsent === 0) return;
      this.#waiting -= unsent;
      unsent = 0;
      owner.drained();
    };
    this.#waiting += unsent;
    const request = { method: 'POST', url, fields, body: bytes, isSafe: isRead(message) } as const;
    const post: Exchange = new Exchange(http, request, limit, {
      // Whatever content follows, and however late.
      taken: () => {
        if (message.kind !== 'request') owner.accepted(message);
      },
      // Some servers answer a request where it was posted; most say "Accepted" there.
      frames: (frames) => owner.frames(frames, message.kind === 'request' ? message : null),
      oversized: (start, end) => owner.oversized(start, end),
      garbage: () => undefined,
      sent,
      over: (outcome) => {
        sent();
        this.#posts.delete(post);
        const next = this.#isClosed ? undefined : this.#queue.shift();
        if (next !== undefined) this.#post(url, next);
        this.#posted(message, outcome);
        if (next !== undefined) owner.drained();
      },
    });
    this.#posts.add(post);
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  agreed(revision: string): void {
    this.#revision = revision;
  }

  watch(): void {
    // The stream that there is brings everything.
  }

  /** The stream is the session; with answers under way it is given its chance. */
  reconnect(isIdle: boolean): void {
    if (!isIdle || !this.#isSettled || this.#isClosed) return;
    this.#stream.abort();
    this.#context.owner.lost(null);
  }

  retire(): void {
    void this.close();
  }

  close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#stream.abort();
    for (const post of this.#posts) post.abort();
    this.#posts.clear();
    this.#queue = [];
    return Promise.resolve();
  }

  #taken(isStream: boolean, from: URL): void {
    this.#from = from;
    if (isStream) return;
    const { type } = this.#stream;
    this.#stream.abort();
    this.#settle({ fault: { kind: 'not-mcp', type }, canBeOther: true });
  }

  /** A URI, relative to the stream's (2024-11-05 transports); another origin would get our headers. */
  #found(written: string): void {
    const named = URL.parse(written, this.#from.href);
    const endpoint = named === null ? null : overTlsAs(this.#from, named);
    if (endpoint === null || endpoint.origin !== this.#from.origin) {
      this.#stream.abort();
      const to = endpoint === null ? written.slice(0, 60) : endpoint.origin;
      return this.#settle({ fault: { kind: 'foreign-endpoint', to }, canBeOther: false });
    }
    endpoint.hash = '';
    this.#endpoint = endpoint;
    this.#settle(null);
  }

  #settle(failed: NoStream | null): void {
    if (this.#isSettled || this.#isClosed) return;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#opened(failed);
  }

  #over(outcome: Outcome): void {
    if (this.#isClosed) return;
    if (this.#isSettled) return this.#context.owner.lost(null);
    switch (outcome.kind) {
      case 'error': {
        const { status } = outcome;
        const fault = statusFault(outcome, this.#context.http);
        const canBeOther = status === 400 || status === 404 || status === 405 || status === 406;
        return this.#settle({ fault, canBeOther });
      }
      case 'fault':
        return this.#settle({ fault: outcome.fault, canBeOther: false });
      case 'cut':
      case 'complete':
        return this.#settle({ fault: { kind: 'cut' }, canBeOther: false });
      default:
        outcome satisfies never;
    }
  }

  #posted(message: Frame, outcome: Outcome): void {
    const { owner, http } = this.#context;
    switch (outcome.kind) {
      case 'complete':
      case 'cut':
        return;
      case 'error': {
        const { status, body } = outcome;
        const fault = statusFault(outcome, http);
        const answer = errorIn(body);
        const isLost = message.kind === 'request' && isSessionGone(status, body);
        return isLost ? owner.lost(message, { fault, answer }) : owner.failed(message, fault, answer);
      }
      case 'fault':
        return owner.failed(message, outcome.fault, null);
      default:
        outcome satisfies never;
    }
  }
}
