import { Pieces } from '../../mcp/jsonrpc/index.ts';

/** What an event stream brings. */
export interface EventListener {
  /** `data` has no line breaks: those between its lines have become spaces, which JSON does not tell apart. `id` is null where it has none to go on from. */
  event(type: string, data: Buffer, id: string | null): void;
  /** The event with this id has been told completely, or has none to tell: the place to go on from. Empty where there is none any more. */
  id(id: string): void;
  /** Milliseconds to wait before the stream is asked for again. */
  retry(milliseconds: number): void;
  /** An event over the limit was dropped. */
  oversized(start: Buffer, end: Buffer): void;
}

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = Buffer.from(' ');
const MARK = Buffer.from('\ufeff');

/** Bytes kept of either end of an event that is too long. */
const END_BYTES = 1024;

/** Bytes of the longest id that is told: ids are remembered, and sent back in a header, of which servers take 8 KB and more. */
const LONGEST_ID = 4096;

/**
 * Reads `text/event-stream` (WHATWG HTML section 9.2.6) at any cut: lines end with LF, CR or CR LF, comments and unknown fields are
 * read over, a byte order mark in front is dropped. What has come of an event is bounded by `limit()` bytes.
 */
export class EventStreamReader {
  readonly #limit: () => number;
  readonly #listener: EventListener;
  /** A line that has not ended. */
  readonly #held = new Pieces();
  /** The first line of `data`; null before it. */
  #data: Buffer | null = null;
  /** All lines of `data` once there are several, as one text: kept one by one, short ones would cost far more than their bytes. */
  readonly #lines = new Pieces();
  #type = '';
  #id: string | null = null;
  #isFirst = true;
  /** The last byte was a CR: an LF behind it belongs to it. */
  #afterCr = false;
  /** Set while the rest of an event that is too long is read over. */
  #discarded: { start: Buffer; end: Buffer } | null = null;

  constructor(limit: () => number, listener: EventListener) {
    this.#limit = limit;
    this.#listener = listener;
  }

  /** `read` is a view of memory that may be used again afterwards; what is told is not. */
  push(read: Buffer): void {
    let from = 0;
    let cr = read.indexOf(CR);
    if (cr === -1 && !read.includes(LF)) {
      if (read.length === 0) return;
      this.#afterCr = false;
      return this.#hold(read, true);
    }
    const chunk = Buffer.from(read);
    while (from < chunk.length) {
      if (this.#afterCr && chunk[from] === LF) from++;
      this.#afterCr = false;
      if (cr !== -1 && cr < from) cr = chunk.indexOf(CR, from);
      const lf = chunk.indexOf(LF, from);
      const end = cr === -1 ? lf : lf === -1 ? cr : Math.min(cr, lf);
      if (end === -1) break;
      this.#line(chunk.subarray(from, end));
      this.#afterCr = end === cr;
      from = end + 1;
    }
    if (from < chunk.length) this.#hold(chunk.subarray(from), false);
  }

  /** Of `data` so far. */
  get #bytes(): number {
    return this.#lines.bytes || (this.#data?.length ?? 0);
  }

  #hold(piece: Buffer, isView: boolean): void {
    if (this.#discarded !== null) {
      this.#discarded.end = lastOf(this.#discarded.end, piece);
      return;
    }
    this.#held.push(piece, isView);
    if (this.#held.bytes + this.#bytes <= this.#limit() + END_BYTES) return;
    const line = this.#held.join();
    this.#discard(valueIn(line, colonIn(line)));
  }

  #discard(value: Buffer): void {
    const first = this.#data ?? value;
    this.#discarded = { start: Buffer.from(first.subarray(0, END_BYTES)), end: lastOf(Buffer.alloc(0), value) };
    this.#data = null;
    this.#lines.clear();
  }

  #line(end: Buffer): void {
    const isWhole = this.#held.bytes === 0;
    if (!isWhole) this.#held.push(end);
    let line = isWhole ? end : this.#held.join();
    if (this.#isFirst) {
      this.#isFirst = false;
      if (line.subarray(0, MARK.length).equals(MARK)) line = line.subarray(MARK.length);
    }
    if (line.length === 0) return this.#dispatch();
    if (this.#discarded !== null) {
      // The end of the line that was too long, or a further one of its event.
      this.#discarded.end = lastOf(this.#discarded.end, line);
      return;
    }
    const colon = colonIn(line);
    if (colon === 0) return;
    switch (line.toString('latin1', 0, Math.min(colon, 8))) {
      case 'data':
        this.#take(valueIn(line, colon));
        break;
      case 'event':
        this.#type = valueIn(line, colon).toString();
        break;
      case 'id': {
        const id = valueIn(line, colon);
        if (!id.includes(0)) this.#id = id.length > LONGEST_ID ? '' : id.toString();
        break;
      }
      case 'retry': {
        const digits = valueIn(line, colon).toString('latin1');
        if (/^\d{1,9}$/.test(digits)) this.#listener.retry(Number(digits));
        break;
      }
    }
  }

  #take(value: Buffer): void {
    if (this.#data === null) {
      this.#data = value;
    } else {
      if (this.#lines.bytes === 0) this.#lines.push(this.#data);
      this.#lines.push(SPACE);
      this.#lines.push(value);
    }
    if (this.#bytes > this.#limit()) this.#discard(value);
  }

  #dispatch(): void {
    const data = this.#lines.bytes > 0 ? this.#lines.join() : this.#data;
    const type = this.#type;
    const id = this.#id;
    const discarded = this.#discarded;
    this.#data = null;
    this.#type = '';
    this.#id = null;
    this.#discarded = null;
    if (discarded !== null) this.#listener.oversized(discarded.start, discarded.end);
    else if (data !== null) this.#listener.event(type, data, id === '' ? null : id);
    if (id !== null) this.#listener.id(id);
  }
}

/** Position of the first colon, or the length where there is none: the line is the name of a field without a value then. */
function colonIn(line: Buffer): number {
  const colon = line.indexOf(COLON);
  return colon === -1 ? line.length : colon;
}

function valueIn(line: Buffer, colon: number): Buffer {
  return line.subarray(colon + (line[colon + 1] === 0x20 ? 2 : 1));
}

function lastOf(before: Buffer, piece: Buffer): Buffer {
  const end = piece.length >= END_BYTES ? piece : Buffer.concat([before, piece]);
  return Buffer.from(end.subarray(-END_BYTES));
}
