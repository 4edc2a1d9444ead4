import { EndingServers } from './coexistence.ts';

/** A server that keeps a spare child, as all of them together see it. */
export interface SpareOwner {
  /** When it was last used, in milliseconds of performance.now(); 0 when it never was. */
  readonly lastUsed: number;
  /** It is this server's turn to start its spare. */
  startSpare(): void;
  /** Ends the spare in favour of a child that is needed; false when there is none. */
  dropSpare(): boolean;
  /** Places have become free: one that found none may look again. */
  roomAgain(): void;
}

/** Milliseconds between the starts of the spares of two servers: fifty servers at once would use all processors and a gigabyte. */
const GAP = 1000;

/**
 * The spares of all servers: they are started one after the other, first those of servers that were used, and give their
 * places to children that a client waits for, first those of servers that were not.
 */
export class Spares {
  /** Servers that get none beside a process in use. */
  readonly ending = new EndingServers();
  readonly #owners = new Set<SpareOwner>();
  readonly #waiting = new Set<SpareOwner>();
  #lastStart = Number.NEGATIVE_INFINITY;
  #last: SpareOwner | null = null;
  #timer: NodeJS.Timeout | undefined;

  add(owner: SpareOwner): void {
    this.#owners.add(owner);
  }

  delete(owner: SpareOwner): void {
    this.#owners.delete(owner);
    this.#waiting.delete(owner);
  }

  /** Calls `startSpare` when it is the server's turn. */
  queue(owner: SpareOwner): void {
    this.#waiting.add(owner);
    this.#next();
  }

  unqueue(owner: SpareOwner): void {
    this.#waiting.delete(owner);
  }

  /** Ends one spare, so that its place can be taken; false when there is none. */
  giveWay(): boolean {
    return [...this.#owners].sort((a, b) => a.lastUsed - b.lastUsed).some((owner) => owner.dropSpare());
  }

  roomAgain(): void {
    for (const owner of this.#owners) owner.roomAgain();
  }

  #next(): void {
    let first: SpareOwner | null = null;
    for (const owner of this.#waiting) if (first === null || owner.lastUsed > first.lastUsed) first = owner;
    if (first === null) return;
    const wait = first === this.#last ? 0 : this.#lastStart + GAP - performance.now();
    if (wait > 0) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#next();
      }, wait).unref();
      return;
    }
    this.#waiting.delete(first);
    this.#last = first;
    this.#lastStart = performance.now();
    first.startSpare();
    this.#next();
  }
}
