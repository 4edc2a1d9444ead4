import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isCongested } from '../../base/back-pressure.ts';
import { movedBySleep, type Ticker, type Ticking } from '../../base/clock.ts';
import { isForwarded } from '../../gateway/index.ts';
import { escapeSeparators, type Frame } from '../../mcp/jsonrpc/index.ts';
import type { StreamTimes } from '../context.ts';
import { EVENT, EVENT_END, EventBuffer, type EventIds, type Events, SlabPool } from './event-buffer.ts';

export interface StreamListener {
  /** The client is slow to read. Whatever is sent before `drained` waits in our memory. */
  congested(): void;
  /** What was written has left; there is room again. */
  drained(): void;
  /** The connection is gone, by either side's doing. Called once. */
  closed(): void;
}

/** Always UTF-8 (HTML living standard, Server-sent events); some readers take another charset for granted unless told. */
const NAMING_CHARSET = 'text/event-stream; charset=utf-8';
/**
 * For the stream of a GET in Streamable HTTP: mcp-go below 0.57 takes nothing else there, and asks for it once a second without end. The
 * official servers send it so.
 */
export const WITHOUT_CHARSET = 'text/event-stream';

const STREAM_FIELDS = [
  'Cache-Control',
  // Some proxies compress what is text, and hold back what is too little to compress (RFC 9111 section 5.2.2.6).
  'no-store, no-transform',
  'X-Accel-Buffering',
  'no',
  'X-Content-Type-Options',
  'nosniff',
] as const;

const COMMENT = ': keep-alive\n\n';
/**
 * Milliseconds between the two comments that follow a client's FIN. A client that has gone answers the first with a reset,
 * which the second meets; to one that has only finished sending, both mean nothing.
 */
const AFTER_FIN = 100;
/** Frames from this size on are written as they are instead of being copied between their event's first and last bytes. */
const LARGE = 32 * 1024;

/**
 * Idle milliseconds before TCP asks whether the client still lives. Node then asks ten times, a second apart, so a client
 * that vanished without a word is found before the next comment is due; once a comment is on its way unanswered, TCP would
 * go on resending it for a quarter of an hour.
 */
const TCP_KEEP_ALIVE = 4000;

/**
 * Milliseconds of silence before the comment, where a reverse proxy is in between. Some of them (Apache's mod_proxy_http) learn
 * that the client has gone only from a write, the second one at that, and TCP's keep-alive asks the proxy instead of the client.
 */
const FORWARDED_KEEP_ALIVE = 3000;

/** Milliseconds of silence after which the answer to this request gets a comment. */
export function keepAliveOf(request: IncomingMessage, { keepAlive }: Pick<StreamTimes, 'keepAlive'>): number {
  return isForwarded(request) ? Math.min(keepAlive, FORWARDED_KEEP_ALIVE) : keepAlive;
}

/** Memory for events of all streams that are not kept for a replay. */
const passing = new EventBuffer(new SlabPool());

/** A response in the text/event-stream format (HTML living standard, Server-sent events). */
export class EventStream implements Ticking {
  readonly #response: ServerResponse;
  readonly #times: StreamTimes;
  readonly #keepAlive: number;
  readonly #listener: StreamListener;
  readonly #socket: Socket | null;
  readonly #afterFin = () => this.#probe();
  #probing: NodeJS.Timeout | undefined;
  #wroteAt = performance.now();
  #ended = false;

  /** The head of the response leaves with the first event, or with `flush`. */
  constructor(
    response: ServerResponse,
    fields: readonly string[],
    listener: StreamListener,
    ticker: Ticker,
    times: StreamTimes,
    type: typeof NAMING_CHARSET | typeof WITHOUT_CHARSET = NAMING_CHARSET,
  ) {
    this.#response = response;
    this.#times = times;
    this.#keepAlive = keepAliveOf(response.req, times);
    this.#listener = listener;
    this.#socket = response.socket;
    this.#socket?.setKeepAlive(true, TCP_KEEP_ALIVE);
    response.writeHead(200, ['Content-Type', type, ...STREAM_FIELDS, ...fields]);
    response.on('drain', () => listener.drained());
    response.once('close', () => {
      ticker.delete(this);
      this.#socket?.off('end', this.#afterFin);
      clearTimeout(this.#probing);
      listener.closed();
    });
    ticker.add(this);
    if (this.#socket?.readableEnded) this.#probe();
    else this.#socket?.once('end', this.#afterFin);
  }

  /** The client is slow to read: send nothing more until `drained`. */
  get congested(): boolean {
    return isCongested(this.#response);
  }

  /** Sends the head now: the client waits for it, and there is nothing to say yet. */
  flush(): void {
    this.#response.flushHeaders();
  }

  /** Sends text that is in the format already. */
  sendText(text: string): void {
    this.#wroteAt = performance.now();
    this.#response.write(text);
  }

  /** Sends each frame as a `message` event, all in one piece; with ids if the stream can be resumed. */
  send(frames: readonly Frame[], ids: EventIds | null = null): void {
    this.#wroteAt = performance.now();
    const response = this.#response;
    const [only] = frames;
    if (frames.length === 1 && only !== undefined && only.bytes.length >= LARGE) {
      response.cork();
      if (ids !== null) response.write(`id: ${ids.stream}-${ids.first}\n`);
      response.write(EVENT);
      response.write(escapeSeparators(only.bytes));
      response.write(EVENT_END);
      response.uncork();
    } else {
      const { bytes, slab } = passing.write(frames, ids);
      response.write(bytes, slab.release);
    }
    if (this.congested) this.#listener.congested();
  }

  /** Sends events that are in the format already, and holds them until they have left. */
  sendEvents({ bytes, slab }: Events): void {
    this.#wroteAt = performance.now();
    slab.hold();
    this.#response.write(bytes, slab.release);
    if (this.congested) this.#listener.congested();
  }

  /** What was sent before still goes out, as far as the client takes it. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#wroteAt = performance.now();
    this.#response.end();
  }

  /** A client that slept, too, sees at once that the stream lives; one that is gone is found by that. */
  woke(now: number, missed: number): void {
    this.#wroteAt = movedBySleep(this.#wroteAt, this.#times.stall, now, missed);
    if (!this.congested && !this.#ended) this.sendText(COMMENT);
  }

  tick(now: number): void {
    const silent = now - this.#wroteAt;
    if (this.congested || this.#ended) {
      if (silent >= this.#times.stall) this.#response.destroy();
    } else if (silent >= this.#keepAlive) {
      this.sendText(COMMENT);
    }
  }

  /** Finds out by writing whether a client that has sent its FIN still reads; the connection closes if it does not. */
  #probe(): void {
    this.#comment();
    this.#probing = setTimeout(() => this.#comment(), AFTER_FIN);
  }

  #comment(): void {
    if (!this.#ended && !this.congested && this.#response.writable) this.#response.write(COMMENT);
  }
}
