import type { Frame } from '../../mcp/jsonrpc/index.ts';
import { EventBuffer, type EventIds, type Events, eventsFrom, type SlabPool } from '../http/index.ts';

/** Events that went to one stream in one piece, as they went. */
interface Run {
  readonly stream: number;
  readonly first: number;
  readonly last: number;
  readonly events: Events;
}

/** Frames that have become events: in one piece if they are kept, else by their names. */
export type Named = { readonly events: Events } | { readonly ids: EventIds };

/** A position in a session's streams, as its event id names it. */
export interface EventPosition {
  readonly stream: number;
  readonly number: number;
}

/** What a client has not seen of a stream. */
export interface Missed {
  /** Oldest first. */
  readonly events: readonly Events[];
  /** Nothing in between was given up. */
  readonly isComplete: boolean;
}

/** Runs that were given up and wait at the front of the list to be cut off together. */
const CUT_OFF = 256;

/**
 * The last events of a session over all its streams, up to so many bytes, so that a client whose connection broke can ask
 * for what it missed (2025-11-25 transports, Resumability). An event id is `<stream>-<number>`; the numbers run through
 * the whole session, so ids are unique in it and tell the stream they belong to.
 */
export class Replay {
  readonly #limit: () => number;
  readonly #memory: EventBuffer;
  /** Oldest first. Those before `#first` are given up. */
  #kept: (Run | undefined)[] = [];
  #first = 0;
  #bytes = 0;
  #number = 0;
  #lostThrough = 0;
  #isOver = false;

  /** `limit` in bytes. Its memory comes from `slabs`, and goes back there. */
  constructor(limit: () => number, slabs: SlabPool) {
    this.#limit = limit;
    this.#memory = new EventBuffer(slabs);
  }

  /** Number of the newest event. */
  get newest(): number {
    return this.#number;
  }

  /** Names frames and keeps them, unless they are more than all that may be kept. */
  add(stream: number, frames: readonly Frame[]): Named {
    const ids = { stream, first: this.#number + 1 };
    this.#number += frames.length;
    const limit = this.#limit();
    const events = this.#isOver || bytesOf(frames) > limit ? null : this.#memory.write(frames, ids);
    if (events === null || events.bytes.length > limit) {
      events?.slab.release();
      this.#lostThrough = this.#number;
      return { ids };
    }
    this.#kept.push({ stream, first: ids.first, last: this.#number, events });
    this.#bytes += events.bytes.length;
    while (this.#bytes > limit) this.#forgetOldest();
    return { events };
  }

  /** Names an event without a message: a position to resume from. */
  mark(stream: number): string {
    return `${stream}-${++this.#number}`;
  }

  /** What is kept of a stream after an event. */
  since({ stream, number }: EventPosition): Missed {
    const events: Events[] = [];
    for (const run of this.#kept) {
      if (run === undefined || run.stream !== stream || run.last <= number) continue;
      const { bytes, slab } = run.events;
      events.push(run.first > number ? run.events : { bytes: eventsFrom(bytes, stream, number + 1), slab });
    }
    return { events, isComplete: number >= this.#lostThrough };
  }

  /** The session is over, and no client can resume it: nothing is kept any more. */
  end(): void {
    this.#isOver = true;
    for (const run of this.#kept) run?.events.slab.release();
    this.#kept = [];
    this.#first = 0;
    this.#bytes = 0;
    this.#lostThrough = this.#number;
    this.#memory.end();
  }

  #forgetOldest(): void {
    const oldest = this.#kept[this.#first];
    this.#kept[this.#first++] = undefined;
    if (oldest !== undefined) {
      this.#bytes -= oldest.events.bytes.length;
      oldest.events.slab.release();
      this.#lostThrough = Math.max(this.#lostThrough, oldest.last);
    }
    if (this.#first < CUT_OFF) return;
    this.#kept = this.#kept.slice(this.#first);
    this.#first = 0;
  }
}

function bytesOf(frames: readonly Frame[]): number {
  let bytes = 0;
  for (const frame of frames) bytes += frame.bytes.length;
  return bytes;
}

/** The position an event id names; null when it is not one of ours. */
export function eventPosition(eventId: string): EventPosition | null {
  const [, stream, number] = /^(\d{1,15})-(\d{1,15})$/.exec(eventId) ?? [];
  return stream === undefined || number === undefined ? null : { stream: Number(stream), number: Number(number) };
}
