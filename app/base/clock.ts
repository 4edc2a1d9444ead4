/**
 * The clock of the protocol translators, replaceable in tests. Like every timer of Node's, the monotonic clock goes on while
 * the machine sleeps on macOS (libuv 1.39: mach_continuous_time) and Windows, and stands still on Linux (CLOCK_MONOTONIC).
 */
export interface Clock {
  /** Milliseconds of the monotonic clock, counted from the start of the process: setting the time of day moves no deadline. */
  now(): number;
  /** Runs something after so many milliseconds unless the returned function is called before. Does not keep the process alive. */
  after(milliseconds: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};

/** The clocks that tell of a sleep: the monotonic one, and the time of day. In milliseconds. */
export interface SleepClocks {
  readonly monotonic: () => number;
  readonly wall: () => number;
}

const systemClocks: SleepClocks = { monotonic: () => performance.now(), wall: () => Date.now() };

/** Milliseconds by which a tick may be late before the process counts as not having run. */
export const LATE = 5000;

/** Milliseconds that whatever is judged by its silence has at least after a sleep: networks and clients need some to come back. */
export const AFTER_SLEEP = 30_000;

/**
 * Tells by the ticks of a timer whether the machine has slept, or the process was not run, in between. Where the monotonic clock
 * goes on meanwhile, the tick is late by it; where it stands still, the time of day has moved on without it.
 */
export class SleepWatch {
  readonly #interval: number;
  readonly #clocks: SleepClocks;
  #monotonic = 0;
  #wall = 0;

  /** `interval` between two ticks, in milliseconds. */
  constructor(interval: number, clocks: SleepClocks = systemClocks) {
    this.#interval = interval;
    this.#clocks = clocks;
  }

  /** The first tick is due an interval from now. */
  start(): void {
    this.#monotonic = this.#clocks.monotonic();
    this.#wall = this.#clocks.wall();
  }

  /** `missed`: how far the monotonic clock has gone without us since the last tick, which may be 0; null when all was as it should be. */
  tick(): { readonly now: number; readonly missed: number | null } {
    const now = this.#clocks.monotonic();
    const wall = this.#clocks.wall();
    const late = now - this.#monotonic - this.#interval;
    const stood = wall - this.#wall - (now - this.#monotonic);
    this.#monotonic = now;
    this.#wall = wall;
    return { now, missed: late > LATE || stood > LATE ? Math.max(0, late) : null };
  }
}

/**
 * The moment from which silence is counted after a sleep: it moves by what was missed, and at least so far that `limit`
 * milliseconds of it are not over before AFTER_SLEEP.
 */
export function movedBySleep(since: number, limit: number, now: number, missed: number): number {
  return Math.max(Math.min(now, since + missed), now - limit + AFTER_SLEEP);
}

/** Something that is looked at once a second. */
export interface Ticking {
  /** `now` as performance.now() tells it, in milliseconds. */
  tick(now: number): void;
  /** The machine has slept, or we were not run, for `missed` milliseconds of that clock: deadlines move. `tick` follows. */
  woke?(now: number, missed: number): void;
}

/** One timer for everything that waits for seconds: a stream's next comment, a session's idle time. It runs while there is any. */
export class Ticker {
  readonly #ticking = new Set<Ticking>();
  readonly #interval: number;
  readonly #sleep: SleepWatch;
  #timer: NodeJS.Timeout | undefined;

  /** `interval` in milliseconds. */
  constructor(interval: number) {
    this.#interval = interval;
    this.#sleep = new SleepWatch(interval);
  }

  add(one: Ticking): void {
    this.#ticking.add(one);
    if (this.#timer !== undefined) return;
    this.#sleep.start();
    this.#timer = setInterval(() => this.#tick(), this.#interval);
  }

  delete(one: Ticking): void {
    this.#ticking.delete(one);
    if (this.#ticking.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const { now, missed } = this.#sleep.tick();
    if (missed !== null) for (const each of this.#ticking) each.woke?.(now, missed);
    for (const each of this.#ticking) each.tick(now);
  }
}
