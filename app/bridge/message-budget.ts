import { totalmem } from 'node:os';
import type { Limits } from '../settings/settings.ts';
import type { Ticker, Ticking } from './http/index.ts';

/** Bytes that every message may hold although the budget is used up: a small call passes while large ones have to wait. */
export const SMALL_MESSAGE = 64 * 1024;

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
  readonly #pulse: Ticker;
  readonly #window: number;
  #held = 0;

  /**
   * `limit` in bytes; `waiting` are the bytes of messages that servers have not taken yet. Both are asked at every piece.
   * `window` is how often an unfinished message has to have grown, in milliseconds.
   */
  constructor(limit: () => number, waiting: () => number, pulse: Ticker, window: number) {
    this.#limit = limit;
    this.#waiting = waiting;
    this.#pulse = pulse;
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
    return new MessageAccount(this, count, this.#pulse, this.#window, stalled);
  }
}

/** The bytes that one unfinished message holds. */
export class MessageAccount implements Ticking {
  readonly #budget: MessageBudget;
  readonly #count: (bytes: number) => void;
  readonly #pulse: Ticker;
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
    pulse: Ticker,
    window: number,
    stalled: (() => void) | null,
  ) {
    this.#budget = budget;
    this.#count = count;
    this.#pulse = pulse;
    this.#window = window;
    this.#stalled = stalled;
  }

  /** From now on the message has to grow. */
  watch(): void {
    if (this.#stalled === null || this.#watched) return;
    this.#watched = true;
    this.#since = performance.now();
    this.#before = this.#bytes;
    this.#pulse.add(this);
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
    this.#pulse.delete(this);
  }

  beat(now: number): void {
    if (now - this.#since < this.#window) return;
    const wanted = Math.max(WINDOW_BYTES, this.#before * WINDOW_PART);
    const grown = this.#bytes - this.#before;
    this.#since = now;
    this.#before = this.#bytes;
    if (grown < wanted) this.#stalled?.();
  }
}
