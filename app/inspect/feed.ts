import type { Call, CallFacts } from './call.ts';
import type { ProxiedRequest, RequestFacts } from './proxied-request.ts';

/** A call; new in this batch, or known from an earlier one. */
export interface ActivityCall extends CallFacts {
  readonly isNew: boolean;
}

/** What has happened since the last one: rows that are new and rows that have changed, each as it is now. */
export interface ActivityBatch {
  readonly calls: readonly ActivityCall[];
  readonly requests: readonly RequestFacts[];
  /** Rows since the last batch that a viewer could not be told of, because there were too many. */
  readonly missed: number;
}

/** Milliseconds between two batches: a viewer draws at most ten times a second. */
const INTERVAL = 100;
/** Rows of one batch. */
const MOST_ROWS = 500;

type Row = Call | ProxiedRequest;

/**
 * Tells viewers of new and changed rows, in batches. What passes never waits for them: in a flood they hear of so many
 * rows and of the number of the others. Without viewers it costs one comparison a row.
 */
export class ActivityFeed {
  readonly #listeners = new Set<(batch: ActivityBatch) => void>();
  readonly #isCall: (row: Row) => row is Call;
  readonly #waiting = new Set<Row>();
  #missed = 0;
  /** The newest call that was in a batch. */
  #newest = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(isCall: (row: Row) => row is Call) {
    this.#isCall = isCall;
  }

  changed(row: Row): void {
    if (this.#listeners.size === 0) return;
    if (this.#waiting.size < MOST_ROWS || this.#waiting.has(row)) this.#waiting.add(row);
    else this.#missed++;
    this.#timer ??= setTimeout(() => this.#send(), INTERVAL).unref();
  }

  /** A row that was not kept: viewers hear of the number. */
  skip(): void {
    if (this.#listeners.size === 0) return;
    this.#missed++;
    this.#timer ??= setTimeout(() => this.#send(), INTERVAL).unref();
  }

  /** Returns the unsubscribe. */
  subscribe(listener: (batch: ActivityBatch) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = null;
      this.#waiting.clear();
      this.#missed = 0;
    };
  }

  #send(): void {
    this.#timer = null;
    const calls: ActivityCall[] = [];
    const requests: RequestFacts[] = [];
    for (const row of this.#waiting) {
      if (this.#isCall(row)) calls.push({ ...row.facts(), isNew: row.sequence > this.#newest });
      else requests.push(row.facts());
    }
    for (const { sequence } of calls) this.#newest = Math.max(this.#newest, sequence);
    const batch = { calls, requests, missed: this.#missed };
    this.#waiting.clear();
    this.#missed = 0;
    for (const listener of this.#listeners) listener(batch);
  }
}
