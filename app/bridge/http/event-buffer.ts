import { isAscii } from 'node:buffer';
import { escapeSeparators, type Frame } from '../../mcp/jsonrpc/index.ts';

/** Names of events: `<stream>-<number>`, the numbers counting up from `first`. */
export interface EventIds {
  readonly stream: number;
  readonly first: number;
}

const EVENT_TEXT = 'event: message\ndata: ';

export const EVENT = Buffer.from(EVENT_TEXT);
export const EVENT_END = Buffer.from('\n\n');

/** Bytes of what stands before the data of an event with an id: numbers of 17 digits, and all the rest. */
const LONGEST_HEAD = 2 * 17 + 'id: -\n'.length + EVENT_TEXT.length;

const DIGIT_NINE = 0x39;
const DIGIT_ZERO = 0x30;

/** The frames without the line separators of Unicode; null when there are none. */
function withoutSeparators(frames: readonly Frame[]): readonly Frame[] | null {
  const escaped = frames.map((frame) => {
    const bytes = escapeSeparators(frame.bytes);
    return bytes === frame.bytes ? frame : { ...frame, bytes };
  });
  return escaped.some((frame, index) => frame !== frames[index]) ? escaped : null;
}

/** Bytes in which the frames have room as events, whatever their ids. */
function roomFor(frames: readonly Frame[]): number {
  let bytes = frames.length * (LONGEST_HEAD + EVENT_END.length);
  for (const frame of frames) bytes += frame.bytes.length;
  return bytes;
}

/** Writes the frames as `message` events into `memory` from `from` on, with ids if there are any; where they end. */
function writeEvents(memory: Buffer, from: number, frames: readonly Frame[], ids: EventIds | null): number {
  const head = ids === null ? null : new CountingHead(ids);
  let at = from;
  for (const { bytes } of frames) {
    const start = head === null ? EVENT : head.next();
    memory.set(start, at);
    at += start.length;
    memory.set(bytes, at);
    at += bytes.length;
    memory[at++] = 0x0a;
    memory[at++] = 0x0a;
  }
  return at;
}

/** The part of events in one piece that begins with the one of this id. */
export function eventsFrom(events: Buffer, stream: number, number: number): Buffer {
  const id = `id: ${stream}-${number}\n`;
  // A frame is one line, so what begins behind a blank line is an event.
  return events.subarray(events.indexOf(id) === 0 ? 0 : events.indexOf(`\n\n${id}`) + EVENT_END.length);
}

/** What stands before the data of one event after the other. The number counts up in place: making text of each costs more than all else. */
class CountingHead {
  readonly #stream: number;
  #number: number;
  #bytes: Buffer;
  #lastDigit: number;

  constructor({ stream, first }: EventIds) {
    this.#stream = stream;
    this.#number = first - 1;
    this.#bytes = this.#write();
    this.#lastDigit = this.#bytes.length - EVENT.length - 2;
  }

  /** Good until the next call. */
  next(): Buffer {
    this.#number++;
    let at = this.#lastDigit;
    while (this.#bytes[at] === DIGIT_NINE) this.#bytes[at--] = DIGIT_ZERO;
    const digit = this.#bytes[at] ?? 0;
    if (digit >= DIGIT_ZERO && digit < DIGIT_NINE) {
      this.#bytes[at] = digit + 1;
    } else {
      // One digit more than before.
      this.#bytes = this.#write();
      this.#lastDigit = this.#bytes.length - EVENT.length - 2;
    }
    return this.#bytes;
  }

  #write(): Buffer {
    return Buffer.from(`id: ${this.#stream}-${this.#number}\n${EVENT_TEXT}`, 'latin1');
  }
}

/** Bytes of one slab: several reads of a child's output. */
const SLAB_BYTES = 256 * 1024;

/** Empty slabs that wait to be used again: what is kept for a client that asks again is emptied in turns of several. */
const KEPT = 4;

/** Slabs that are in no use, of all buffers that share them. */
export class SlabPool {
  readonly #free: Buffer[] = [];

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(SLAB_BYTES);
  }

  give(slab: Buffer): void {
    if (this.#free.length < KEPT) this.#free.push(slab);
  }
}

/** Events in one piece, and what holds their bytes in place. */
export interface Events {
  readonly bytes: Buffer;
  readonly slab: RefCountedBuffer;
}

/**
 * Memory in which events are written, the same over and over: fresh memory for every piece costs more than to write it, once
 * when the system hands it out and again when it is collected.
 */
export class EventBuffer {
  readonly #pool: SlabPool;
  #current: RefCountedBuffer | null = null;

  constructor(pool: SlabPool) {
    this.#pool = pool;
  }

  /** The frames as events, with ids if there are any. The caller holds them once, and releases them when they have been used. */
  write(frames: readonly Frame[], ids: EventIds | null): Events {
    const events = this.#write(frames, ids);
    // Looked at in one piece: a look at each frame costs as much as to copy it.
    const escaped = isAscii(events.bytes) ? null : withoutSeparators(frames);
    if (escaped === null) return events;
    events.slab.release();
    return this.#write(escaped, ids);
  }

  /** Nothing more will be written. What is held stays until it is released. */
  end(): void {
    const current = this.#current;
    this.#current = null;
    if (current?.isEmpty === true) this.#pool.give(current.memory);
  }

  #write(frames: readonly Frame[], ids: EventIds | null): Events {
    const room = roomFor(frames);
    if (room > SLAB_BYTES)
      return new RefCountedBuffer(Buffer.allocUnsafeSlow(room), () => undefined).write(frames, ids);
    if (this.#current === null || this.#current.room < room) {
      this.#current = new RefCountedBuffer(this.#pool.take(), (slab) => this.#emptied(slab));
    }
    return this.#current.write(frames, ids);
  }

  #emptied(slab: RefCountedBuffer): void {
    if (slab !== this.#current) this.#pool.give(slab.memory);
  }
}

/** Memory that is filled from its start, and filled again when no events in it are held. */
class RefCountedBuffer {
  readonly memory: Buffer;
  readonly #emptied: (slab: RefCountedBuffer) => void;
  #used = 0;
  #holds = 0;

  constructor(memory: Buffer, emptied: (slab: RefCountedBuffer) => void) {
    this.memory = memory;
    this.#emptied = emptied;
  }

  get room(): number {
    return this.memory.length - this.#used;
  }

  /** Nothing in it is held. */
  get isEmpty(): boolean {
    return this.#holds === 0;
  }

  write(frames: readonly Frame[], ids: EventIds | null): Events {
    const from = this.#used;
    this.#used = writeEvents(this.memory, from, frames, ids);
    this.#holds++;
    return { bytes: this.memory.subarray(from, this.#used), slab: this };
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
