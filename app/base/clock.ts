/**
 * Time as the eras need it, so that a test can be its master. Like every timer of Node's, the monotonic clock goes on while
 * the machine sleeps on macOS (libuv 1.39: mach_continuous_time) and Windows, and stands still on Linux (CLOCK_MONOTONIC).
 */
export interface Clock {
  /** Milliseconds of the monotonic clock, counted from the start of the process: setting the time of day moves no deadline. */
  now(): number;
  /** Runs something after so many milliseconds unless the function it answers is called before. Keeps no process alive. */
  after(milliseconds: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};
