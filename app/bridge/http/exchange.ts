import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { totalmem } from 'node:os';
import type { Ticker, Ticking } from '../../base/clock.ts';
import type { ClientIdentity } from '../../gateway/index.ts';
import { behindMark, Pieces } from '../../mcp/jsonrpc/index.ts';
import type { Scope } from '../../servers/index.ts';
import type { Limits } from '../../settings/settings.ts';

/** One request that the guard has let through, and what to answer it on. */
export interface HttpExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: ClientIdentity;
  /** How the client is limited beyond the rules of the server. */
  readonly scope: Scope;
  /** When its head came in, in milliseconds as performance.now() tells it. */
  readonly arrivedAt: number;
}

/** Bytes that every message may hold although the budget is used up: a small call passes while large ones have to wait. */
const SMALL_MESSAGE = 64 * 1024;

/** By how much, in bytes, an unfinished message has to grow in every window of time; a message that holds much has to grow by this part of it, whichever is more. */
const WINDOW_BYTES = 1024;
const WINDOW_PART = 1 / 128;

/** The part of the memory that unfinished messages of clients may take. */
const MEMORY_PART = 1 / 8;

/**
 * The budget for these limits, in bytes: room for two messages of the longest kind where the machine (or the container)
 * has the memory, and for one of them everywhere.
 */
export function budgetFor({ messageBytes }: Pick<Limits, 'messageBytes'>): number {
  // Zero or an astronomical number where nothing constrains the process.
  const constrained = process.constrainedMemory();
  const memory = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return Math.max(messageBytes, Math.min(2 * messageBytes, Math.floor(memory * MEMORY_PART)));
}

/**
 * What all messages of clients may hold together while they are collected, and while servers that are slow to read have not
 * taken them. Without it, clients that never finish what they send could take all memory there is.
 */
export class MessageBudget {
  readonly #limit: () => number;
  readonly #waiting: () => number;
  readonly #ticker: Ticker;
  readonly #window: number;
  #held = 0;

  /**
   * `limit` in bytes; `waiting` are the bytes of messages that servers have not taken yet. Both are asked at every piece.
   * `window` is how often an unfinished message has to have grown, in milliseconds.
   */
  constructor(limit: () => number, waiting: () => number, ticker: Ticker, window: number) {
    this.#limit = limit;
    this.#waiting = waiting;
    this.#ticker = ticker;
    this.#window = window;
  }

  /** Bytes of unfinished messages. */
  get held(): number {
    return this.#held;
  }

  get limit(): number {
    return this.#limit();
  }

  /** Whether a message of so many bytes could be taken now. */
  fits(bytes: number): boolean {
    return bytes <= SMALL_MESSAGE || this.hasRoom(bytes);
  }

  /** Whether a message that is no longer small may hold so many bytes more. */
  hasRoom(bytes: number): boolean {
    const held = this.#held + bytes;
    return held <= this.#limit() && held + this.#waiting() <= this.#limit();
  }

  /**
   * The account of one message, or of one message after the other. `stalled` is called, until it is released, in every
   * window of time in which a message that has begun has not grown enough; it may be null where silence is no fault.
   */
  open(stalled: (() => void) | null): MessageAccount {
    const count = (bytes: number) => {
      this.#held += bytes;
    };
    return new MessageAccount(this, count, this.#ticker, this.#window, stalled);
  }
}

/** The bytes that one unfinished message holds. */
export class MessageAccount implements Ticking {
  readonly #budget: MessageBudget;
  readonly #count: (bytes: number) => void;
  readonly #ticker: Ticker;
  readonly #window: number;
  readonly #stalled: (() => void) | null;
  #bytes = 0;
  /** When the present window began, and what the message held then. */
  #since = 0;
  #before = 0;
  #watched = false;

  constructor(
    budget: MessageBudget,
    count: (bytes: number) => void,
    ticker: Ticker,
    window: number,
    stalled: (() => void) | null,
  ) {
    this.#budget = budget;
    this.#count = count;
    this.#ticker = ticker;
    this.#window = window;
    this.#stalled = stalled;
  }

  /** From now on the message has to grow. */
  watch(): void {
    if (this.#stalled === null || this.#watched) return;
    this.#watched = true;
    this.#since = performance.now();
    this.#before = this.#bytes;
    this.#ticker.add(this);
  }

  /** Counts so many bytes more. False, and nothing is counted, when there is no room for them. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > SMALL_MESSAGE && !this.#budget.hasRoom(bytes)) return false;
    this.#bytes += bytes;
    this.#count(bytes);
    return true;
  }

  /** The message is complete, or given up. The account can be used for another one. */
  release(): void {
    if (this.#bytes > 0) this.#count(-this.#bytes);
    this.#bytes = 0;
    if (!this.#watched) return;
    this.#watched = false;
    this.#ticker.delete(this);
  }

  /** A new window begins. */
  woke(now: number): void {
    this.#since = now;
    this.#before = this.#bytes;
  }

  tick(now: number): void {
    if (now - this.#since < this.#window) return;
    const wanted = Math.max(WINDOW_BYTES, this.#before * WINDOW_PART);
    const grown = this.#bytes - this.#before;
    this.#since = now;
    this.#before = this.#bytes;
    if (grown < wanted) this.#stalled?.();
  }
}

/** What became of a request body. */
export type Body =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  /** Not taken. What still comes of it is read and dropped until the connection, which is to end, has ended. */
  | { readonly kind: 'too-long' | 'no-room' | 'stalled' };

/**
 * Collects a request body of up to `limit` bytes, within the budget that all of them share. `then` is called once; never
 * when the client goes away before the end.
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  budget: MessageBudget,
  then: (body: Body) => void,
): void {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) return then({ kind: 'too-long' });
  if (!budget.fits(announced)) return then({ kind: 'no-room' });
  const pieces = new Pieces();
  const account = budget.open(() => giveUp('stalled'));
  account.watch();
  request.on('data', take).on('end', finish).once('close', gone);

  function take(chunk: Buffer): void {
    if (pieces.bytes + chunk.length > limit) return giveUp('too-long');
    if (!account.take(chunk.length)) return giveUp('no-room');
    pieces.push(chunk);
  }

  function finish(): void {
    const bytes = pieces.join();
    // Until it has been read and handed on, it is in memory, and more than once.
    then({ kind: 'whole', bytes });
    leave();
  }

  function giveUp(kind: 'too-long' | 'no-room' | 'stalled'): void {
    leave();
    request.resume();
    then({ kind });
  }

  function gone(): void {
    leave();
  }

  function leave(): void {
    request.off('data', take).off('end', finish).off('close', gone);
    pieces.clear();
    account.release();
  }
}

/** Messages of one batch: each takes many times its bytes. */
export const BATCH_MESSAGES = 100;

/** A body as JSON and as the one line that stdio asks for. */
export interface JsonBody {
  readonly value: unknown;
  /** The same bytes, line breaks made spaces: in valid JSON they only stand between tokens. */
  readonly line: Buffer;
}

/** Null when it is not JSON in UTF-8 (RFC 8259 section 8.1). */
export function jsonBody(body: Buffer): JsonBody | null {
  if (!isUtf8(body)) return null;
  const bytes = behindMark(body);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    // Not JSON: the answer the caller asked for.
    return null;
  }
  for (const lineBreak of [0x0a, 0x0d]) {
    for (let at = bytes.indexOf(lineBreak); at !== -1; at = bytes.indexOf(lineBreak, at + 1)) bytes[at] = 0x20;
  }
  return { value, line: bytes };
}

/** On everything we say: an answer is for this client now, and is never guessed to be a web page. */
const PLAIN_FIELDS = ['Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff'] as const;

const SHORT = 16 * 1024;

/** One JSON text as the whole answer. `fields` are names and values in turn. */
export function answerJson(
  response: ServerResponse,
  status: number,
  json: Buffer,
  fields: readonly string[] = [],
): void {
  const length = String(json.length);
  const head = ['Content-Type', 'application/json', 'Content-Length', length, ...PLAIN_FIELDS, ...fields];
  response.writeHead(status, head);
  // As text, a short body goes out in one piece with the head.
  if (json.length <= SHORT) response.end(json.toString('latin1'), 'latin1');
  else response.end(json);
}

/** An answer without a body: 202 for messages that need no reply (2025-11-25 transports), 204 for a stream with nothing to come. */
export function answerEmpty(response: ServerResponse, status: 200 | 202 | 204): void {
  response.writeHead(status, status === 204 ? [...PLAIN_FIELDS] : ['Content-Length', '0', ...PLAIN_FIELDS]);
  response.end();
}
