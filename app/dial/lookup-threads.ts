import { access, readFileSync } from 'node:fs';

/**
 * What is known of a name, and with it how likely its look-up is to block a thread for long:
 * `known` had an address before in this network, `new` was never asked for, `suspect` timed out last time.
 */
export type Priority = 'known' | 'new' | 'suspect';

const ORDER: readonly Priority[] = ['known', 'new', 'suspect'];

/**
 * Shares out the threads that getaddrinfo blocks. A name whose servers do not answer holds its thread for up to half a minute
 * and can not be called back, so names that timed out have half of the threads at most, and an eighth is kept free for
 * names that are known: a hundred names without an answer delay no other one.
 */
export class LookupQueue {
  readonly #limits: Readonly<Record<Priority, number>>;
  readonly #waiting: Readonly<Record<Priority, Set<(done: () => void) => void>>> = {
    known: new Set(),
    new: new Set(),
    suspect: new Set(),
  };
  #running = 0;
  #suspects = 0;

  /** `slots` look-ups run at a time. */
  constructor(slots: number) {
    this.#limits = { known: slots, new: slots - (slots >> 3), suspect: Math.max(1, slots >> 1) };
  }

  /** Calls `start` when there is a thread, with what it calls at the end. Returns what takes it out of the queue again. */
  add(priority: Priority, start: (done: () => void) => void): () => void {
    const queue = this.#waiting[priority];
    queue.add(start);
    this.#next();
    return () => queue.delete(start);
  }

  #next(): void {
    for (const priority of ORDER) {
      for (const start of this.#waiting[priority]) {
        if (!this.#hasRoomFor(priority)) break;
        this.#waiting[priority].delete(start);
        this.#begin(priority, start);
      }
    }
  }

  #hasRoomFor(priority: Priority): boolean {
    if (priority === 'suspect' && this.#suspects >= this.#limits.suspect) return false;
    return this.#running < (priority === 'known' ? this.#limits.known : this.#limits.new);
  }

  #begin(priority: Priority, start: (done: () => void) => void): void {
    const suspect = priority === 'suspect' ? 1 : 0;
    this.#running++;
    this.#suspects += suspect;
    start(() => {
      this.#running--;
      this.#suspects -= suspect;
      this.#next();
    });
  }
}

/** Threads that look-ups get half of: enough for a hundred that hang. An idle one costs 8 KB. */
const THREADS = 256;
/** libuv's default. */
const DEFAULT_THREADS = 4;
/** Threads of the limits of the machine that must stay free: for children, V8 and the rest of the system. */
const SPARE = 512;

/**
 * Gives the process more threads for look-ups, and returns how many look-ups may run at a time: libuv lets slow work have
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
