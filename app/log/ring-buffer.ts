import type { LogEntry } from './log.ts';

/** An entry with its place in the log: numbers start at 1 and have no gaps, so a reader sees what it missed. */
export interface NumberedEntry {
  readonly sequence: number;
  readonly entry: LogEntry;
}

export interface RingBufferOptions {
  /** Entries kept. */
  readonly entries?: number;
  /** Characters of messages and fields kept together, whatever the number of entries: the bound on memory. */
  readonly characters?: number;
}

/** Milliseconds between two batches to a subscriber: a window redraws at most 20 times a second. */
const BATCH_INTERVAL = 50;

/** Keeps the newest entries in memory for the log viewer, so that it need not read files that are being written. */
export class RingBuffer {
  readonly #capacity: number;
  readonly #characterLimit: number;
  /** Circular once full: the oldest entry is at `#start`. */
  readonly #entries: (LogEntry | undefined)[] = [];
  readonly #subscribers = new Set<Subscriber>();
  #start = 0;
  #size = 0;
  #characters = 0;
  #lastSequence = 0;

  constructor({ entries = 20_000, characters = 16 * 1024 * 1024 }: RingBufferOptions = {}) {
    this.#capacity = entries;
    this.#characterLimit = characters;
  }

  add(entry: LogEntry): void {
    if (this.#size === this.#capacity) this.#dropOldest();
    this.#entries[(this.#start + this.#size) % this.#capacity] = entry;
    this.#size++;
    this.#lastSequence++;
    this.#characters += charactersOf(entry);
    while (this.#characters > this.#characterLimit && this.#size > 1) this.#dropOldest();
    for (const subscriber of this.#subscribers) subscriber.wake();
  }

  /** Number of the newest entry; 0 before the first. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** The entries after number `sequence` that are still kept, oldest first; `limit` keeps the newest of them. */
  since(sequence: number, limit: number = this.#capacity): NumberedEntry[] {
    const found: NumberedEntry[] = [];
    const oldest = this.#lastSequence - this.#size + 1;
    const first = Math.max(sequence + 1, oldest, this.#lastSequence - limit + 1);
    for (let number = first; number <= this.#lastSequence; number++) {
      const entry = this.#entries[(this.#start + number - oldest) % this.#capacity];
      if (entry !== undefined) found.push({ sequence: number, entry });
    }
    return found;
  }

  /**
   * Calls `listener` with what is new, at most every 50 ms, starting with the entries after number `sequence`.
   * A listener too slow for a flood gets the newest entries and sees the gap in their numbers. Returns the unsubscribe.
   */
  subscribe(listener: (batch: readonly NumberedEntry[]) => void, sequence: number = this.#lastSequence): () => void {
    let seen = sequence;
    const subscriber = new Subscriber(() => {
      const batch = this.since(seen);
      seen = this.#lastSequence;
      if (batch.length > 0) listener(batch);
    });
    this.#subscribers.add(subscriber);
    if (seen < this.#lastSequence) subscriber.wake();
    return () => {
      this.#subscribers.delete(subscriber);
      subscriber.stop();
    };
  }

  #dropOldest(): void {
    const oldest = this.#entries[this.#start];
    if (oldest !== undefined) this.#characters -= charactersOf(oldest);
    this.#entries[this.#start] = undefined;
    this.#start = (this.#start + 1) % this.#capacity;
    this.#size--;
  }
}

/** A listener with its timer, which runs only while there are entries to deliver. */
class Subscriber {
  readonly #deliver: () => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(deliver: () => void) {
    this.#deliver = deliver;
  }

  wake(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#deliver();
    }, BATCH_INTERVAL).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}

/** Near enough for a bound: names and punctuation of fields count as a constant. */
function charactersOf(entry: LogEntry): number {
  let characters = 64 + entry.message.length;
  for (const value of Object.values(entry.fields)) characters += typeof value === 'string' ? value.length + 16 : 24;
  return characters;
}
