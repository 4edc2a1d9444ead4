import type { Frame } from '../frame/index.ts';
import { type EventIds, roomFor, withoutSeparators, writeEvents } from './events.ts';

/** Bytes of one slab: several reads of a child's output. */
const SLAB_BYTES = 256 * 1024;

/** Empty slabs that wait to be used again. */
const KEPT = 1;

/** Events in one piece, and what holds their bytes in place. */
export interface Events {
  readonly bytes: Buffer;
  readonly slab: Slab;
}

/**
 * Memory in which events are written, the same over and over: fresh memory for every piece costs more than to write it, once
 * when the system hands it out and again when it is collected.
 */
export class EventMemory {
  #current: Slab | null = null;
  readonly #free: Slab[] = [];

  /** The frames as events, with ids if there are any. The caller holds them once, and releases them when they have been used. */
  write(unsafe: readonly Frame[], ids: EventIds | null): Events {
    const frames = withoutSeparators(unsafe);
    const room = roomFor(frames);
    if (room > SLAB_BYTES) return new Slab(room, () => undefined).write(frames, ids);
    if (this.#current === null || this.#current.room < room) {
      this.#current = this.#free.pop() ?? new Slab(SLAB_BYTES, (slab) => this.#emptied(slab));
    }
    return this.#current.write(frames, ids);
  }

  #emptied(slab: Slab): void {
    if (slab !== this.#current && this.#free.length < KEPT) this.#free.push(slab);
  }
}

/** A stretch of memory that is filled from its start, and filled again when nobody holds anything in it. */
export class Slab {
  readonly #memory: Buffer;
  readonly #emptied: (slab: Slab) => void;
  #used = 0;
  #holds = 0;

  constructor(bytes: number, emptied: (slab: Slab) => void) {
    this.#memory = Buffer.allocUnsafeSlow(bytes);
    this.#emptied = emptied;
  }

  get room(): number {
    return this.#memory.length - this.#used;
  }

  write(frames: readonly Frame[], ids: EventIds | null): Events {
    const from = this.#used;
    this.#used = writeEvents(this.#memory, from, frames, ids);
    this.#holds++;
    return { bytes: this.#memory.subarray(from, this.#used), slab: this };
  }

  hold(): void {
    this.#holds++;
  }

  /** Once for every hold. Can be handed on by itself, to be called when something has been sent. */
  readonly release = (): void => {
    if (--this.#holds > 0) return;
    this.#used = 0;
    this.#emptied(this);
  };
}
