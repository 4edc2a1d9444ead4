import { access, readFileSync } from 'node:fs';

/** Threads that look-ups get half of: enough for a hundred that hang. An idle one costs 8 KB. */
const THREADS = 256;
/**
 * The same as libuv reads it, with a zero that no person writes: by that the size is known as ours, and children, of which many are
 * Node themselves, do not inherit it.
 */
const OWN_SIZE = `0${THREADS}`;
/** libuv's default. */
const DEFAULT_THREADS = 4;
/** Threads of the limits of the machine that must stay free: for children, V8 and the rest of the system. */
const SPARE = 512;

/**
 * Gives the process more threads for look-ups, and returns how many look-ups may run at a time: libuv lets slow work have half of
 * its pool. libuv reads the size from the environment and starts all the threads when the pool is first used (tens of
 * milliseconds), so this comes first in a process, and `withoutOwnPoolSize` is what children get. A size that the user has set is
 * kept, and so is libuv's own where the system's limits are tight: a thread that can not be made ends the process.
 */
export function widenThreadPool(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): number {
  const given = Number(environment['UV_THREADPOOL_SIZE']);
  if (Number.isInteger(given) && given > 0) return slotsOf(Math.min(given, 1024));
  if (platform === 'linux' && threadsLeft() < THREADS + SPARE) return slotsOf(DEFAULT_THREADS);
  environment['UV_THREADPOOL_SIZE'] = OWN_SIZE;
  return slotsOf(THREADS);
}

/** Starts the threads now and takes the size out of the environment: for a process whose children are not all started by us. */
export function startThreadPool(environment: NodeJS.ProcessEnv): void {
  access('/', () => undefined);
  if (environment['UV_THREADPOOL_SIZE'] === OWN_SIZE) delete environment['UV_THREADPOOL_SIZE'];
}

/** What a child inherits of our environment: all but the size that `widenThreadPool` has set. */
export function withoutOwnPoolSize(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (environment['UV_THREADPOOL_SIZE'] !== OWN_SIZE) return environment;
  const { UV_THREADPOOL_SIZE: _own, ...rest } = environment;
  return rest;
}

function slotsOf(threads: number): number {
  return (threads + 1) >> 1;
}

/** Threads this process may still start by the limits of Linux; none where the address space is limited. */
function threadsLeft(): number {
  const limits = contentOf('/proc/self/limits');
  if (!/^Max address space +unlimited/m.test(limits)) return 0;
  const processes = /^Max processes +(\d+)/m.exec(limits)?.[1];
  const group = /^0::(\/.*)$/m.exec(contentOf('/proc/self/cgroup'))?.[1];
  const inGroup = group === undefined ? '' : contentOf(`/sys/fs/cgroup${group}/pids.max`);
  return Math.min(...[processes, contentOf('/sys/fs/cgroup/pids.max').trim(), inGroup.trim()].map(limitOf));
}

function limitOf(written: string | undefined): number {
  return written !== undefined && /^\d+$/.test(written) ? Number(written) : Number.POSITIVE_INFINITY;
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
