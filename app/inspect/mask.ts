import { hidesSecret, REDACTED, type Redactor } from '../log/index.ts';

/** A body as it may be shown. */
export interface Masked {
  readonly text: string;
  /** Strings that were hidden, or in which something was. */
  readonly masked: number;
}

/** Members that are named like secrets and are none: they tie messages together. */
const ORDINARY: ReadonlySet<string> = new Set(['progressToken', 'requestState', 'nextCursor', 'cursor']);

/** Their members are named after parameters, and describe them. */
const SCHEMAS: ReadonlySet<string> = new Set(['inputSchema', 'outputSchema', 'requestedSchema']);

/** Names under which a number is hidden as well. */
const SECRET_NUMBER = /pass(?:word|wd|code|phrase)|secret|(?:^|_)(?:pin|otp|pwd)$/i;

/** JSON in a string of JSON, and in a string of that: tools answer with the text of other services. */
const DEEPEST = 3;

/** An object or array that is open. */
interface Level {
  readonly isObject: boolean;
  /** The member that it is, or whose element it is. */
  readonly name: string;
  readonly hides: boolean;
  readonly inSchema: boolean;
  /** The member that comes next or is being read. */
  key: string;
  wantsKey: boolean;
}

/**
 * The text of a JSON value with its secrets hidden: strings by the names of their members, and everything that `redactor` knows or
 * recognizes in a decoded string, so that no escape hides it. All other text stays as it was, numbers beyond 2^53 too. The text
 * may be cut off: a string that does not end is left out.
 */
export function maskedJson(json: string, redactor: Redactor, depth = 0): Masked {
  const levels: Level[] = [];
  let text = '';
  let masked = 0;
  let from = 0;
  let at = 0;
  const replace = (to: number, by: string): void => {
    text += json.slice(from, at) + by;
    from = to;
    masked++;
  };
  while (at < json.length) {
    const character = json[at];
    const level = levels.at(-1);
    if (character === '"') {
      const end = endOfString(json, at);
      if (end === -1) break;
      const value = decoded(json.slice(at, end));
      if (level?.wantsKey === true) {
        level.key = value;
        const clean = redactor.whole(value);
        if (clean !== value && value.length >= 16) replace(end, JSON.stringify(clean));
      } else {
        const clean = cleanString(value, nameIn(level), level, redactor, depth);
        if (clean !== value) replace(end, JSON.stringify(clean));
      }
      at = end;
      continue;
    }
    if (character === '{' || character === '[') levels.push(opened(character === '{', level));
    else if (character === '}' || character === ']') levels.pop();
    else if (character === ':' && level !== undefined) level.wantsKey = false;
    else if (character === ',' && level !== undefined) level.wantsKey = level.isObject;
    else if (/[\d-]/.test(character ?? '')) {
      const end = endOfNumber(json, at);
      const isHidden = end - at >= 4 && level?.inSchema !== true && SECRET_NUMBER.test(nameIn(level));
      if (isHidden) replace(end, JSON.stringify(REDACTED));
      at = end;
      continue;
    }
    at++;
  }
  return { text: text + json.slice(from, at), masked };
}

function opened(isObject: boolean, parent: Level | undefined): Level {
  const name = nameIn(parent);
  const inSchema = parent?.inSchema === true || SCHEMAS.has(name);
  const hides = !inSchema && (parent?.hides === true || (isObject && /^(?:credentials?|secrets?)$/i.test(name)));
  return { isObject, name, hides, inSchema, key: '', wantsKey: isObject };
}

/** Elements of an array go by the name of the array. */
function nameIn(level: Level | undefined): string {
  if (level === undefined) return '';
  return level.isObject ? level.key : level.name;
}

function cleanString(value: string, name: string, level: Level | undefined, redactor: Redactor, depth: number): string {
  const isNamed =
    level?.inSchema !== true && !ORDINARY.has(name) && (level?.hides === true || hidesSecret(name, value));
  if (isNamed && value !== '') return REDACTED;
  if (depth < DEEPEST && /^\s*[[{]/.test(value)) return maskedJson(value, redactor, depth + 1).text;
  return redactor.whole(value);
}

/** Position behind the closing quote; -1 when there is none. */
function endOfString(json: string, from: number): number {
  for (let at = from + 1; at < json.length; at++) {
    if (json[at] === '\\') at++;
    else if (json[at] === '"') return at + 1;
  }
  return -1;
}

function endOfNumber(json: string, from: number): number {
  let at = from + 1;
  while (at < json.length && /[\d.eE+-]/.test(json[at] ?? '')) at++;
  return at;
}

function decoded(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    // A control character or a broken escape: it is looked at as it is written.
    return literal.slice(1, -1);
  }
}
