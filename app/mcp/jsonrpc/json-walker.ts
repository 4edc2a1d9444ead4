import { skipSpace } from './json-text.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NOTHING = Buffer.alloc(0);

/** 1 for the bytes that stand for themselves in a string (RFC 8259 section 7). Whether they make UTF-8 is not looked at here. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);

/** Bytes of a text from which on its strings are walked four bytes at a time. */
const LONG_TEXT = 4096;

/** Plain bytes of a string after which the four-byte walk begins: below that it would cost more than it saves. */
const SHORT_RUN = 24;

/** Nesting kept in one number, a bit for each level. */
const LEVELS = 30;

/**
 * Checks JSON text (RFC 8259) value by value without building any. Every function takes a position and answers the one behind what
 * stands there; -1 when that is not JSON. Nesting of any depth takes a bit of memory a level.
 */
export class JsonWalker {
  /** A string held half of a surrogate pair as an escape, since `begin`. */
  sawLoneSurrogate = false;
  #json: Buffer = NOTHING;
  #words: Int32Array | null = null;

  begin(json: Buffer): void {
    this.sawLoneSurrogate = false;
    this.#json = json;
    this.#words = json.length < LONG_TEXT ? null : new Int32Array(json.buffer, 0, json.buffer.byteLength >> 2);
  }

  stringEnd(from: number): number {
    const json = this.#json;
    if (json[from] !== QUOTE) return -1;
    let at = from + 1;
    for (;;) {
      const near = Math.min(json.length, at + SHORT_RUN);
      while (at < near && PLAIN[json[at] ?? 0] === 1) at++;
      if (at === near) at = this.#plainEnd(at);
      const byte = json[at];
      if (byte === QUOTE) return at + 1;
      if (byte !== BACKSLASH) return -1;
      at = this.#escapeEnd(at);
      if (at === -1) return -1;
    }
  }

  valueEnd(from: number): number {
    const json = this.#json;
    let at = from;
    let depth = 0;
    /** Kinds of the innermost levels, 1 for an object. */
    let kinds = 0;
    const outer: number[] = [];
    for (;;) {
      const byte = json[at];
      const opens = byte === 0x7b || byte === 0x5b;
      if (opens) {
        if (depth > 0 && depth % LEVELS === 0) outer.push(kinds);
        depth++;
        kinds = (kinds << 1) | (byte === 0x7b ? 1 : 0);
        at = skipSpace(json, at + 1);
      } else {
        at = byte === QUOTE ? this.stringEnd(at) : primitiveEnd(json, at);
        if (at === -1 || depth === 0) return at;
        at = skipSpace(json, at);
      }
      // An empty object or array may close right away; behind a value a comma may stand.
      let first = opens;
      for (;;) {
        const isObject = (kinds & 1) === 1;
        const next = json[at];
        if (next === (isObject ? 0x7d : 0x5d)) {
          at++;
          depth--;
          if (depth === 0) return at;
          kinds = depth % LEVELS === 0 ? (outer.pop() ?? 0) : kinds >>> 1;
          at = skipSpace(json, at);
          first = false;
          continue;
        }
        if (!first) {
          if (next !== 0x2c) return -1;
          at = skipSpace(json, at + 1);
        }
        if (isObject) at = this.#memberValue(at);
        if (at === -1) return -1;
        break;
      }
    }
  }

  /** Position of the value behind the key that stands here. */
  #memberValue(from: number): number {
    const json = this.#json;
    const keyEnd = this.stringEnd(from);
    if (keyEnd === -1) return -1;
    const colon = skipSpace(json, keyEnd);
    return json[colon] === 0x3a ? skipSpace(json, colon + 1) : -1;
  }

  /** The first byte from here on that does not stand for itself. */
  #plainEnd(from: number): number {
    const json = this.#json;
    const words = this.#words;
    let at = from;
    if (words !== null) {
      const { byteOffset } = json;
      while (((byteOffset + at) & 3) !== 0 && at < json.length && PLAIN[json[at] ?? 0] === 1) at++;
      if (((byteOffset + at) & 3) === 0)
        at = firstOdd(words, (byteOffset + at) >> 2, (byteOffset + json.length) >> 2) * 4 - byteOffset;
    }
    while (at < json.length && PLAIN[json[at] ?? 0] === 1) at++;
    return at;
  }

  #escapeEnd(from: number): number {
    const json = this.#json;
    switch (json[from + 1]) {
      case QUOTE:
      case BACKSLASH:
      case 0x2f:
      case 0x62:
      case 0x66:
      case 0x6e:
      case 0x72:
      case 0x74:
        return from + 2;
      case 0x75:
        return this.#unicodeEnd(from);
      default:
        return -1;
    }
  }

  #unicodeEnd(from: number): number {
    const json = this.#json;
    const unit = unitAt(json, from);
    if (unit === -1) return -1;
    if (unit < 0xd800 || unit > 0xdfff) return from + 6;
    const second = unit < 0xdc00 && json[from + 6] === BACKSLASH ? unitAt(json, from + 6) : -1;
    if (second >= 0xdc00 && second <= 0xdfff) return from + 12;
    this.sawLoneSurrogate = true;
    return from + 6;
  }
}

/**
 * Index of the first word from `from` on that holds a control character, a quote or a backslash; `to` when none does. For each of
 * the three, subtracting one makes a byte that is zero (or below 0x20) borrow into its highest bit.
 */
function firstOdd(words: Int32Array, from: number, to: number): number {
  let at = from;
  for (; at < to; at++) {
    const word = words[at] ?? 0;
    const quote = word ^ 0x22222222;
    const backslash = word ^ 0x5c5c5c5c;
    const control = (word - 0x20202020) & ~word;
    if ((control | ((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash)) & 0x80808080) break;
  }
  return at;
}

/** The four hexadecimal digits of `\uXXXX` as a number; -1 when they are none. */
function unitAt(json: Buffer, from: number): number {
  if (json[from + 1] !== 0x75) return -1;
  let unit = 0;
  for (let at = from + 2; at < from + 6; at++) {
    const byte = json[at] ?? 0;
    const letter = byte | 0x20;
    if (byte >= 0x30 && byte <= 0x39) unit = unit * 16 + byte - 0x30;
    else if (letter >= 0x61 && letter <= 0x66) unit = unit * 16 + letter - 0x57;
    else return -1;
  }
  return unit;
}

function primitiveEnd(json: Buffer, from: number): number {
  switch (json[from]) {
    case 0x74:
      return wordEnd(json, from, TRUE);
    case 0x66:
      return wordEnd(json, from, FALSE);
    case 0x6e:
      return wordEnd(json, from, NULL);
    default:
      return numberEnd(json, from);
  }
}

const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');

function wordEnd(json: Buffer, from: number, word: Buffer): number {
  for (let at = 1; at < word.length; at++) if (json[from + at] !== word[at]) return -1;
  return from + word.length;
}

/** RFC 8259 section 6. */
function numberEnd(json: Buffer, from: number): number {
  let at = json[from] === 0x2d ? from + 1 : from;
  if (json[at] === 0x30) at++;
  else at = digitsEnd(json, at);
  if (at !== -1 && json[at] === 0x2e) at = digitsEnd(json, at + 1);
  if (at !== -1 && (json[at] === 0x65 || json[at] === 0x45)) {
    at++;
    if (json[at] === 0x2b || json[at] === 0x2d) at++;
    at = digitsEnd(json, at);
  }
  return at;
}

/** -1 when there is no digit. */
function digitsEnd(json: Buffer, from: number): number {
  let at = from;
  while (isDigit(json[at] ?? 0)) at++;
  return at === from ? -1 : at;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
