import type { Frame, FrameHead } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import { scanEnds } from './scan.ts';

/** Pieces from this size on are kept as they came; smaller ones are copied together. */
const LARGE = 8 * 1024;
const FIRST_TAIL = 1024;
const LONGEST_TAIL = 64 * 1024;

/**
 * Bytes from which on a message is collected in one block that has room for more of it, and by how much a full block is exceeded by
 * the next: memory that nothing was written to is taken from no system.
 */
const BLOCK_FROM = 1024 * 1024;
const BLOCK_GROWTH = 8;
const MOST_ROOM = 64 * 1024 * 1024;

/**
 * The bytes of one message as they come in. What came in large pieces is kept as it is and joined once; small pieces are
 * copied together, because each one alone costs a few hundred bytes, however short it is, and may keep a whole read alive.
 * A message of megabytes is never there twice, as its pieces and as a whole: it grows in its place.
 */
export class Pieces {
  #pieces: Buffer[] = [];
  #bytes = 0;
  #tail: Buffer | null = null;
  #tailBytes = 0;
  #block: Buffer<ArrayBuffer> | null = null;

  get bytes(): number {
    return this.#bytes;
  }

  /** `isView`: the piece is memory that is used for other things afterwards. */
  push(piece: Buffer, isView = false): void {
    if (this.#bytes > 0 && this.#bytes + piece.length >= BLOCK_FROM) return this.#collect(piece);
    this.#bytes += piece.length;
    // Most messages come in one piece, which is never copied where it is theirs.
    if (piece.length >= LARGE || this.#bytes === piece.length) {
      this.#seal();
      this.#pieces.push(isView ? Buffer.from(piece) : piece);
      return;
    }
    const tail = this.#tail;
    if (tail !== null && tail.length - this.#tailBytes >= piece.length) {
      this.#tailBytes += piece.copy(tail, this.#tailBytes);
      return;
    }
    this.#seal();
    const size = Math.min(LONGEST_TAIL, tail === null ? FIRST_TAIL : 2 * tail.length);
    this.#tail = Buffer.allocUnsafeSlow(Math.max(size, piece.length));
    this.#tailBytes = piece.copy(this.#tail);
  }

  /** Everything that came, in one piece; what comes next begins anew. */
  join(): Buffer {
    if (this.#block !== null) {
      const message = this.#block.subarray(0, this.#bytes);
      this.clear();
      return message;
    }
    this.#seal();
    const [only] = this.#pieces;
    const whole = this.#pieces.length === 1 && only !== undefined ? only : Buffer.concat(this.#pieces, this.#bytes);
    this.clear();
    return whole;
  }

  /** The first bytes, at most `count` of them. */
  start(count: number): Buffer {
    if (this.#block !== null) return Buffer.from(this.#block.subarray(0, Math.min(count, this.#bytes)));
    this.#seal();
    return Buffer.concat(this.#pieces, Math.min(count, this.#bytes));
  }

  /** The last bytes, at most `count` of them. */
  end(count: number): Buffer {
    if (this.#block !== null) {
      return Buffer.from(this.#block.subarray(Math.max(0, this.#bytes - count), this.#bytes));
    }
    this.#seal();
    const last: Buffer[] = [];
    let bytes = 0;
    for (let index = this.#pieces.length - 1; index >= 0 && bytes < count; index--) {
      const piece = this.#pieces[index];
      if (piece === undefined) break;
      last.unshift(piece);
      bytes += piece.length;
    }
    return Buffer.from(Buffer.concat(last, bytes).subarray(-count));
  }

  clear(): void {
    this.#pieces = [];
    this.#bytes = 0;
    this.#tail = null;
    this.#tailBytes = 0;
    this.#block = null;
  }

  #collect(piece: Buffer): void {
    const bytes = this.#bytes + piece.length;
    if (this.#block === null || this.#block.length < bytes) this.#block = this.#biggerBlock(bytes);
    piece.copy(this.#block, this.#bytes);
    this.#bytes = bytes;
  }

  /** A block for at least so many bytes, with what has come. */
  #biggerBlock(bytes: number): Buffer<ArrayBuffer> {
    const block = Buffer.allocUnsafeSlow(Math.min(BLOCK_GROWTH * bytes, bytes + MOST_ROOM));
    const full = this.#block;
    if (full !== null) {
      full.copy(block, 0, 0, this.#bytes);
      // At once, not at the next collection of garbage.
      full.buffer.transfer(0);
      return block;
    }
    this.#seal();
    let at = 0;
    for (const piece of this.#pieces) at += piece.copy(block, at);
    this.#pieces = [];
    return block;
  }

  #seal(): void {
    if (this.#tail !== null && this.#tailBytes > 0) this.#pieces.push(this.#tail.subarray(0, this.#tailBytes));
    this.#tail = null;
    this.#tailBytes = 0;
  }
}

const MARK = Buffer.from('\ufeff');

/** What stands behind a byte order mark, which some writers of UTF-8 begin with (RFC 8259 section 8.1: a reader may ignore it). Else all of it. */
export function behindMark(text: Buffer): Buffer {
  return text[0] === MARK[0] && text.subarray(0, MARK.length).equals(MARK) ? text.subarray(MARK.length) : text;
}

/** What came that is no frame. */
export interface LineFaults {
  /** A line that holds anything but JSON-RPC messages. It is dropped. */
  garbage(line: Buffer): void;
  /**
   * A line that was dropped has ended: it was over the limit, or its account had no room for it. `head` is what its first
   * and last bytes told. The frame to deliver in its place, if any.
   */
  oversized(bytes: number, head: FrameHead | null, why: 'limit' | 'no-room'): Frame | null;
}

/** Counts the bytes of a line that has not ended, see MessageAccount; told nothing of lines that come in one read. */
export interface LineAccount {
  watch(): void;
  /** False when there is no room for so many bytes more. */
  take(bytes: number): boolean;
  release(): void;
}

export interface LineSource {
  /** A client's messages may lack the member `jsonrpc`: the server judges that. */
  readonly from?: 'server' | 'client';
  readonly account?: LineAccount | null;
  /** Each read is given as a view of memory that the next one uses again. */
  readonly readsViews?: boolean;
}

/** Bytes kept of either end of a line that is too long. */
const END_BYTES = 1024;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Cuts a stream of bytes into frames (MCP transports, stdio: messages are delimited by newlines and contain none). What has
 * come of an unfinished line is joined once, so a line costs its length, however many reads it came in. Memory is bounded by
 * `limit()` bytes, asked for at every read, and by the account if there is one.
 */
export class LineSplitter {
  readonly #limit: () => number;
  readonly #faults: LineFaults;
  readonly #account: LineAccount | null;
  readonly #reader: FrameReader;
  readonly #readsViews: boolean;
  readonly #held = new Pieces();
  /** Set while the rest of a line that is not taken is thrown away. */
  #discarded: { start: Buffer; end: Buffer; bytes: number; why: 'limit' | 'no-room' } | null = null;

  constructor(
    limit: () => number,
    faults: LineFaults,
    { from = 'server', account = null, readsViews = false }: LineSource = {},
  ) {
    this.#limit = limit;
    this.#faults = faults;
    this.#account = account;
    this.#readsViews = readsViews;
    this.#reader = new FrameReader({ anyVersion: from === 'client' });
  }

  /** The frames that this read completes, in order. */
  push(read: Buffer): Frame[] {
    blankCarriageReturns(read);
    const frames: Frame[] = [];
    const limit = this.#limit();
    let lineFeed = read.indexOf(LINE_FEED);
    if (lineFeed === -1) {
      if (read.length > 0) this.#hold(read, this.#readsViews);
      return frames;
    }
    const chunk = this.#readsViews ? Buffer.from(read) : read;
    let from = 0;
    for (; lineFeed !== -1; lineFeed = chunk.indexOf(LINE_FEED, from)) {
      const piece = chunk.subarray(from, lineFeed);
      if (this.#discarded === null && this.#held.bytes === 0 && piece.length <= limit) {
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

  /** The frames of a last line that has no line break. */
  end(): Frame[] {
    const frames: Frame[] = [];
    if (this.#held.bytes > 0 || this.#discarded !== null) this.#finish(frames);
    return frames;
  }

  /** Drops the line that has not ended, and what still comes of it. */
  drop(): void {
    if (this.#held.bytes > 0) this.#startDiscarding('no-room');
  }

  /** No more reads follow: what is held of a line goes. */
  close(): void {
    this.#held.clear();
    this.#account?.release();
  }

  #hold(piece: Buffer, isView = false): void {
    if (this.#discarded !== null) {
      this.#discard(piece);
      return;
    }
    const counted = this.#account?.take(piece.length) ?? true;
    this.#held.push(piece, isView);
    if (!counted) this.#startDiscarding('no-room');
    else if (this.#held.bytes > this.#limit()) this.#startDiscarding('limit');
    else this.#account?.watch();
  }

  #startDiscarding(why: 'limit' | 'no-room'): void {
    const bytes = this.#held.bytes;
    this.#discarded = { start: Buffer.from(this.#held.start(END_BYTES)), end: this.#held.end(END_BYTES), bytes, why };
    this.#held.clear();
    this.#account?.release();
  }

  #discard(piece: Buffer): void {
    if (this.#discarded === null) return;
    this.#discarded.bytes += piece.length;
    const end = piece.length >= END_BYTES ? piece : Buffer.concat([this.#discarded.end, piece]);
    this.#discarded.end = Buffer.from(end.subarray(-END_BYTES));
  }

  #finish(frames: Frame[]): void {
    if (this.#discarded !== null) {
      const { bytes, start, end, why } = this.#discarded;
      this.#discarded = null;
      const instead = this.#faults.oversized(bytes, scanEnds(start, end), why);
      if (instead !== null) frames.push(instead);
      return;
    }
    const line = this.#held.join();
    this.#account?.release();
    this.#take(line, frames);
  }

  #take(line: Buffer, frames: Frame[]): void {
    if (line.length === 0) return;
    const read = this.#reader.read(line);
    if (read === null) this.#faults.garbage(line);
    else if (read.length === 1 && read[0] !== undefined) frames.push(read[0]);
    else frames.push(...read);
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
