import { access, readFileSync } from 'node:fs';

/** Threads that look-ups get half of: enough for a hundred that hang. An idle one costs 8 KB. */
const THREADS = 256;
/** What libuv has unless it is told otherwise. */
const DEFAULT_THREADS = 4;
/** Threads of the limits of the machine that must stay free: for children, V8 and the rest of the system. */
const SPARE = 512;

/**
 * Gives the process more threads for look-ups, and tells how many look-ups may run at a time: libuv lets slow work have
 * half of its pool. The size is read from the environment when the pool is first used, so this comes first in a process;
 * the variable does not stay, or every child that is a Node would get as many. A size that the user has set is kept, and
 * so is libuv's own where the system's limits are tight: a thread that can not be made ends the process.
 */
export function widenThreadPool(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): number {
  const given = Number(environment['UV_THREADPOOL_SIZE']);
  if (Number.isInteger(given) && given > 0) return slotsOf(Math.min(given, 1024));
  if (platform === 'linux' && threadsLeft() < THREADS + SPARE) return slotsOf(DEFAULT_THREADS);
  environment['UV_THREADPOOL_SIZE'] = String(THREADS);
  access('/', () => undefined);
  delete environment['UV_THREADPOOL_SIZE'];
  return slotsOf(THREADS);
}

function slotsOf(threads: number): number {
  return (threads + 1) >> 1;
}

/** How many threads Linux would still let this process have, as far as it tells; none where addresses are limited. */
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
