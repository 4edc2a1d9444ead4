import { type Document, parseDocument } from 'yaml';
import { isTable, remembered, type Table } from './value.ts';

const STEP = '  ';

/** YAML 1.2 with merge keys (`<<`), which most readers still know. */
export const parse = remembered(
  (text): Document.Parsed => parseDocument(text, { logLevel: 'error', merge: true, prettyErrors: false }),
);

/** A value as a file has it. What a word such as `yes` or `010` means depends on the reader's version of YAML. */
export class Verbatim {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

function isMap(value: unknown): value is Table {
  return isTable(value) && !(value instanceof Verbatim);
}

export function pairLines(map: Readonly<Record<string, unknown>>, indent: string): string[] {
  return Object.entries(map).flatMap(([key, value]) => {
    const [first = '', ...more] = behindColon(value, indent);
    return [`${indent}${keyText(key)}:${first}`, ...more];
  });
}

/** The rest of the key's line, then the lines below it. */
export function behindColon(value: unknown, indent: string): string[] {
  const deeper = `${indent}${STEP}`;
  if (Array.isArray(value) && value.length > 0) return ['', ...value.flatMap((item) => itemLines(item, deeper))];
  if (isMap(value) && Object.keys(value).length > 0) return ['', ...pairLines(value, deeper)];
  return [` ${flow(value)}`];
}

/** A map's first pair stands behind the dash. */
export function itemLines(value: unknown, indent: string): string[] {
  if (!isMap(value) || Object.keys(value).length === 0) return [`${indent}- ${flow(value)}`];
  const [first = '', ...more] = pairLines(value, `${indent}${STEP}`);
  return [`${indent}- ${first.trimStart()}`, ...more];
}

/** On one line. Strings are always quoted: what a plain one means depends on the reader's version of YAML. */
export function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (value instanceof Verbatim) return value.text;
  if (!isMap(value)) return JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, inner]) => `${keyText(key)}: ${flow(inner)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

/** YAML 1.1 takes these for booleans and nulls. */
const WORDS = /^(?:y|yes|n|no|on|off|true|false|null)$/i;

export function keyText(key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) && !WORDS.test(key) ? key : JSON.stringify(key);
}
