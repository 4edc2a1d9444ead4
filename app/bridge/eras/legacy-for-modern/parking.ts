import type { Clock } from '../clock.ts';
import type { ModernRequest } from '../modern-request.ts';
import { RequestStates } from '../request-state.ts';

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
export class Parking<Parked> {
  readonly #states = new RequestStates();
  readonly #limit: () => number;
  readonly #clock: Clock;
  readonly #places = new Map<string, Place<Parked>>();

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
    const stopClock = this.#clock.after(PARKING_TIME, () => {
      this.#places.delete(handle);
      abandoned();
    });
    this.#places.set(handle, { parked, stopClock });
    return this.#states.seal(handle, request, Math.ceil(this.#clock.now() + PARKING_TIME));
  }

  /** What a retry belongs to. Null when its state is not ours, not for this request, too old, or spent. */
  fetch(request: ModernRequest): Parked | null {
    const reading = this.#states.open(request.params['requestState'], request, this.#clock.now());
    if (reading.kind === 'invalid') return null;
    const place = this.#places.get(reading.handle);
    if (place === undefined) return null;
    this.#places.delete(reading.handle);
    place.stopClock();
    return place.parked;
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
