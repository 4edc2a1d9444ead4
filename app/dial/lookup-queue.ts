/**
 * What is known of a name, and with it how likely its look-up is to block a thread for long:
 * `known` had an address before in this network, `new` was never asked for, `suspect` timed out last time.
 */
export type Standing = 'known' | 'new' | 'suspect';

const ORDER: readonly Standing[] = ['known', 'new', 'suspect'];

/**
 * Shares out the threads that getaddrinfo blocks. A name whose servers are dead holds its thread for up to half a minute
 * and can not be called back, so names that timed out have half of the threads at most, and an eighth is kept free for
 * names that are known: a hundred dead names hold up no other one.
 */
export class LookupQueue {
  readonly #limits: Readonly<Record<Standing, number>>;
  readonly #waiting: Readonly<Record<Standing, Set<(done: () => void) => void>>> = {
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
  add(standing: Standing, start: (done: () => void) => void): () => void {
    const queue = this.#waiting[standing];
    queue.add(start);
    this.#next();
    return () => queue.delete(start);
  }

  #next(): void {
    for (const standing of ORDER) {
      for (const start of this.#waiting[standing]) {
        if (!this.#hasRoomFor(standing)) break;
        this.#waiting[standing].delete(start);
        this.#begin(standing, start);
      }
    }
  }

  #hasRoomFor(standing: Standing): boolean {
    if (standing === 'suspect' && this.#suspects >= this.#limits.suspect) return false;
    return this.#running < (standing === 'known' ? this.#limits.known : this.#limits.new);
  }

  #begin(standing: Standing, start: (done: () => void) => void): void {
    const suspect = standing === 'suspect' ? 1 : 0;
    this.#running++;
    this.#suspects += suspect;
    start(() => {
      this.#running--;
      this.#suspects -= suspect;
      this.#next();
    });
  }
}
