import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Bytes beyond which V8's young generation does not grow. V8 lets it grow to 128 MB on a machine with much memory, as soon as one
 * second brings many requests at a time. What lives in it here are messages in flight, which this much holds.
 */
const YOUNG_GENERATION_BYTES = 16 * 2 ** 20;
/** The most by which it grows in one step. */
const MOST_GROWTH = 8;

/** Milliseconds between two looks at how busy the process is. */
const LOOK_MS = 10_000;
/** Shares of a processor: more is work, less is none. */
const BUSY = 0.05;
const QUIET = 0.02;

/** Keeps what V8 holds in proportion to the work, for the life of the process. `every` is for tests, in milliseconds. */
export function keepHeapSmall(every = LOOK_MS): void {
  boundYoungGeneration();
  collectAfterWork(every);
}

/** V8 reads the factor by which it grows each time it might, which is at the end of a collection. */
function boundYoungGeneration(): void {
  let factor = 0;
  const decide = (): void => {
    const room = Math.floor(YOUNG_GENERATION_BYTES / youngGenerationBytes());
    const wanted = Math.max(1, Math.min(room, MOST_GROWTH));
    if (wanted === factor) return;
    factor = wanted;
    setFlagsFromString(`--semi-space-growth-factor=${factor}`);
  };
  decide();
  new PerformanceObserver(decide).observe({ entryTypes: ['gc'] });
}

/** V8 collects when there is something to allocate: what the last work has left would stay for as long as there is no other. */
function collectAfterWork(every: number): void {
  let hasWorked = false;
  let before = process.cpuUsage();
  const look = (): void => {
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    const share = (user + system) / 1000 / every;
    if (share > BUSY) hasWorked = true;
    if (!hasWorked || share > QUIET) return;
    hasWorked = false;
    collect();
  };
  setInterval(look, every).unref();
}

/** A collection of everything, some tens of milliseconds. V8 shrinks the young generation in it where little was allocated of late. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc === 'function') gc();
}

function youngGenerationBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 1;
}
