import type { Path } from './edit.ts';
import { isTable } from './value.ts';

/** A header and its lines, the tables in it as sections of their own below. A table of nothing but tables needs no header. */
export function sectionLines(path: Path, table: Readonly<Record<string, unknown>>, indent: string): string[] {
  const entries = Object.entries(table);
  const own = entries.filter(([, value]) => !isTable(value));
  const tables = entries.filter((entry): entry is [string, Readonly<Record<string, unknown>>] => isTable(entry[1]));
  const header = `${indent}[${path.map(keyText).join('.')}]`;
  const below = tables.map(([key, value]) => sectionLines([...path, key], value, indent));
  if (own.length === 0 && tables.length > 0)
    return below.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
  return [
    header,
    ...own.map(([key, value]) => `${indent}${keyText(key)} = ${inlineToml(value)}`),
    ...below.flatMap((lines) => ['', ...lines]),
  ];
}

/** On one line. JSON's escapes are TOML's, but for DEL, which TOML wants escaped. */
export function inlineToml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inlineToml).join(', ')}]`;
  if (!isTable(value)) return JSON.stringify(value).replaceAll('\x7f', '\\u007f');
  const pairs = Object.entries(value).map(([key, inner]) => `${keyText(key)} = ${inlineToml(inner)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

export function keyText(key: string | number): string {
  return /^[\w-]+$/.test(String(key)) ? String(key) : inlineToml(String(key));
}
