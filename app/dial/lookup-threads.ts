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
