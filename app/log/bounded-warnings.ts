import type { Log, LogFields } from './log.ts';

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
