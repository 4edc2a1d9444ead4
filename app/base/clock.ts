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
