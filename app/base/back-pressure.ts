import type { Writable } from 'node:stream';

/**
 * Bytes that wait to be sent before a reader counts as slow. Node asks for a pause at 16 KiB already, less than one read of a
 * source: it would stop and start the source at every read.
 */
export const CONGESTED_BYTES = 256 * 1024;

/** Whether the reader of this stream is slow: nothing more should be written until it drains. */
export function isCongested(stream: Pick<Writable, 'writableNeedDrain' | 'writableLength'>): boolean {
  return stream.writableNeedDrain && stream.writableLength >= CONGESTED_BYTES;
}

/**
 * Stops a source while one of its readers is slow, so that unread data waits in the source's pipe and not in our memory.
 */
export class BackPressureGate {
  readonly #pause: () => void;
  readonly #resume: () => void;
  readonly #slow = new Set<object>();

  constructor(pause: () => void, resume: () => void) {
    this.#pause = pause;
    this.#resume = resume;
  }

  congested(reader: object): void {
    if (this.#slow.size === 0) this.#pause();
    this.#slow.add(reader);
  }

  /** Also to be called when a slow reader is gone. */
  relieved(reader: object): void {
    if (this.#slow.delete(reader) && this.#slow.size === 0) this.#resume();
  }
}

/** Steps that wait until a writer has room, in order. */
export class ReadyQueue {
  readonly #isCongested: () => boolean;
  #waiting: (() => void)[] = [];

  constructor(isCongested: () => boolean) {
    this.#isCongested = isCongested;
  }

  /** Steps that wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Runs the step at once, or as soon as `drained` finds room for it. */
  run(step: () => void): void {
    if (this.#isCongested()) this.#waiting.push(step);
    else step();
  }

  /** There is room, or the writer is gone: the steps run until it is congested again. */
  drained(): void {
    while (this.#waiting.length > 0 && !this.#isCongested()) this.#waiting.shift()?.();
  }
}
