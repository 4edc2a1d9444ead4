import { isTable, type Path, type Table } from './value.ts';

/** A header and its lines, the tables in it as sections of their own below. A table of nothing but tables needs no header. */
export function sectionLines(path: Path, table: Table, indent: string): string[] {
  const [own, tables] = parted(table);
  const below = Object.entries(tables).map(([key, inner]) => sectionLines([...path, key], inner, indent));
  if (Object.keys(own).length === 0 && below.length > 0) {
    return below.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
  }
  return [
    `${indent}[${path.map(keyText).join('.')}]`,
    ...lineTexts(own).map((line) => `${indent}${line}`),
    ...below.flatMap((lines) => ['', ...lines]),
  ];
}

/** `key = value` for each entry, the key behind a prefix of dotted keys. */
export function lineTexts(entries: Table, prefix: Path = []): string[] {
  return Object.entries(entries).map(
    ([key, value]) => `${[...prefix, key].map(keyText).join('.')} = ${inlineToml(value)}`,
  );
}

/** What stands on lines, and what gets a section of its own. */
export function parted(entries: Table): readonly [Table, Readonly<Record<string, Table>>] {
  const own: Record<string, unknown> = {};
  const tables: Record<string, Table> = {};
  for (const [key, value] of Object.entries(entries)) {
    if (isTable(value)) tables[key] = value;
    else own[key] = value;
  }
  return [own, tables];
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
