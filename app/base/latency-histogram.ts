/** Upper bounds of the latency buckets, in seconds. */
const LATENCY_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** A histogram as Prometheus counts one: `buckets[i]` are the observations up to `bounds[i]`, cumulated. */
export interface LatencyFacts {
  readonly bounds: readonly number[];
  readonly buckets: readonly number[];
  readonly count: number;
  /** Seconds. */
  readonly sum: number;
}

/** Counts durations by their length. */
export class LatencyHistogram {
  readonly #buckets = LATENCY_BOUNDS.map(() => 0);
  #count = 0;
  #sum = 0;

  observe(milliseconds: number): void {
    const seconds = milliseconds / 1000;
    this.#count++;
    this.#sum += seconds;
    const index = LATENCY_BOUNDS.findIndex((bound) => seconds <= bound);
    if (index !== -1) this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
  }

  facts(): LatencyFacts {
    let sum = 0;
    const buckets = this.#buckets.map((count) => {
      sum += count;
      return sum;
    });
    return { bounds: LATENCY_BOUNDS, buckets, count: this.#count, sum: this.#sum };
  }
}
