import type { Frame } from '../frame/index.ts';

interface Kept {
  readonly stream: number;
  readonly number: number;
  readonly frame: Frame;
}

/** A place in a session's streams, as its event id names it. */
export interface Place {
  readonly stream: number;
  readonly number: number;
}

/** Events that a client has not seen, oldest first, each with its id. */
export interface Missed {
  readonly frames: readonly Frame[];
  readonly ids: readonly string[];
  /** Nothing in between was given up. */
  readonly complete: boolean;
}

/**
 * The last events of a session over all its streams, up to so many bytes, so that a client whose connection broke can ask for what it
 * missed (2025-11-25 transports, Resumability). An event id is `<stream>-<number>`; the numbers run through the whole
 * session, so ids are unique in it and tell the stream they belong to.
 */
export class Replay {
  readonly #limit: () => number;
  /** Oldest first. Those before `#first` are given up and wait to be cut off together. */
  #kept: (Kept | undefined)[] = [];
  #first = 0;
  #bytes = 0;
  #number = 0;
  #lostThrough = 0;

  /** `limit` in bytes. */
  constructor(limit: () => number) {
    this.#limit = limit;
  }

  /** Number of the newest event. */
  get newest(): number {
    return this.#number;
  }

  /** Keeps a frame and names its event. */
  add(stream: number, frame: Frame): string {
    const number = ++this.#number;
    this.#kept.push({ stream, number, frame });
    this.#bytes += frame.bytes.length;
    while (this.#bytes > this.#limit()) this.#forgetOldest();
    return `${stream}-${number}`;
  }

  /** Names an event without a message: a place to resume from. */
  mark(stream: number): string {
    return `${stream}-${++this.#number}`;
  }

  /** What is kept of a stream after an event. */
  since({ stream, number }: Place): Missed {
    const kept = this.#kept.filter((one) => one !== undefined && one.stream === stream && one.number > number);
    return {
      complete: number >= this.#lostThrough,
      frames: kept.flatMap((one) => one?.frame ?? []),
      ids: kept.flatMap((one) => (one === undefined ? [] : `${stream}-${one.number}`)),
    };
  }

  #forgetOldest(): void {
    const oldest = this.#kept[this.#first];
    this.#kept[this.#first++] = undefined;
    if (oldest !== undefined) {
      this.#bytes -= oldest.frame.bytes.length;
      this.#lostThrough = oldest.number;
    }
    if (this.#first > 1024 && this.#first * 2 > this.#kept.length) {
      this.#kept = this.#kept.slice(this.#first);
      this.#first = 0;
    }
  }
}

/** The place an event id names; null when it is not one of ours. */
export function placeOf(eventId: string): Place | null {
  const [, stream, number] = /^(\d{1,15})-(\d{1,15})$/.exec(eventId) ?? [];
  return stream === undefined || number === undefined ? null : { stream: Number(stream), number: Number(number) };
}
