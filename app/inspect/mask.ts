import { hidesSecret, isSecretName, REDACTED, type Redactor } from '../log/index.ts';

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

/** Members that say what the `value` beside them is, as in lists of headers and of variables. */
const PAIR_NAMES: ReadonlySet<string> = new Set(['name', 'key', 'header', 'field', 'variable']);
/** Members and characters in which the other half of a pair is looked for. */
const PAIR_MEMBERS = 8;
const PAIR_LENGTH = 4096;

/** JSON in a string of JSON, and in a string of that: tools answer with the text of other services. */
const DEEPEST = 3;

/** An object or array that is open. */
interface Level {
  readonly isObject: boolean;
  /** The member that it is, or whose element it is. */
  readonly name: string;
  readonly hides: boolean;
  readonly inSchema: boolean;
  /** A name that promises a secret, of a member that it is in; empty where there is none. */
  readonly within: string;
  /** What `value` is, where another member says so; empty where none does. */
  readonly pair: string;
  /** The string before the next element of an array. */
  before: string;
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
        const clean = cleanString(value, level, redactor, depth);
        if (clean !== value) replace(end, JSON.stringify(clean));
        if (level !== undefined) level.before = value;
      }
      at = end;
      continue;
    }
    const bytes = character === '[' ? bytesAt(json, at) : null;
    if (bytes !== null && redactor.whole(bytes.text) !== bytes.text) {
      replace(bytes.end, JSON.stringify([REDACTED]));
      at = bytes.end;
      continue;
    }
    if (character === '{' || character === '[') levels.push(opened(json, at, level));
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

/** A list of bytes, as Node writes a Buffer in JSON. */
const BYTES = /\[\s*(\d{1,3}(?:\s*,\s*\d{1,3})*)\s*\]/y;

function bytesAt(json: string, at: number): { readonly text: string; readonly end: number } | null {
  BYTES.lastIndex = at;
  const [, list = ''] = BYTES.exec(json) ?? [];
  const bytes = list.split(',').map(Number);
  return list === '' || bytes.some((byte) => byte > 255)
    ? null
    : { text: Buffer.from(bytes).toString(), end: BYTES.lastIndex };
}

/** The object or array that opens at `from`. */
function opened(json: string, from: number, parent: Level | undefined): Level {
  const isObject = json[from] === '{';
  const name = nameIn(parent);
  const inSchema = parent?.inSchema === true || SCHEMAS.has(name);
  const hides = !inSchema && (parent?.hides === true || (isObject && /^(?:credentials?|secrets?)$/i.test(name)));
  const own = [name, pairedIn(parent)].find((one) => !ORDINARY.has(one) && isSecretName(one)) ?? parent?.within ?? '';
  // What is below `properties` describes parameters, whatever they are called.
  const within = inSchema || parent?.name === 'properties' ? '' : own;
  const pair = isObject && !inSchema ? pairName(json, from) : '';
  return { isObject, name, hides, inSchema, within, pair, before: '', key: '', wantsKey: isObject };
}

/** What the member that is read is by the word of the one beside it. */
function pairedIn(level: Level | undefined): string {
  return level?.isObject === true && level.key === 'value' ? level.pair : '';
}

/** One more member of a pair, whose other half is a text or a plain word. */
const PAIR_MEMBER = /[{,]\s*"((?:[^"\\]|\\.)*)"\s*:\s*(?:"((?:[^"\\]|\\.)*)"|[\w.+-]+)\s*/y;
/** The beginning of one, where the text is cut off. */
const CUT_MEMBER = /[{,]?\s*(?:"(?:[^"\\]|\\.)*\\?(?:"\s*(?::\s*(?:"(?:[^"\\]|\\.)*\\?|[\w.+-]*))?)?)?$/y;

/**
 * What the member `value` of the object at `from` is, by another member: those of a pair may come in any order. Where the text is cut off
 * before that, it may be a secret.
 */
function pairName(json: string, from: number): string {
  const end = from + PAIR_LENGTH;
  let name = '';
  let hasValue = false;
  let at = from;
  for (let count = 0; count < PAIR_MEMBERS && at < end; count++) {
    PAIR_MEMBER.lastIndex = at;
    const [member = '', key = '', value] = PAIR_MEMBER.exec(json) ?? [];
    if (member === '') break;
    at += member.length;
    const written = decoded(`"${key}"`);
    if (written === 'value') hasValue = true;
    if (value !== undefined && PAIR_NAMES.has(written)) name = decoded(`"${value}"`);
  }
  CUT_MEMBER.lastIndex = at;
  return name === '' && hasValue && CUT_MEMBER.test(json) ? 'secret' : name;
}

/** The name of an option, where an argument is one that takes its value from the next. */
function optionIn(level: Level | undefined, value: string): string {
  return level?.isObject === false && !value.startsWith('--') ? (/^--?(\w[\w-]*)$/.exec(level.before)?.[1] ?? '') : '';
}

/** Elements of an array go by the name of the array. */
function nameIn(level: Level | undefined): string {
  if (level === undefined) return '';
  return level.isObject ? level.key : level.name;
}

function cleanString(value: string, level: Level | undefined, redactor: Redactor, depth: number): string {
  const name = nameIn(level);
  const names = [name, level?.within ?? '', pairedIn(level), optionIn(level, value)];
  const isNamed =
    level?.inSchema !== true &&
    !ORDINARY.has(name) &&
    (level?.hides === true || names.some((one) => one !== '' && hidesSecret(one, value)));
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
