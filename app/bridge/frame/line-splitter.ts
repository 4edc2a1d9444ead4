import { behindMark } from './byte-order-mark.ts';
import type { Frame, FrameHead } from './frame.ts';
import { frameFrom, framesOfBatch, scanEnds } from './scan.ts';

/** What came that is no frame. */
export interface LineFaults {
  /** A line that is no JSON-RPC message, `bytes` long. It is dropped. */
  garbage(bytes: number): void;
  /**
   * A line of more than the limit has ended and was dropped; `head` is what its first and last bytes told. The frame to
   * deliver in its place, if any.
   */
  oversized(bytes: number, head: FrameHead | null): Frame | null;
}

/** Bytes kept of either end of a line that is too long. */
const END_BYTES = 1024;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Cuts a stream of bytes into frames (MCP transports, stdio: messages are delimited by newlines and contain none). Chunks
 * of an unfinished line wait in a list and are joined once, so a line costs its length, however many reads it came in.
 * Memory is bounded by `limit()` bytes, asked for at every read.
 */
export class LineSplitter {
  readonly #limit: () => number;
  readonly #faults: LineFaults;
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** Set while the rest of a line over the limit is thrown away. */
  #discarded: { start: Buffer; end: Buffer; bytes: number } | null = null;

  constructor(limit: () => number, faults: LineFaults) {
    this.#limit = limit;
    this.#faults = faults;
  }

  /** The frames that this read completes, in order. */
  push(chunk: Buffer): Frame[] {
    blankCarriageReturns(chunk);
    const frames: Frame[] = [];
    const limit = this.#limit();
    let from = 0;
    for (;;) {
      const lineFeed = chunk.indexOf(LINE_FEED, from);
      if (lineFeed === -1) break;
      const piece = chunk.subarray(from, lineFeed);
      if (this.#discarded === null && this.#heldBytes === 0 && piece.length <= limit) {
        this.#take(piece, frames);
      } else {
        this.#hold(piece);
        this.#finish(frames);
      }
      from = lineFeed + 1;
    }
    if (from < chunk.length) this.#hold(chunk.subarray(from));
    return frames;
  }

  #hold(piece: Buffer): void {
    if (this.#discarded !== null) {
      this.#discard(piece);
      return;
    }
    this.#held.push(piece);
    this.#heldBytes += piece.length;
    if (this.#heldBytes <= this.#limit()) return;
    const start = Buffer.concat(this.#held, Math.min(this.#heldBytes, END_BYTES));
    this.#discarded = { start, end: start, bytes: 0 };
    for (const held of this.#held) this.#discard(held);
    this.#held = [];
    this.#heldBytes = 0;
  }

  #discard(piece: Buffer): void {
    if (this.#discarded === null) return;
    this.#discarded.bytes += piece.length;
    const end = piece.length >= END_BYTES ? piece : Buffer.concat([this.#discarded.end, piece]);
    this.#discarded.end = Buffer.from(end.subarray(-END_BYTES));
  }

  #finish(frames: Frame[]): void {
    if (this.#discarded !== null) {
      const { bytes, start, end } = this.#discarded;
      this.#discarded = null;
      const instead = this.#faults.oversized(bytes, scanEnds(start, end));
      if (instead !== null) frames.push(instead);
      return;
    }
    const line = Buffer.concat(this.#held, this.#heldBytes);
    this.#held = [];
    this.#heldBytes = 0;
    this.#take(line, frames);
  }

  #take(line: Buffer, frames: Frame[]): void {
    const frame = frameFrom(line);
    if (frame !== null) {
      frames.push(frame);
      return;
    }
    const text = behindMark(line);
    if (text.length < line.length) {
      this.#take(text, frames);
      return;
    }
    const batch = framesOfBatch(line);
    frames.push(...batch);
    if (batch.length === 0 && !isBlank(line)) this.#faults.garbage(line.length);
  }
}

/** White space to JSON, but a line break to SSE: Windows servers end their lines with one. */
function blankCarriageReturns(chunk: Buffer): void {
  let at = chunk.indexOf(CARRIAGE_RETURN);
  while (at !== -1) {
    chunk[at] = 0x20;
    at = chunk.indexOf(CARRIAGE_RETURN, at + 1);
  }
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09);
}
