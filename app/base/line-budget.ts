import type { Log, LogFields } from './log.ts';

/** A token bucket: lines at once, and lines a second after that. */
export interface LineRate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Milliseconds between two reports of lines that were left out. */
const REPORT_INTERVAL = 1000;

/**
 * Lets lines through up to a rate and counts the rest, so that a flood costs neither disk nor memory nor the lines of others.
 * The count is reported once a second while lines are left out, and by `settle` at the end.
 */
export class LineBudget {
  readonly #rate: LineRate;
  readonly #report: (leftOut: number) => void;
  readonly #now: () => number;
  #lines: number;
  #filledAt: number;
  #leftOut = 0;
  #timer: NodeJS.Timeout | null = null;

  /** `report` gets how many lines were left out since its last call; `now` is the monotonic clock, in milliseconds. */
  constructor(rate: LineRate, report: (leftOut: number) => void, now: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#report = report;
    this.#now = now;
    this.#lines = rate.burst;
    this.#filledAt = now();
  }

  /** Whether the next line may pass; one that may not is counted. */
  take(): boolean {
    if (this.#lines < 1) this.#fill();
    if (this.#lines >= 1) {
      this.#lines--;
      return true;
    }
    this.#leftOut++;
    this.#timer ??= setTimeout(() => this.settle(), REPORT_INTERVAL).unref();
    return false;
  }

  /** Reports at once what was left out so far. */
  settle(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    if (leftOut > 0) this.#report(leftOut);
  }

  #fill(): void {
    const now = this.#now();
    const earned = ((now - this.#filledAt) / 1000) * this.#rate.perSecond;
    this.#filledAt = now;
    this.#lines = Math.min(this.#rate.burst, this.#lines + earned);
  }
}

/** Warnings written in one period: the first few describe a repeating fault. */
const SHOWN = 5;

/** Milliseconds of a period. */
const PERIOD = 60_000;

/**
 * Warnings about what a peer may do thousands of times: five a minute are written, the rest is counted. A LineBudget reports once a
 * second, which would be noise of its own for a fault that never ends.
 */
export class BoundedWarnings {
  readonly #log: Log;
  readonly #now: () => number;
  #since = Number.NEGATIVE_INFINITY;
  #shown = 0;
  #hidden = 0;

  /** `now` in milliseconds. */
  constructor(log: Log, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#now = now;
  }

  /** `fields` is called only for a warning that is written. */
  warn(message: string, fields: () => LogFields): void {
    const now = this.#now();
    if (now - this.#since >= PERIOD) {
      this.#since = now;
      this.#shown = 0;
    }
    if (this.#shown >= SHOWN) {
      this.#hidden++;
      return;
    }
    this.#shown++;
    const before = this.#hidden > 0 ? { notShownBefore: this.#hidden } : {};
    this.#hidden = 0;
    this.#log.warn(message, { ...fields(), ...before });
  }

  /** No more will follow: writes how many were only counted, as LineBudget does. */
  end(of: string): void {
    if (this.#hidden > 0) this.#log.warn(`${this.#hidden} further lines of ${of} left out`);
    this.#hidden = 0;
  }
}
