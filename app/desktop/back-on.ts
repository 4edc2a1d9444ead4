import { type Clock, systemClock } from '../base/clock.ts';
import type { OffPeriod } from '../ipc/index.ts';

/** Milliseconds between two looks: what is left is shown in minutes, and a timer set for longer may fire late after a sleep. */
const LOOK_MS = 60_000;

/** Milliseconds by which a time of day may be off before it is told anew: someone has set the clock. */
const TOLERANCE_MS = 2000;

export interface BackOnOptions {
  /** The time is up. */
  readonly due: () => void;
  /** A minute has passed. `at`: when the time is up by the time of day now, in milliseconds since the epoch. */
  readonly passed: (at: number) => void;
  readonly clock?: Clock;
  /** The time of day, in milliseconds since the epoch. */
  readonly now?: () => number;
}

/**
 * The end of a time for which the app is off. It is counted on the monotonic clock, which goes on while a Mac sleeps, so that
 * setting the time of day moves nothing; only from one start of the app to the next it is known by the time of day.
 */
export class BackOn {
  readonly #options: BackOnOptions;
  readonly #clock: Clock;
  readonly #now: () => number;
  /** On the monotonic clock; null while nothing is set. */
  #deadline: number | null = null;
  #cancel: () => void = () => undefined;

  constructor(options: BackOnOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#now = options.now ?? Date.now;
  }

  /** Begins to count. Returns when the time is up by the time of day, in milliseconds since the epoch. */
  set(milliseconds: number): number {
    this.clear();
    this.#deadline = this.#clock.now() + milliseconds;
    this.#wait(milliseconds);
    return this.#now() + milliseconds;
  }

  clear(): void {
    this.#cancel();
    this.#deadline = null;
  }

  /** To be called after a sleep as well: a timer that was under way counts only the time awake. */
  look(): void {
    if (this.#deadline === null) return;
    const left = this.#deadline - this.#clock.now();
    if (left <= 0) {
      this.clear();
      this.#options.due();
      return;
    }
    this.#options.passed(this.#now() + left);
    this.#wait(left);
  }

  #wait(left: number): void {
    this.#cancel();
    this.#cancel = this.#clock.after(Math.min(left, LOOK_MS), () => this.look());
  }
}

/** Whether a time of day that was told is still that of the same moment. */
export function isSameMoment(told: number, at: number): boolean {
  return Math.abs(told - at) < TOLERANCE_MS;
}

const HOUR_MS = 3_600_000;

/** The hour of the day at which *Until Tomorrow* ends. */
const MORNING = 8;

/** Milliseconds that a period lasts from now on: until the next morning, of a night that has four more hours at least. */
export function lengthOf(period: OffPeriod, now: number): number {
  if (period === 'hour') return HOUR_MS;
  const morning = new Date(now);
  morning.setHours(MORNING, 0, 0, 0);
  while (morning.getTime() - now < 4 * HOUR_MS) morning.setDate(morning.getDate() + 1);
  return morning.getTime() - now;
}
