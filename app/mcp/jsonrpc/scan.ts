import type { Frame, FrameHead, JsonRpcId } from './frame.ts';
import { skipSpace, skipString, skipValue, stringAt } from './json-text.ts';
import { idFrom } from './pending-requests.ts';

/**
 * Reads what routing needs from a JSON-RPC message (JSON-RPC 2.0 section 4 and 5) and skips the rest, so that a message of
 * megabytes costs next to nothing. It has to be JSON already: of our own making, or checked before. Keys may come in any order, with
 * any others beside them. Null when it is no message: neither `method` nor `result` nor `error` in an object.
 *
 * A method that begins with `notifications/` makes a notification, whatever else is there (MCP basic/index, Notifications).
 */
export function scanHead(json: Buffer): FrameHead | null {
  const seen = nothingSeen();
  return scanMembers(json, seen) ? headOf(seen) : null;
}

export function frameFrom(json: Buffer): Frame | null {
  const head = scanHead(json);
  if (head === null) return null;
  switch (head.kind) {
    case 'request':
      return { kind: 'request', bytes: json, id: head.id, method: head.method };
    case 'notification':
      return { kind: 'notification', bytes: json, method: head.method };
    case 'response':
      return { kind: 'response', bytes: json, id: head.id };
    default:
      return head satisfies never;
  }
}

/** `"jsonrpc":"2.0"` as the last member of an object, or with nothing but the id behind it. */
const VERSION_AT_END = /[,{]\s*"jsonrpc"\s*:\s*"2\.0"\s*(?:,\s*"id"\s*:\s*(?:"[^"\\]*"|[\w.+-]+)\s*)?\}\s*$/;

/** What can be told of a message from its first and last bytes, when the middle was thrown away. Null when it may be any object. */
export function scanEnds(start: Buffer, end: Buffer): FrameHead | null {
  const seen = nothingSeen();
  scanMembers(start, seen);
  if (seen.id === undefined) seen.id = idAtEnd(end);
  return seen.version === '2.0' || VERSION_AT_END.test(end.toString('latin1')) ? headOf(seen) : null;
}

interface Members {
  id: JsonRpcId | undefined;
  method: string | undefined;
  /** `result` or `error` is there. */
  outcome: boolean;
  /** Of JSON-CODE. */
  version: string | undefined;
}

function nothingSeen(): Members {
  return { id: undefined, method: undefined, outcome: false, version: undefined };
}

export function isNotification(method: string): boolean {
  return method.startsWith('notifications/');
}

function headOf(seen: Members): FrameHead | null {
  const { id, method } = seen;
  if (method !== undefined) {
    if (id === undefined || isNotification(method)) return { kind: 'notification', method };
    return { kind: 'request', id, method };
  }
  return seen.outcome ? { kind: 'response', id: id ?? null } : null;
}

/** False when the text is no object. Stops as soon as what matters is known. */
function scanMembers(json: Buffer, seen: Members): boolean {
  let at = skipSpace(json, 0);
  if (json[at] !== 0x7b) return false;
  at = skipSpace(json, at + 1);
  while (at < json.length && json[at] === 0x22) {
    const keyEnd = skipString(json, at);
    const key = keyAt(json, at, keyEnd);
    at = skipSpace(json, keyEnd);
    if (json[at] !== 0x3a) return false;
    at = skipSpace(json, at + 1);
    if (key === 'result' || key === 'error') seen.outcome = true;
    // The official SDK writes the id last, behind params or a result that may be megabytes long: look there first.
    if (seen.id === undefined && (seen.outcome || key === 'params')) seen.id = idAtEnd(json);
    if (isEnough(seen)) return true;
    const valueEnd = skipValue(json, at);
    // An object goes on behind every value: this one was cut off, and half an id is another id.
    if (valueEnd >= json.length) break;
    if (key === 'id') seen.id = idFrom(json, at, valueEnd);
    if (key === 'method') seen.method = stringAt(json, at, valueEnd);
    if (key === 'jsonrpc') seen.version = stringAt(json, at, valueEnd);
    if (isEnough(seen)) return true;
    at = skipSpace(json, valueEnd);
    if (json[at] !== 0x2c) break;
    at = skipSpace(json, at + 1);
  }
  return true;
}

function isEnough(seen: Members): boolean {
  if (seen.method !== undefined && isNotification(seen.method)) return true;
  return seen.id !== undefined && (seen.method !== undefined || seen.outcome);
}

/** Whether a response holds a result or an error, whichever stands first; null where it holds neither. Nothing behind it is read. */
export function answerKind(json: Buffer): 'result' | 'error' | null {
  let at = skipSpace(json, 0);
  if (json[at] !== 0x7b) return null;
  at = skipSpace(json, at + 1);
  while (at < json.length && json[at] === 0x22) {
    const keyEnd = skipString(json, at);
    const key = keyAt(json, at, keyEnd);
    if (key === 'result' || key === 'error') return key;
    at = skipSpace(json, keyEnd);
    if (json[at] !== 0x3a) return null;
    at = skipSpace(json, skipValue(json, skipSpace(json, at + 1)));
    if (json[at] !== 0x2c) return null;
    at = skipSpace(json, at + 1);
  }
  return null;
}

const KEYS = ['id', 'method', 'params', 'result', 'error', 'jsonrpc'] as const;

/** A member that decides what a message is. */
export type Key = (typeof KEYS)[number];

const ID = Buffer.from('"id"');
const METHOD = Buffer.from('"method"');
const PARAMS = Buffer.from('"params"');
const RESULT = Buffer.from('"result"');
const ERROR = Buffer.from('"error"');
const VERSION = Buffer.from('"jsonrpc"');

/** Compared as bytes, since this runs for every key of every frame. A key may also be written with escapes. */
export function keyAt(json: Buffer, from: number, to: number): Key | undefined {
  switch (to - from) {
    case 4:
      return isAt(json, from, to, ID) ? 'id' : undefined;
    case 7:
      return isAt(json, from, to, ERROR) ? 'error' : undefined;
    case 8:
      if (isAt(json, from, to, METHOD)) return 'method';
      if (isAt(json, from, to, PARAMS)) return 'params';
      return isAt(json, from, to, RESULT) ? 'result' : escapedKey(json, from, to);
    case 9:
      return isAt(json, from, to, VERSION) ? 'jsonrpc' : escapedKey(json, from, to);
    default:
      return to - from > 8 ? escapedKey(json, from, to) : undefined;
  }
}

function escapedKey(json: Buffer, from: number, to: number): Key | undefined {
  for (let at = from; at < to; at++) {
    if (json[at] !== 0x5c) continue;
    const key = stringAt(json, from, to);
    return KEYS.find((known) => known === key);
  }
  return undefined;
}

function isAt(json: Buffer, from: number, to: number, bytes: Buffer): boolean {
  if (to - from !== bytes.length) return false;
  for (let at = 1; at < bytes.length; at++) if (json[from + at] !== bytes[at]) return false;
  return true;
}

/**
 * The id of an object whose last member it is; undefined when the last member is another. Read backwards: before the closing
 * brace stands a value without quotes or escapes inside, then the colon, then `"id"` after a comma or the opening
 * brace. In valid JSON that can only be a member of this object, so nothing before it has to be looked at.
 */
function idAtEnd(json: Buffer): JsonRpcId | undefined {
  let at = spaceBefore(json, json.length);
  if (json[at - 1] !== 0x7d) return undefined;
  const valueEnd = spaceBefore(json, at - 1);
  at = valueEnd;
  if (json[at - 1] === 0x22) {
    at--;
    while (at > 0 && json[at - 1] !== 0x22) if (json[--at] === 0x5c) return undefined;
    at--;
    if (json[at - 1] === 0x5c) return undefined;
  } else {
    while (at > 0 && isPrimitiveByte(json[at - 1] ?? 0)) at--;
  }
  const valueFrom = at;
  at = spaceBefore(json, at);
  if (valueFrom >= valueEnd || at < 1 || json[at - 1] !== 0x3a) return undefined;
  at = spaceBefore(json, at - 1);
  if (at < 4 || !isAt(json, at - 4, at, ID) || json[at - 4] !== 0x22) return undefined;
  at = spaceBefore(json, at - 4);
  if (json[at - 1] !== 0x2c && json[at - 1] !== 0x7b) return undefined;
  return idFrom(json, valueFrom, valueEnd);
}

/** Position after the last byte before `to` that is not white space. */
function spaceBefore(json: Buffer, to: number): number {
  let at = to;
  while (at > 0) {
    const byte = json[at - 1];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at--;
  }
  return at;
}

/** Letters of null, true and false, and everything a number is written with. */
function isPrimitiveByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2d ||
    byte === 0x2b ||
    byte === 0x2e ||
    byte === 0x45
  );
}
