import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { AFTER_SLEEP, type Clock, LATE } from '../../../base/clock.ts';
import { isObject } from '../../../base/schema/index.ts';
import type { ModernRequest, Reply } from '../request.ts';

/** Members of `params` that change between a request and its retry (2026-07-28, basic/patterns/mrtr). */
const CHANGES_ON_RETRY = new Set(['_meta', 'inputResponses', 'requestState']);

const FORM = /^g1\.([A-Za-z0-9_-]{22})\.(\d{1,15})\.([A-Za-z0-9_-]{43})$/;

export type StateReading =
  | { readonly kind: 'handle'; readonly handle: string }
  /** Not of our making, of another principal's request, for other parameters, or past its time. */
  | { readonly kind: 'invalid' };

/**
 * Seals the handle of a suspended call into `requestState` and opens it again. The client can read it, as it tells nothing;
 * HMAC-SHA-256 ties it to the principal, to the method with its parameters, and to a moment after which it is void
 * (2026-07-28, basic/patterns/mrtr, Server Requirements 4 and 5). The key lives as long as the process. SuspendedCalls
 * sees to it that a handle is used once.
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
const SUSPENSION_TIME = 5 * 60_000;

/** How a suspended call goes on when its client retries. */
export interface SuspendedCall {
  resume(request: ModernRequest, reply: Reply): void;
}

interface Entry {
  readonly call: SuspendedCall;
  readonly stopClock: () => void;
}

/**
 * Calls that wait until their client retries with its answers, for one server and all its principals together: at most
 * `limit()`, each for SUSPENSION_TIME, each to be fetched once.
 */
export class SuspendedCalls {
  readonly #states = new RequestStates();
  readonly #limit: () => number;
  readonly #clock: Clock;
  readonly #calls = new Map<string, Entry>();
  /** Milliseconds for which a state holds beyond its time; its call is given up when it really has expired. */
  #slept = 0;

  constructor(limit: () => number, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  get full(): boolean {
    return this.#calls.size >= this.#limit();
  }

  /** Keeps a call until its client retries the request; answers the `requestState` to retry with. */
  add(call: SuspendedCall, request: ModernRequest, abandoned: () => void): string {
    const handle = this.#states.newHandle();
    const expires = Math.ceil(this.#clock.now() + SUSPENSION_TIME);
    const wait = (milliseconds: number): void => {
      const due = this.#clock.now() + milliseconds;
      const stopClock = this.#clock.after(milliseconds, () => {
        const now = this.#clock.now();
        if (now - due <= LATE) {
          this.#calls.delete(handle);
          abandoned();
          return;
        }
        // The machine has slept over it: the person gets a moment to go on.
        this.#slept = Math.max(this.#slept, now + AFTER_SLEEP - expires);
        wait(AFTER_SLEEP);
      });
      this.#calls.set(handle, { call, stopClock });
    };
    wait(SUSPENSION_TIME);
    return this.#states.seal(handle, request, expires);
  }

  /** The call that a retry belongs to. Null when its state is not ours, not for this request, too old, or spent. */
  fetch(request: ModernRequest): SuspendedCall | null {
    const reading = this.#states.open(request.params['requestState'], request, this.#clock.now() - this.#slept);
    if (reading.kind === 'invalid') return null;
    const entry = this.#calls.get(reading.handle);
    if (entry === undefined) return null;
    this.#calls.delete(reading.handle);
    entry.stopClock();
    return entry.call;
  }

  /** Whether a call waits under this `requestState`; that it may be fetched with it is another matter. */
  holds(requestState: unknown): boolean {
    const [, handle] = typeof requestState === 'string' ? (FORM.exec(requestState) ?? []) : [];
    return handle !== undefined && this.#calls.has(handle);
  }
}
