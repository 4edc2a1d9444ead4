import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/**
 * Size of V8's young generation from which it grows no further, in bytes: two halves of 8 MB. V8 lets it grow to 128 MB on a
 * machine with much memory, as soon as one second brings many requests at a time, and a process that is never quite idle keeps
 * all of that. What lives in it here are messages in flight, which these halves hold.
 */
const YOUNG_GENERATION_BYTES = 16 * 2 ** 20;

/** From V8's first half of 1 MB to 8 MB in one step; 1 is no growth. V8 reads the factor each time it might grow. */
const GROWTH = { free: 8, bounded: 1 };

/** Bounds V8's young generation for the life of the process. It may shrink, as V8 does when idle, and grow again. */
export function boundYoungGeneration(): void {
  let factor = 0;
  const decide = (): void => {
    const wanted = youngGenerationBytes() >= YOUNG_GENERATION_BYTES ? GROWTH.bounded : GROWTH.free;
    if (wanted === factor) return;
    factor = wanted;
    setFlagsFromString(`--semi-space-growth-factor=${factor}`);
  };
  decide();
  // It grows at the end of a collection only, and by one step in each.
  new PerformanceObserver(decide).observe({ entryTypes: ['gc'] });
}

function youngGenerationBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;
}
