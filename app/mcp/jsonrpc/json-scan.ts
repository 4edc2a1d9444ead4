/**
 * Walking over JSON text without building values from it. Every function takes the bytes and a position and never
 * reads past the end; given text that is not JSON they stop early, they do not throw.
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
  if (first !== 0x7b && first !== 0x5b) return skipPrimitive(json, from);
  let depth = 0;
  let at = from;
  while (at < json.length) {
    const byte = json[at];
    if (byte === QUOTE) {
      at = skipString(json, at);
      continue;
    }
    at++;
    if (byte === 0x7b || byte === 0x5b) depth++;
    else if ((byte === 0x7d || byte === 0x5d) && --depth === 0) return at;
  }
  return json.length;
}

/** Nesting up to which a value is parsed: JSON.stringify and our own walks go down by calls, and run out of stack at some thousands. */
export const DEEPEST = 1000;

/** Whether arrays and objects are nested in each other more than `DEEPEST` times. Free for texts that are too short for that. */
export function isTooDeep(json: Buffer): boolean {
  if (json.length <= 2 * DEEPEST) return false;
  let depth = 0;
  let at = 0;
  while (at < json.length) {
    const byte = json[at];
    if (byte === QUOTE) {
      at = skipString(json, at);
      continue;
    }
    at++;
    if (byte === 0x7b || byte === 0x5b) {
      if (++depth > DEEPEST) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return false;
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
export function valueAt(json: Buffer, from: number, to: number): unknown {
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
