import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { AFTER_SLEEP, type Clock, LATE } from '../../../base/clock.ts';
import { isObject } from '../../../base/schema/index.ts';
import type { ModernRequest } from '../request.ts';

/** Members of `params` that change between a request and its retry (2026-07-28, basic/patterns/mrtr). */
const CHANGES_ON_RETRY = new Set(['_meta', 'inputResponses', 'requestState']);

const FORM = /^g1\.([A-Za-z0-9_-]{22})\.(\d{1,15})\.([A-Za-z0-9_-]{43})$/;

export type StateReading =
  | { readonly kind: 'handle'; readonly handle: string }
  /** Not of our making, of another principal's request, for other parameters, or past its time. */
  | { readonly kind: 'invalid' };

/**
 * Seals the handle of a parked call into `requestState` and opens it again. The client can read it, as it tells nothing;
 * HMAC-SHA-256 ties it to the principal, to the method with its parameters, and to a moment after which it is void
 * (2026-07-28, basic/patterns/mrtr, Server Requirements 4 and 5). The key lives as long as the process. That a handle is
 * used once is up to whoever keeps the calls.
 */
export class RequestStates {
  /** Made when the first handle is sealed: most instances never need one, nor the library of ciphers behind it. */
  #key: Buffer | null = null;

  newHandle(): string {
    return randomBytes(16).toString('base64url');
  }

  /** `expires` in whole milliseconds of the clock that `open` is asked with: monotonic, as key and handles end with the process. */
  seal(handle: string, request: ModernRequest, expires: number): string {
    return `g1.${handle}.${expires}.${this.#mac(handle, request, expires)}`;
  }

  open(state: unknown, request: ModernRequest, now: number): StateReading {
    const parts = typeof state === 'string' ? FORM.exec(state) : null;
    const [, handle, expiry, mac] = parts ?? [];
    if (handle === undefined || expiry === undefined || mac === undefined) return { kind: 'invalid' };
    const expected = this.#mac(handle, request, Number(expiry));
    if (!timingSafeEqual(Buffer.from(mac), Buffer.from(expected))) return { kind: 'invalid' };
    return Number(expiry) < now ? { kind: 'invalid' } : { kind: 'handle', handle };
  }

  #mac(handle: string, request: ModernRequest, expires: number): string {
    const bound = JSON.stringify([handle, expires, request.principal, digestOf(request)]);
    this.#key ??= randomBytes(32);
    return createHmac('sha256', this.#key).update(bound).digest('base64url');
  }
}

/** The same for a request and its retry, whatever order a client writes the members in. */
function digestOf({ method, params }: ModernRequest): string {
  const lasting = Object.entries(params).filter(([key]) => !CHANGES_ON_RETRY.has(key));
  return createHash('sha256')
    .update(JSON.stringify([method, inOrder(Object.fromEntries(lasting))]))
    .digest('base64url');
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => [key, inOrder(member)]);
  return entries.sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Milliseconds a person has to answer before the call is given up. */
export const PARKING_TIME = 5 * 60_000;

interface Place<Parked> {
  readonly parked: Parked;
  readonly stopClock: () => void;
}

/**
 * What waits for a client to come back with answers, for one server and all its principals together: as many as `limit()`,
 * each for PARKING_TIME, each to be fetched once.
 */
export class SuspendedCalls<Parked> {
  readonly #states = new RequestStates();
  readonly #limit: () => number;
  readonly #clock: Clock;
  readonly #places = new Map<string, Place<Parked>>();
  /** Milliseconds for which a state holds beyond its time; its place is given up when it really has expired. */
  #slept = 0;

  constructor(limit: () => number, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  get full(): boolean {
    return this.#places.size >= this.#limit();
  }

  get size(): number {
    return this.#places.size;
  }

  /** Keeps something until its client retries the request; answers the `requestState` to retry with. */
  park(parked: Parked, request: ModernRequest, abandoned: () => void): string {
    const handle = this.#states.newHandle();
    const expires = Math.ceil(this.#clock.now() + PARKING_TIME);
    const wait = (milliseconds: number): void => {
      const due = this.#clock.now() + milliseconds;
      const stopClock = this.#clock.after(milliseconds, () => {
        const now = this.#clock.now();
        if (now - due <= LATE) {
          this.#places.delete(handle);
          abandoned();
          return;
        }
        // The machine has slept over it: the person gets a moment to go on.
        this.#slept = Math.max(this.#slept, now + AFTER_SLEEP - expires);
        wait(AFTER_SLEEP);
      });
      this.#places.set(handle, { parked, stopClock });
    };
    wait(PARKING_TIME);
    return this.#states.seal(handle, request, expires);
  }

  /** What a retry belongs to. Null when its state is not ours, not for this request, too old, or spent. */
  fetch(request: ModernRequest): Parked | null {
    const reading = this.#states.open(request.params['requestState'], request, this.#clock.now() - this.#slept);
    if (reading.kind === 'invalid') return null;
    const place = this.#places.get(reading.handle);
    if (place === undefined) return null;
    this.#places.delete(reading.handle);
    place.stopClock();
    return place.parked;
  }

  /** Whether a call waits under this `requestState`; that it may be fetched with it is another matter. */
  holds(requestState: unknown): boolean {
    const [, handle] = typeof requestState === 'string' ? (FORM.exec(requestState) ?? []) : [];
    return handle !== undefined && this.#places.has(handle);
  }

  /** Forgets everything for which this holds, without telling anybody. */
  drop(gone: (parked: Parked) => boolean): void {
    for (const [handle, { parked, stopClock }] of this.#places) {
      if (!gone(parked)) continue;
      stopClock();
      this.#places.delete(handle);
    }
  }
}
