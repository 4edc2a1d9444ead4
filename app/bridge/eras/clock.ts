/** Time as the eras need it, so that a test can be its master. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs something after so many milliseconds unless the function it answers is called before. Keeps no process alive. */
  after(milliseconds: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};
