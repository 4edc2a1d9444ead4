import { isObject } from '../../base/schema/index.ts';
import { isTooDeep, skipSpace, skipString, skipValue, stringAt } from './json-scan.ts';

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
  let found: Buffer | undefined;
  eachMember(json, (member) => {
    if (member.key === key) found = json.subarray(member.valueFrom, member.to);
  });
  return found;
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

function eachMember(json: Buffer, visit: (member: Member) => void): void {
  let at = skipSpace(json, 0);
  if (json[at] !== 0x7b) return;
  at = skipSpace(json, at + 1);
  while (at < json.length && json[at] === 0x22) {
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
