import { isAscii } from 'node:buffer';
import { isObject } from '../../base/schema/index.ts';

/*
 * JSON text read and edited without building values from it. Every function takes the bytes and a position and never reads
 * past the end; text that is not JSON makes it stop early, not throw.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Strings longer than this are searched natively; below it the call would cost more than the loop. */
const SHORT_STRING = 48;

export function skipSpace(json: Buffer, from: number): number {
  let at = from;
  while (at < json.length) {
    const byte = json[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at++;
  }
  return at;
}

/** Position after the closing quote of the string that opens at `from`; the end of the text when it never closes. */
export function skipString(json: Buffer, from: number): number {
  const near = Math.min(json.length, from + SHORT_STRING);
  let at = from + 1;
  while (at < near) {
    const byte = json[at];
    if (byte === QUOTE) return at + 1;
    at += byte === BACKSLASH ? 2 : 1;
  }
  while (at < json.length) {
    const quote = json.indexOf(QUOTE, at);
    if (quote === -1) return json.length;
    let before = quote - 1;
    while (before >= at && json[before] === BACKSLASH) before--;
    if ((quote - before) % 2 === 1) return quote + 1;
    at = quote + 1;
  }
  return json.length;
}

/** Position after the value that starts at `from`. */
export function skipValue(json: Buffer, from: number): number {
  const first = json[from];
  if (first === QUOTE) return skipString(json, from);
  return first === 0x7b || first === 0x5b ? skipNested(json, from, UNBOUNDED) : skipPrimitive(json, from);
}

/**
 * Nesting up to which a value is parsed: JSON.stringify and our own recursive functions run out of stack at some thousand
 * levels.
 */
export const DEEPEST = 1000;

/** A depth that no text reaches. */
const UNBOUNDED = 2 ** 30 - 1;

/** Whether arrays and objects are nested in each other more than `DEEPEST` times. Free for texts that are too short for that. */
export function isTooDeep(json: Buffer): boolean {
  if (json.length <= 2 * DEEPEST) return false;
  const from = skipSpace(json, 0);
  return (json[from] === 0x7b || json[from] === 0x5b) && skipNested(json, from, DEEPEST) === -1;
}

/** Position after the object or array that opens at `from`; -1 as soon as it is nested more than `deepest` times. */
function skipNested(json: Buffer, from: number, deepest: number): number {
  let depth = 0;
  let at = from;
  while (at < json.length) {
    const byte = json[at];
    if (byte === QUOTE) {
      at = skipString(json, at);
      continue;
    }
    at++;
    if (byte === 0x7b || byte === 0x5b) {
      if (++depth > deepest) return -1;
    } else if ((byte === 0x7d || byte === 0x5d) && --depth === 0) return at;
  }
  return json.length;
}

function skipPrimitive(json: Buffer, from: number): number {
  let at = from;
  while (at < json.length) {
    const byte = json[at];
    if (byte === 0x2c || byte === 0x7d || byte === 0x5d || byte === 0x20 || byte === 0x0a || byte === 0x0d) break;
    if (byte === 0x09) break;
    at++;
  }
  return at;
}

/** The string that opens at `from` and ends before `to`, decoded; undefined when it is none. */
export function stringAt(json: Buffer, from: number, to: number): string | undefined {
  if (json[from] !== QUOTE || json[to - 1] !== QUOTE || to - from < 2) return undefined;
  const text = json.toString('utf8', from + 1, to - 1);
  if (!text.includes('\\')) return text;
  const value = valueAt(json, from, to);
  return typeof value === 'string' ? value : undefined;
}

/** The value of a short piece of the text; undefined when it is not JSON. */
function valueAt(json: Buffer, from: number, to: number): unknown {
  try {
    return JSON.parse(json.toString('utf8', from, to));
  } catch {
    // Not JSON: that is the answer, and the caller knows what it means there.
    return undefined;
  }
}

/** The pieces of the text that are the elements of the array at its start; empty when there is no array. */
export function elementsOf(json: Buffer): Buffer[] {
  const elements: Buffer[] = [];
  let at = skipSpace(json, 0);
  if (json[at] !== 0x5b) return elements;
  at = skipSpace(json, at + 1);
  while (at < json.length && json[at] !== 0x5d) {
    const end = skipValue(json, at);
    elements.push(json.subarray(at, end));
    at = skipSpace(json, end);
    if (json[at] !== 0x2c) break;
    at = skipSpace(json, at + 1);
  }
  return elements;
}

/** A parsed JSON object of which nothing else is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The member when it is an object, else an empty one. */
export function objectIn(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isObject(value) ? value : {};
}

/** The member when it is a string, else undefined. */
export function stringIn(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === 'string' ? value : undefined;
}

/** The value of a piece of JSON text; undefined when it is none, and when it is nested too deeply to be written again. */
export function parsedJson(text: Buffer | undefined): unknown {
  if (text === undefined || isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text.toString());
  } catch {
    // Not JSON: that is the answer, and the caller knows what it means there.
    return undefined;
  }
}

/** Positions of one `"key": value` in the text of an object. */
interface Member {
  readonly key: string;
  readonly from: number;
  readonly valueFrom: number;
  readonly to: number;
}

/** What to make of the members of an object: JSON text to put in a member's place, or null to leave it out. */
export type MemberEdits = ReadonlyMap<string, Buffer | string | null>;

const COMMA = Buffer.from(',');

/**
 * The text of one member's value, without building anything from the rest. Where a key is repeated the last one counts,
 * as it does for JSON.parse. Undefined when there is none, or when the text is no object.
 */
export function memberOf(json: Buffer, key: string): Buffer | undefined {
  const span = lastMember(json, 0, key);
  return span === undefined ? undefined : json.subarray(span.from, span.to);
}

/**
 * The same object with some members replaced, left out or, where they were missing, added. All others keep their bytes,
 * so numbers beyond 2^53, repeated keys and unknown members survive. An edited key occurs once in the outcome, however
 * often it was there: two readers can not take different ones.
 */
export function editMembers(json: Buffer, edits: MemberEdits): Buffer {
  const pieces: Buffer[] = [];
  eachMember(json, (member) => {
    if (!edits.has(member.key)) pieces.push(COMMA, json.subarray(member.from, member.to));
  });
  for (const [key, value] of edits) {
    if (value === null) continue;
    pieces.push(COMMA, Buffer.from(`${JSON.stringify(key)}:`), typeof value === 'string' ? Buffer.from(value) : value);
  }
  const [, ...joined] = pieces;
  return Buffer.concat([Buffer.from('{'), ...joined, Buffer.from('}')]);
}

/** Finds a member of a member, such as `name` in `params`, as `memberOf` would; undefined when there is none. */
export function nestedMember(json: Buffer, outer: string, inner: string): NestedMember | undefined {
  const object = lastMember(json, 0, outer);
  const span = object && lastMember(json, object.from, inner);
  return object === undefined || span === undefined ? undefined : new NestedMember(json, outer, object, inner, span);
}

/** The value of a member of a member, and the whole text with another value in its place. */
export class NestedMember {
  readonly #json: Buffer;
  readonly #outer: string;
  readonly #object: Span;
  readonly #inner: string;
  readonly #span: Span;

  constructor(json: Buffer, outer: string, object: Span, inner: string, span: Span) {
    this.#json = json;
    this.#outer = outer;
    this.#object = object;
    this.#inner = inner;
    this.#span = span;
  }

  /** JSON text. */
  get value(): Buffer {
    return this.#json.subarray(this.#span.from, this.#span.to);
  }

  /** Undefined where the value is no string. */
  get string(): string | undefined {
    return stringAt(this.#json, this.#span.from, this.#span.to);
  }

  /** `value` is JSON text. Edits as `editMembers` does; one copy where neither key is repeated. */
  replacedBy(value: Buffer): Buffer {
    const object = this.#object;
    if (!object.isRepeated && !this.#span.isRepeated) return replaced(this.#json, this.#span, value);
    const edited = editMembers(this.#json.subarray(object.from, object.to), new Map([[this.#inner, value]]));
    return editMembers(this.#json, new Map([[this.#outer, edited]]));
  }
}

/** The text with another piece in the place of one, in a single copy. */
function replaced(json: Buffer, { from, to }: Span, replacement: Buffer): Buffer {
  const edited = Buffer.allocUnsafe(json.length - (to - from) + replacement.length);
  json.copy(edited, 0, 0, from);
  replacement.copy(edited, from);
  json.copy(edited, from + replacement.length, to);
  return edited;
}

/** Names and values of an object's members in order, repeated ones included; empty when the text is no object. */
export function membersOf(json: Buffer): readonly (readonly [string, Buffer])[] {
  const members: (readonly [string, Buffer])[] = [];
  eachMember(json, ({ key, valueFrom, to }) => members.push([key, json.subarray(valueFrom, to)]));
  return members;
}

/**
 * A key as a parser may read it that takes any case. That of Go folds letters outside of ASCII too: `param\u017f` (a long s) is its `params`, and
 * the Kelvin sign is a k (encoding/json, `foldName`).
 */
export function foldedKey(key: string): string {
  return key.toUpperCase().toLowerCase();
}

/** The keys of an object that a parser may take for `key`, as often as they are there: more than one can be read in two ways. */
export function spellingsIn(json: Buffer, key: string): readonly string[] {
  const folded = foldedKey(key);
  return membersOf(json).flatMap(([one]) => (foldedKey(one) === folded ? [one] : []));
}

/** Whether an object, at any depth, has two members of one name: parsers differ in which of them they take. */
export function repeatsNames(json: Buffer): boolean {
  /** The names so far in the objects that are open; null for a list. */
  const open: (Set<string> | null)[] = [];
  let at = 0;
  while (at < json.length) {
    const byte = json[at];
    if (byte === QUOTE) {
      const end = skipString(json, at);
      // A colon stands behind names alone.
      const names = json[skipSpace(json, end)] === 0x3a ? open.at(-1) : null;
      if (names) {
        const name = stringAt(json, at, end) ?? '';
        if (names.has(name)) return true;
        names.add(name);
      }
      at = end;
      continue;
    }
    if (byte === 0x7b) open.push(new Set());
    else if (byte === 0x5b) open.push(null);
    else if (byte === 0x7d || byte === 0x5d) open.pop();
    at++;
  }
  return false;
}

function eachMember(json: Buffer, visit: (member: Member) => void): void {
  let at = skipSpace(json, 0);
  if (json[at] !== 0x7b) return;
  at = skipSpace(json, at + 1);
  while (at < json.length && json[at] === QUOTE) {
    const from = at;
    const keyEnd = skipString(json, at);
    at = skipSpace(json, keyEnd);
    if (json[at] !== 0x3a) return;
    const valueFrom = skipSpace(json, at + 1);
    const to = skipValue(json, valueFrom);
    visit({ key: stringAt(json, from, keyEnd) ?? '', from, valueFrom, to });
    at = skipSpace(json, to);
    if (json[at] !== 0x2c) return;
    at = skipSpace(json, at + 1);
  }
}

/** Where the value of a member stands. */
interface Span {
  readonly from: number;
  readonly to: number;
  /** The key is there more than once. */
  readonly isRepeated: boolean;
}

/** The last member of this name in the object at `start`. Runs several times for every message: no key becomes a string. */
function lastMember(json: Buffer, start: number, key: string): Span | undefined {
  let times = 0;
  let from = 0;
  let to = 0;
  let at = skipSpace(json, start);
  if (json[at] !== 0x7b) return undefined;
  at = skipSpace(json, at + 1);
  while (at < json.length && json[at] === QUOTE) {
    const keyFrom = at;
    const keyEnd = skipString(json, at);
    at = skipSpace(json, keyEnd);
    if (json[at] !== 0x3a) break;
    const valueFrom = skipSpace(json, at + 1);
    at = skipValue(json, valueFrom);
    if (isKey(json, keyFrom, keyEnd, key)) {
      times++;
      from = valueFrom;
      to = at;
    }
    at = skipSpace(json, at);
    if (json[at] !== 0x2c) break;
    at = skipSpace(json, at + 1);
  }
  return times === 0 ? undefined : { from, to, isRepeated: times > 1 };
}

/** Whether the string from one quote to the other is this key, which may be written with escapes. */
function isKey(json: Buffer, from: number, to: number, key: string): boolean {
  const length = to - from - 2;
  let isSame = length === key.length;
  for (let at = 0; at < length; at++) {
    const byte = json[from + 1 + at] ?? 0;
    if (byte === BACKSLASH || byte >= 0x80) return (stringAt(json, from, to) ?? '') === key;
    isSame &&= byte === key.charCodeAt(at);
  }
  return isSame;
}

/**
 * Characters that end a line for Unicode (UAX 14), but neither for event streams nor for stdio: readers built on their language's own
 * idea of lines, such as Node's readline and Python's splitlines, cut a message there. Inside JSON they only stand in strings,
 * where an escape means the same.
 */
const SEPARATORS = [
  { bytes: Buffer.from('\u2028'), escaped: Buffer.from('\\u2028') },
  { bytes: Buffer.from('\u2029'), escaped: Buffer.from('\\u2029') },
  { bytes: Buffer.from('\u0085'), escaped: Buffer.from('\\u0085') },
] as const;

/** The same JSON without line separators of Unicode; the very same bytes when there are none. */
export function escapeSeparators(json: Buffer): Buffer {
  if (isAscii(json)) return json;
  let text = json;
  for (const { bytes, escaped } of SEPARATORS) {
    const pieces: Buffer[] = [];
    let from = 0;
    for (let at = text.indexOf(bytes); at !== -1; at = text.indexOf(bytes, from)) {
      pieces.push(text.subarray(from, at), escaped);
      from = at + bytes.length;
    }
    if (from > 0) text = Buffer.concat([...pieces, text.subarray(from)]);
  }
  return text;
}
