import { isObject } from '../../schema/index.ts';
import { isTooDeep } from './json-scan.ts';

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
