import { PerformanceObserver } from 'node:perf_hooks';
import { runInNewContext } from 'node:vm';

/**
 * Bytes beyond which V8's young generation does not grow. V8 lets it grow to 128 MB on a machine with much memory, as soon as one
 * second brings many requests at a time. What lives in it here are messages in flight, and their bytes are elsewhere. With 128 calls
 * at a time, one takes a seventh less processor time than with 4 MB, and with 16 MB a fifth; each doubling costs 6 MB of memory after a burst.
 */
const YOUNG_GENERATION_BYTES = 8 * 2 ** 20;
/** The same for a process that hands one client's messages on: with 4 MB it takes 2.5 MB more after 50,000 messages, and is no faster. */
const YOUNG_GENERATION_BYTES_OF_ONE_CLIENT = 2 * 2 ** 20;
/** The most by which it grows in one step: V8 may take a second one before it is told to stop. */
const MOST_GROWTH = 2;

type V8 = typeof import('node:v8');

/** Milliseconds between two looks at how busy the process is. */
const LOOK_MS = 10_000;
/** Shares of a processor: more is work, less is none. */
const BUSY = 0.05;
const QUIET = 0.02;
/**
 * Looks in a row that find no work before memory is given back: a minute. With the last objects of a kind V8 throws away the code that was
 * optimized for them: after a collection while no tunnel was open, each of the next 2,500 took a fifth more processor time. Work that pauses
 * for seconds does not pay for that.
 */
const QUIET_LOOKS = 6;

/** Milliseconds after which an idle process that serves has come to rest. `node:v8` takes five to load, for which a client would wait. */
export const STARTED_MS = 250;

/** As keepHeapSmall, from a quarter of a second from now on. */
export function keepHeapSmallOnceStarted(): void {
  setTimeout(keepHeapSmall, STARTED_MS).unref();
}

/** Keeps what V8 holds in proportion to the work, for the rest of the process's life. `every` is for tests, in milliseconds. */
export function keepHeapSmall(every = LOOK_MS): void {
  const v8 = process.getBuiltinModule('node:v8');
  collectAfterWork(v8, every, boundYoungGeneration(v8, YOUNG_GENERATION_BYTES));
}

/**
 * The same, and more, for a process that serves one client: there are as many of them as clients, and they have little to do. At once,
 * because the first calls come within milliseconds. V8 compiles hot code with its last compiler alone: the one in the middle, Maglev,
 * takes 4 MB after 500 calls for code that the last one soon replaces. (A gateway with many tunnels needs it: 3 to 14 % of its time.)
 */
export function keepHeapSmallForOneClient(): void {
  const v8 = process.getBuiltinModule('node:v8');
  v8.setFlagsFromString('--no-maglev');
  collectAfterWork(v8, LOOK_MS, boundYoungGeneration(v8, YOUNG_GENERATION_BYTES_OF_ONE_CLIENT));
}

/**
 * V8 reads the factor by which it grows each time it might, which is at the end of a collection. Once it has grown to the bound,
 * collections are not looked at any more: Node makes several objects for each, as much work as a short tunnel. What this returns looks
 * whether V8 has shrunk it since.
 */
function boundYoungGeneration(v8: V8, bytes: number): () => void {
  let factor = 0;
  const decide = (): void => {
    const room = Math.floor(bytes / youngGenerationBytes(v8));
    const wanted = Math.max(1, Math.min(room, MOST_GROWTH));
    if (wanted === factor) return;
    factor = wanted;
    v8.setFlagsFromString(`--semi-space-growth-factor=${factor}`);
    if (factor === 1) observer.disconnect();
    else observer.observe({ entryTypes: ['gc'] });
  };
  const observer = new PerformanceObserver(decide);
  decide();
  return decide;
}

/**
 * V8 collects when there is something to allocate: what the last work has left would stay for as long as there is no other. `looked` is
 * called each time.
 */
function collectAfterWork(v8: V8, every: number, looked: () => void): void {
  let hasWorked = false;
  let quietLooks = 0;
  let before = process.cpuUsage();
  const look = (): void => {
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    const share = (user + system) / 1000 / every;
    if (share > BUSY) hasWorked = true;
    quietLooks = share <= QUIET ? quietLooks + 1 : 0;
    if (hasWorked && quietLooks >= QUIET_LOOKS) {
      hasWorked = false;
      collect(v8);
    }
    looked();
  };
  setInterval(look, every).unref();
}

/** A collection of everything, some tens of milliseconds. V8 shrinks the young generation in it where little was allocated of late. */
function collect(v8: V8): void {
  v8.setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc === 'function') gc();
}

function youngGenerationBytes(v8: V8): number {
  return v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 1;
}
