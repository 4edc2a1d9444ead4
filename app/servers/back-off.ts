/** Failures in a row that are forgiven: a person who tries again at once should not have to wait. */
const FORGIVEN = 3;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;

/** Milliseconds after which an old failure no longer counts. */
const FORGOTTEN = 60_000;

/** Keeps a server that fails as soon as it starts from being started over and over. Times in milliseconds of the monotonic clock. */
export class BackOff {
  #failures = 0;
  #last = Number.NEGATIVE_INFINITY;

  failed(now: number): void {
    if (now - this.#last > FORGOTTEN) this.#failures = 0;
    this.#failures++;
    this.#last = now;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  /** How long to wait before the next start; 0 when it may start now. */
  wait(now: number): number {
    const over = this.#failures - FORGIVEN;
    if (over < 0) return 0;
    return Math.max(0, this.#last + Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** over) - now);
  }
}
