import { isUtf8 } from 'node:buffer';
import type { Frame, JsonRpcId } from './frame.ts';
import { skipSpace, stringAt } from './json-text.ts';
import { JsonWalker } from './json-walker.ts';
import { idFrom, isPlainNumber } from './pending-requests.ts';
import { isNotification, keyAt } from './scan.ts';

const BYTE_ORDER_MARK = Buffer.from('\ufeff');
const ESCAPE = 0x1b;
const NO_METHOD = { bytes: Buffer.from('""'), text: '' };

/**
 * Terminal sequences (ECMA-48): CSI with its parameters, OSC up to its end, and the short ones. Each repetition stops at the next
 * ESC, so the search is linear.
 */
const ANSI = new RegExp(
  [
    String.raw`\u001b\[[0-?]*[ -/]*[@-~]`,
    String.raw`\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)`,
    String.raw`\u001b[ -/]+[0-~]`,
    String.raw`\u001b[0-OQ-WYZc\\]`,
    String.raw`\u001b[=>78]`,
  ].join('|'),
  'g',
);

/** Frames of one line: each takes many times its bytes. */
const MOST_FRAMES = 10_000;

/** An escape in JSON; a surrogate that has no partner is the only one of six characters here. */
const ESCAPES = /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2}|[\s\S])/g;

/**
 * Reads the frames of one line: objects with `"jsonrpc":"2.0"` that make a request, a notification or a response (JSON-RPC 2.0
 * sections 4 and 5), or arrays of such (2025-03-26, batches). Every byte is checked, in one walk that builds no values, so what is
 * read is JSON in UTF-8 to every later reader.
 *
 * A line may hold several frames, white space, byte order marks and terminal colours between them. Anything else beside a frame
 * makes the whole line garbage: what is cut off or interleaved cannot be told from what is whole.
 */
export class FrameReader {
  readonly #walker = new JsonWalker();
  readonly #anyVersion: boolean;
  #end = 0;
  #lastMethod = NO_METHOD;

  /** `anyVersion` also takes objects without the member `jsonrpc`, as some clients send them: their server judges that. */
  constructor({ anyVersion }: { readonly anyVersion: boolean }) {
    this.#anyVersion = anyVersion;
  }

  /** The frames in order; none for a blank line. Null when the line is garbage. */
  read(line: Buffer): Frame[] | null {
    const only = this.#frameAt(line, line[0] === 0x7b ? 0 : skipSpace(line, 0), true);
    return only === null ? this.#recover(line) : [only];
  }

  /** Bytes that are not UTF-8 become U+FFFD, as in every lenient decoder (Unicode 16, section 3.9). */
  #recover(line: Buffer): Frame[] | null {
    const decoded = isUtf8(line) ? line : Buffer.from(line.toString());
    const text = decoded.includes(ESCAPE) ? withoutAnsi(decoded) : decoded;
    const frames: Frame[] = [];
    let at = skipFiller(text, 0);
    while (at < text.length) {
      const end = text[at] === 0x5b ? this.#batchAt(text, at, frames) : this.#one(text, at, frames);
      if (end === -1) return null;
      at = skipFiller(text, end);
    }
    return frames;
  }

  /** Position after the batch; -1 when it is empty or holds anything but frames. */
  #batchAt(text: Buffer, from: number, frames: Frame[]): number {
    let at = skipSpace(text, from + 1);
    for (;;) {
      const end = this.#one(text, at, frames);
      if (end === -1) return -1;
      at = skipSpace(text, end);
      if (text[at] === 0x5d) return at + 1;
      if (text[at] !== 0x2c) return -1;
      at = skipSpace(text, at + 1);
    }
  }

  #one(text: Buffer, from: number, frames: Frame[]): number {
    const frame = frames.length < MOST_FRAMES ? this.#frameAt(text, from, false) : null;
    if (frame === null) return -1;
    frames.push(frame);
    return this.#end;
  }

  /** The frame that begins at `from`, which `#end` then is behind; `alone` it must be all there is. Null when there is none. */
  #frameAt(json: Buffer, from: number, alone: boolean): Frame | null {
    if (json[from] !== 0x7b) return null;
    const walker = this.#walker;
    walker.begin(json);
    let id: JsonRpcId = null;
    let hasId = false;
    let method: string | undefined;
    let hasOutcome = false;
    let isVersion2 = this.#anyVersion;
    let oddId = false;
    let at = skipSpace(json, from + 1);
    while (json[at] !== 0x7d) {
      const keyEnd = walker.stringEnd(at);
      if (keyEnd === -1) return null;
      const key = keyAt(json, at, keyEnd);
      at = skipSpace(json, keyEnd);
      if (json[at] !== 0x3a) return null;
      at = skipSpace(json, at + 1);
      const end = walker.valueEnd(at);
      if (end === -1) return null;
      switch (key) {
        case 'jsonrpc':
          isVersion2 = isTwo(json, at, end);
          break;
        case 'id':
          hasId = true;
          id = idFrom(json, at, end);
          oddId = !isPlainNumber(id, at, end);
          break;
        case 'method':
          method = this.#methodAt(json, at, end);
          break;
        case 'result':
        case 'error':
          hasOutcome = true;
          break;
      }
      at = skipSpace(json, end);
      if (json[at] === 0x2c) {
        at = skipSpace(json, at + 1);
        if (json[at] !== 0x22) return null;
      } else if (json[at] !== 0x7d) return null;
    }
    this.#end = at + 1;
    if (!isVersion2 || (alone && (skipSpace(json, at + 1) < json.length || !isUtf8(json)))) return null;
    const whole = alone ? json : json.subarray(from, at + 1);
    // Rust's parsers, among others, refuse half a surrogate pair, which RFC 8259 section 8.2 leaves open.
    const bytes = walker.sawLoneSurrogate ? replaceLoneSurrogates(whole) : whole;
    if (method !== undefined) {
      const asks = hasId && !isNotification(method);
      return asks ? { kind: 'request', bytes, id, method } : { kind: 'notification', bytes, method };
    }
    if (!hasOutcome) return null;
    return oddId ? { kind: 'response', bytes, id, oddId } : { kind: 'response', bytes, id };
  }

  /** Nearly every message that has a method has that of the one before. */
  #methodAt(json: Buffer, from: number, to: number): string | undefined {
    const last = this.#lastMethod;
    if (last.bytes.length === to - from) {
      let at = 0;
      while (at < last.bytes.length && json[from + at] === last.bytes[at]) at++;
      if (at === last.bytes.length) return last.text;
    }
    const text = stringAt(json, from, to);
    if (text !== undefined && text.length <= LONGEST_METHOD) {
      this.#lastMethod = { bytes: Buffer.from(json.subarray(from, to)), text };
    }
    return text;
  }
}

/** Characters of the longest method that is remembered. */
const LONGEST_METHOD = 100;

/** Whether the string is `"2.0"`, which may be written with escapes as any other. */
function isTwo(json: Buffer, from: number, to: number): boolean {
  if (to - from !== 5) return stringAt(json, from, to) === '2.0';
  return json[from] === 0x22 && json[from + 1] === 0x32 && json[from + 2] === 0x2e && json[from + 3] === 0x30;
}

function skipFiller(text: Buffer, from: number): number {
  let at = from;
  for (;;) {
    at = skipSpace(text, at);
    if (text[at] !== BYTE_ORDER_MARK[0] || !text.subarray(at, at + 3).equals(BYTE_ORDER_MARK)) return at;
    at += BYTE_ORDER_MARK.length;
  }
}

function withoutAnsi(text: Buffer): Buffer {
  return Buffer.from(text.toString('latin1').replace(ANSI, ''), 'latin1');
}

function replaceLoneSurrogates(json: Buffer): Buffer {
  const fixed = json.toString('latin1').replace(ESCAPES, (found) => (found.length === 6 ? '\\ufffd' : found));
  return Buffer.from(fixed, 'latin1');
}
