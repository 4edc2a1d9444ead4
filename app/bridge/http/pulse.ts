/** Something that is looked at once a second. */
export interface Beating {
  /** `now` as performance.now() tells it, in milliseconds. */
  beat(now: number): void;
}

/** One timer for everything that waits for seconds: a stream's next comment, a session's idle time. It runs only while somebody is there. */
export class Pulse {
  readonly #beating = new Set<Beating>();
  readonly #interval: number;
  #timer: NodeJS.Timeout | undefined;

  /** `interval` in milliseconds. */
  constructor(interval: number) {
    this.#interval = interval;
  }

  add(one: Beating): void {
    this.#beating.add(one);
    this.#timer ??= setInterval(() => {
      const now = performance.now();
      for (const each of this.#beating) each.beat(now);
    }, this.#interval);
  }

  delete(one: Beating): void {
    this.#beating.delete(one);
    if (this.#beating.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
