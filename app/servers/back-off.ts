/** Times in milliseconds. */
export interface BackOffTerms {
  /** Failures in a row that have no consequence. */
  readonly forgiven: number;
  readonly firstWait: number;
  readonly longestWait: number;
  /** After this time an old failure no longer counts. */
  readonly forgotten: number;
}

/** A person who tries again at once should not have to wait. */
const FOR_PEOPLE: BackOffTerms = { forgiven: 3, firstWait: 1000, longestWait: 30_000, forgotten: 60_000 };

/** No client waits for a spare: a server that does not keep one alive is tried less and less often. */
export const FOR_SPARES: BackOffTerms = {
  forgiven: 2,
  firstWait: 10_000,
  longestWait: 600_000,
  forgotten: 3_600_000,
};

/** Keeps a server that fails as soon as it starts from being started over and over. Times in milliseconds. */
export class BackOff {
  readonly #terms: BackOffTerms;
  #failures = 0;
  #last = Number.NEGATIVE_INFINITY;

  constructor(terms: BackOffTerms = FOR_PEOPLE) {
    this.#terms = terms;
  }

  failed(now: number): void {
    if (now - this.#last > this.#terms.forgotten) this.#failures = 0;
    this.#failures++;
    this.#last = now;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  /** How long to wait before the next start; 0 when it may start now. */
  wait(now: number): number {
    const { forgiven, firstWait, longestWait } = this.#terms;
    const over = this.#failures - forgiven;
    if (over < 0) return 0;
    return Math.max(0, this.#last + Math.min(longestWait, firstWait * 2 ** over) - now);
  }
}
