import { LinkedList, type Place } from './linked-list.ts';

/** Something that waits, and since when, in ms of the monotonic clock. */
interface Waiting<Value> {
  readonly value: Value;
  readonly since: number;
}

/**
 * Calls `passed` after so many milliseconds, unless what it returns is called before.
 *
 * After a process was stopped, or a machine has slept, its timers run before it has read what has come meanwhile (libuv design
 * overview, "The I/O loop"). What has come in time must not be too late for that: whatever lies ready is read before `passed` is called.
 */
export function timeLimit(milliseconds: number, passed: () => void): () => void {
  let reading: NodeJS.Immediate | null = null;
  const timer = setTimeout(() => {
    reading = setImmediate(passed);
  }, milliseconds);
  return () => {
    clearTimeout(timer);
    if (reading !== null) clearImmediate(reading);
  };
}

/** What `add` returns: it takes the deadline back. */
export type Deadline<Value> = Place<Waiting<Value>>;

/**
 * The same time limit for many things, of which nearly all are in time: one timer in place of one each. It does not keep the
 * process running. As with `timeLimit`, whatever lies ready is read before one passes.
 */
export class Deadlines<Value> {
  readonly #milliseconds: number;
  readonly #passed: (value: Value) => void;
  readonly #waiting = new LinkedList<Waiting<Value>>();
  #timer: NodeJS.Timeout | null = null;

  /** `passed` is called for what has waited so many milliseconds. */
  constructor(milliseconds: number, passed: (value: Value) => void) {
    this.#milliseconds = milliseconds;
    this.#passed = passed;
  }

  /** What has waited for longest. */
  get oldest(): Waiting<Value> | null {
    return this.#waiting.oldest;
  }

  /** Its time begins now. */
  add(value: Value): Deadline<Value> {
    this.#timer ??= this.#lookIn(this.#milliseconds);
    return this.#waiting.add({ value, since: performance.now() });
  }

  /** It was in time. Harmless when it has passed, or was cancelled before. */
  cancel(deadline: Deadline<Value>): void {
    this.#waiting.delete(deadline);
  }

  /** The oldest has waited long enough, as if its time had passed. */
  expireOldest(): void {
    const oldest = this.#waiting.shift();
    if (oldest !== null) this.#passed(oldest.value);
  }

  #lookIn(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => setImmediate(() => this.#look()), milliseconds).unref();
  }

  #look(): void {
    this.#timer = null;
    for (let left = this.#left(); left !== null; left = this.#left()) {
      if (left > 0) {
        this.#timer ??= this.#lookIn(Math.ceil(left));
        return;
      }
      this.expireOldest();
    }
  }

  /** Milliseconds until the next one passes; null when there is none. */
  #left(): number | null {
    const oldest = this.#waiting.oldest;
    return oldest === null ? null : oldest.since + this.#milliseconds - performance.now();
  }
}
