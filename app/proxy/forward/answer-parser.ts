import type { AnswerFault } from '../../text/index.ts';
import { type AnswerHead, parseAnswerHead, parseFields } from './answer-head.ts';
import { BlockReader } from './block-reader.ts';
import { ChunkedContent } from './chunked-content.ts';

/** Bytes the head of an answer may have. */
export const HEAD_LIMIT = 256 * 1024;
/** Bytes the trailers of an answer may have. */
const TRAILER_LIMIT = 64 * 1024;

const CR = 0x0d;
const LF = 0x0a;
const LINE_END = Buffer.from('\r\n');

/** What an answer consists of, told as it comes in. */
export interface AnswerSink {
  /** A 1xx answer; the final one is still to come (RFC 9110 section 15.2). */
  interim(head: AnswerHead): void;
  /** The final answer begins; or 101, where the parser was told to expect it. */
  head(head: AnswerHead): void;
  /** A piece of content: a view that holds only until whoever feeds the parser gets back to reading. */
  content(bytes: Buffer): void;
}

/**
 * Reads the answers of one HTTP/1 connection: no socket, no timer, fed at any cut. Strict where RFC 9112 lets a proxy
 * be: a doubtful head is a fault (502), doubtful framing in the content is a fault too, and the connection is lost.
 */
export class AnswerParser {
  readonly #head = new BlockReader(HEAD_LIMIT);
  readonly #trailerBlock = new BlockReader(TRAILER_LIMIT);
  readonly #chunked = new ChunkedContent();
  #state: 'idle' | 'head' | 'length' | 'chunked' | 'trailers' | 'close' | 'done' | 'switched' = 'idle';
  #method = '';
  #maySwitch = false;
  #sink: AnswerSink | null = null;
  #left = 0;
  #begun = false;
  #trailers: string[] = [];

  /** The next answer is one to `method` and goes to `sink`. `maySwitch` says that the request offered an Upgrade. */
  expect(method: string, sink: AnswerSink, maySwitch = false): void {
    this.#state = 'head';
    this.#method = method;
    this.#sink = sink;
    this.#maySwitch = maySwitch;
    this.#begun = false;
    this.#trailers = [];
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

  /** Trailer fields of a complete answer: name, value, name, value, … */
  get trailers(): readonly string[] {
    return this.#trailers;
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

  /** The origin has sent its FIN. True when that completes the answer, false when a part is missing. */
  finish(): boolean {
    if (this.#state === 'close') this.#state = 'done';
    return this.#state === 'done';
  }

  readonly #pass = (content: Buffer): void => {
    this.#sink?.content(content);
  };

  #readHead(bytes: Buffer, at: number): number | AnswerFault {
    const block = this.#head.read(bytes, at);
    if (block === 'too-large') return 'headTooLarge';
    if (block === 'bare-lf') return 'HTTP/1.'.startsWith(this.#head.beginning(7)) ? 'lineEnd' : 'statusLine';
    if (block === null) {
      // Whoever speaks another protocol is found out by the first bytes; no blank line might ever come.
      return 'HTTP/1.'.startsWith(this.#head.beginning(7)) ? bytes.length : 'statusLine';
    }
    const head = parseAnswerHead(block.text, this.#method);
    if (typeof head === 'string') return head;
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

  #begin(head: AnswerHead): void {
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

  /** Behind the last chunk: trailer fields, or at once the line that ends the content. */
  #readTrailers(bytes: Buffer, at: number): number | AnswerFault {
    if (!this.#trailerBlock.begun && bytes[at] === CR && bytes[at + 1] === LF) {
      this.#state = 'done';
      return at + 2;
    }
    // The reader looks for a blank line; the CR LF that ended the last chunk's line is the first half of one.
    if (!this.#trailerBlock.begun) this.#trailerBlock.read(LINE_END, 0);
    const block = this.#trailerBlock.read(bytes, at);
    if (block === 'too-large') return 'headTooLarge';
    if (block === 'bare-lf') return 'lineEnd';
    if (block === null) return bytes.length;
    const fault = parseFields(block.text, 2, this.#trailers);
    if (fault !== null) return fault;
    this.#state = 'done';
    return block.next;
  }
}
