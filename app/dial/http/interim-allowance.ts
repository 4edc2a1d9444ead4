import type { ResponseHead } from './response-head.ts';

/** Interim answers that may come at once. */
const INTERIM_BURST = 100;
/** Milliseconds after which one more may come: a server that works for hours sends one every few seconds (102, RFC 2518). */
const INTERIM_INTERVAL_MS = 500;
/** Bytes of fields that all interim answers to a request may have: each of them may be as large as a head may be. */
const INTERIM_BYTES = 1024 * 1024;

/**
 * How many interim answers (1xx, RFC 9110 section 15.2) an origin may give to one request. RFC 9110 sets no limit, and a
 * client has to read them all: without one, an origin could keep both of us busy for ever and never answer.
 */
export class InterimAllowance {
  #since: number | null = null;
  #count = 0;
  #bytes = 0;

  /** Counts one more; false when it is one too many. `now` in milliseconds of a clock that is never set. */
  admits({ fields, reason }: ResponseHead, now: number): boolean {
    this.#since ??= now;
    this.#count++;
    this.#bytes += reason.length;
    for (const text of fields) this.#bytes += text.length;
    return this.#count <= INTERIM_BURST + (now - this.#since) / INTERIM_INTERVAL_MS && this.#bytes <= INTERIM_BYTES;
  }
}
