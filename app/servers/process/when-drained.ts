import type { Readable } from 'node:stream';

/** Turns of the event loop without a byte after which nothing is left in a pipe. */
const QUIET_TURNS = 3;

/** Milliseconds after which a process that is gone has said enough: something it left behind keeps on writing. */
const LONGEST = 1000;

/**
 * Calls `done` when all that an exited process wrote has been read. The pipes' own end is no measure: a grandchild may hold
 * them for ever. What the process itself wrote is in the pipe already, so some turns of the event loop fetch it. While a reader has paused
 * the flow, its time does not run.
 */
export function whenDrained(pipes: readonly Readable[], done: () => void): void {
  let quiet = 0;
  const count = () => {
    quiet = 0;
  };
  for (const pipe of pipes) pipe.on('data', count);
  let deadline = performance.now() + LONGEST;
  const look = () => {
    if (pipes.some((pipe) => pipe.isPaused())) {
      deadline = performance.now() + LONGEST;
      const paused = pipes.filter((pipe) => pipe.isPaused());
      paused[0]?.once('resume', () => setImmediate(look));
      quiet = 0;
      return;
    }
    quiet++;
    const open = pipes.some((pipe) => !pipe.readableEnded && !pipe.destroyed);
    if (open && quiet <= QUIET_TURNS && performance.now() < deadline) {
      setImmediate(look);
      return;
    }
    for (const pipe of pipes) pipe.off('data', count);
    done();
  };
  setImmediate(look);
}
