import type { AnswerFault } from '../../i18n/index.ts';
import { BlockReader } from './block-reader.ts';
import { ChunkedDecoder } from './chunked-decoder.ts';
import { type FieldBlock, parseFields, parseResponseHead, type ResponseHead } from './response-head.ts';

/** Bytes the head of an answer may have. */
export const HEAD_LIMIT = 256 * 1024;
/** Bytes the trailers of an answer may have. */
const TRAILER_LIMIT = 64 * 1024;

/** Empty lines that may come in front of one status line; RFC 9112 section 2.2 grants a request one. */
const EMPTY_LINES_LIMIT = 4;

const CR = 0x0d;
const LF = 0x0a;
const LINE_END = Buffer.from('\r\n');

/** Receives the parts of an answer as they come in. */
export interface ResponseSink {
  /** A 1xx answer; the final one is still to come (RFC 9110 section 15.2). */
  interim(head: ResponseHead): void;
  /** The final answer begins; or 101, where `maySwitch` allowed it. */
  head(head: ResponseHead): void;
  /** A piece of content: a view, valid only until the parser is fed again. */
  content(bytes: Buffer): void;
}

/**
 * Reads the answers of one HTTP/1 connection: no socket, no timer, fed at any cut. Takes what curl takes and what can be
 * understood in one way only; a connection on which that was needed is `lenient`, and must not be used again. A doubtful
 * head is a fault (502), doubtful framing in the content is a fault too, and the connection is lost.
 */
export class ResponseParser {
  readonly #head = new BlockReader(HEAD_LIMIT);
  readonly #trailerBlock = new BlockReader(TRAILER_LIMIT);
  readonly #chunked = new ChunkedDecoder();
  #state: 'idle' | 'head' | 'length' | 'chunked' | 'trailers' | 'close' | 'done' | 'switched' = 'idle';
  #method = '';
  #maySwitch = false;
  #sink: ResponseSink | null = null;
  #left = 0;
  #begun = false;
  #lenient = false;
  #emptyLines = 0;
  #halfEmptyLine = false;
  #succeeded = false;
  #trailers: FieldBlock = { fields: [], lenient: false };

  /** The next answer is one to `method` and goes to `sink`. `maySwitch`: the request asked for an Upgrade. */
  expect(method: string, sink: ResponseSink, maySwitch = false): void {
    this.#state = 'head';
    this.#method = method;
    this.#sink = sink;
    this.#maySwitch = maySwitch;
    this.#begun = false;
    this.#emptyLines = 0;
    this.#trailers = { fields: [], lenient: false };
  }

  /** Whether a byte of the expected answer, interim ones included, has come. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Whether the expected answer is complete. */
  get done(): boolean {
    return this.#state === 'done';
  }

  /** Whether the connection speaks another protocol now: what `feed` did not take belongs to it. */
  get switched(): boolean {
    return this.#state === 'switched';
  }

  /** Whether anything on this connection was not by the letter of RFC 9112. */
  get lenient(): boolean {
    return this.#lenient || this.#chunked.lenient || this.#trailers.lenient;
  }

  /** Trailer fields of a complete answer: name, value, name, value, … */
  get trailers(): readonly string[] {
    return this.#trailers.fields;
  }

  /** Reads `bytes` until the answer is complete. Returns how many it took (the rest was never asked for), or a fault. */
  feed(bytes: Buffer): number | AnswerFault {
    let at = 0;
    if (bytes.length > 0) this.#begun = true;
    while (at < bytes.length) {
      switch (this.#state) {
        case 'head': {
          const next = this.#readHead(bytes, at);
          if (typeof next === 'string') return next;
          at = next;
          break;
        }
        case 'length': {
          const end = Math.min(bytes.length, at + this.#left);
          this.#left -= end - at;
          this.#pass(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
          at = end;
          if (this.#left === 0) this.#state = 'done';
          break;
        }
        case 'chunked':
          at = this.#chunked.read(bytes, at, this.#pass);
          if (at === -1) return 'chunk';
          if (this.#chunked.last) this.#state = 'trailers';
          break;
        case 'trailers': {
          const next = this.#readTrailers(bytes, at);
          if (typeof next === 'string') return next;
          at = next;
          break;
        }
        case 'close':
          this.#pass(at === 0 ? bytes : bytes.subarray(at));
          return bytes.length;
        case 'idle':
        case 'done':
        case 'switched':
          return at;
        default:
          this.#state satisfies never;
      }
    }
    return at;
  }

  /**
   * The origin has sent its FIN. True when that completes the answer, false when a part is missing. Where the FIN may be
   * what a reset left of the connection (`doubtful`), it does not make a success complete.
   */
  finish(doubtful: boolean): boolean {
    if (this.#state === 'close' && !(doubtful && this.#succeeded)) this.#state = 'done';
    return this.#state === 'done';
  }

  readonly #pass = (content: Buffer): void => {
    this.#sink?.content(content);
  };

  #readHead(bytes: Buffer, start: number): number | AnswerFault {
    const at = this.#head.begun ? start : this.#skipEmptyLines(bytes, start);
    if (typeof at === 'string' || at === bytes.length) return at;
    const block = this.#head.read(bytes, at);
    if (block === 'too-large') return 'headTooLarge';
    // Another protocol shows in its first bytes; waiting for a blank line might never end.
    if (block === null) return mayBeStatusLine(this.#head.beginning(16)) ? bytes.length : 'statusLine';
    if (block === 'bare-cr') return mayBeStatusLine(this.#head.beginning(16)) ? 'lineEnd' : 'statusLine';
    const head = parseResponseHead(block.text, this.#method);
    if (typeof head === 'string') return head;
    this.#lenient ||= head.lenient || block.bare;
    if (head.status === 101) {
      if (!this.#maySwitch) return 'switched';
      this.#state = 'switched';
      this.#sink?.head(head);
    } else if (head.status < 200) {
      this.#sink?.interim(head);
    } else {
      this.#begin(head);
      this.#sink?.head(head);
    }
    return block.next;
  }

  /** Empty lines in front of a status line: what an earlier answer, an interim one for instance, had too many. */
  #skipEmptyLines(bytes: Buffer, start: number): number | AnswerFault {
    for (let at = start; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === LF) {
        this.#lenient = true;
        this.#halfEmptyLine = false;
        if (++this.#emptyLines > EMPTY_LINES_LIMIT) return 'statusLine';
      } else if (this.#halfEmptyLine) {
        return 'lineEnd';
      } else if (byte === CR) {
        this.#halfEmptyLine = true;
      } else {
        return at;
      }
    }
    return bytes.length;
  }

  #begin(head: ResponseHead): void {
    this.#succeeded = head.status < 300;
    switch (head.framing) {
      case 'none':
        this.#state = 'done';
        break;
      case 'length':
        this.#left = head.length;
        this.#state = head.length === 0 ? 'done' : 'length';
        break;
      case 'chunked':
        this.#chunked.reset();
        this.#state = 'chunked';
        break;
      case 'close':
        this.#state = 'close';
        break;
      default:
        head.framing satisfies never;
    }
  }

  /** Behind the last chunk: trailer fields, or at once the line that ends the content, which is the chunks' and strict. */
  #readTrailers(bytes: Buffer, at: number): number | AnswerFault {
    if (!this.#trailerBlock.begun) {
      if (bytes[at] === LF) return 'chunk';
      if (bytes[at] === CR && bytes[at + 1] === LF) {
        this.#state = 'done';
        return at + 2;
      }
      // The reader looks for a blank line; the line end of the last chunk's line is the first half of one.
      this.#trailerBlock.read(LINE_END, 0);
    }
    const block = this.#trailerBlock.read(bytes, at);
    if (block === 'too-large') return 'headTooLarge';
    if (block === 'bare-cr') return 'lineEnd';
    if (block === null) return bytes.length;
    const fault = parseFields(block.text, 2, this.#trailers);
    if (fault !== null) return fault;
    this.#lenient ||= block.bare;
    this.#state = 'done';
    return block.next;
  }
}

/** Whether a status line can begin with `text`. */
function mayBeStatusLine(text: string): boolean {
  const line = text.replace(/^[\t ]+/, '').toUpperCase();
  return 'HTTP/1.'.startsWith(line.slice(0, 7)) || 'ICY '.startsWith(line.slice(0, 4));
}
