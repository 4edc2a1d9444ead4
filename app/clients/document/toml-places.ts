import { type AST, parseTOML } from 'toml-eslint-parser';
import type { Path, Span } from './value.ts';

/** A `[header]` with the lines below it; the lines above the first header are a section without one. */
export interface Section {
  readonly path: Path;
  readonly span: Span;
  /** Where the section's own last line ends: its last pair, else its header. */
  readonly end: number;
  readonly hasHeader: boolean;
}

/** A `key = value` line, or a pair in an inline table. */
export interface TomlPair {
  readonly path: Path;
  readonly span: Span;
  /** Keys as they stand on the line: one, or several with dots between. */
  readonly keys: Path;
  /** The section it is a line of; null inside an inline table. */
  readonly section: Section | null;
  readonly inline: InlinePlace | null;
  readonly value: AST.TOMLContentNode;
}

/** The inline table that a pair stands in. */
export interface InlinePlace {
  readonly table: AST.TOMLInlineTable;
  readonly index: number;
}

/** Where everything in a TOML text stands. One table can be spread over headers, dotted keys and inline tables. */
export interface TomlPlaces {
  readonly sections: readonly Section[];
  readonly pairs: readonly TomlPair[];
  /** From the first to the last piece of what is at the path. */
  span(path: Path): Span | null;
}

export function tomlPlaces(text: string): TomlPlaces {
  const [top] = parseTOML(text).body;
  const sections: Section[] = [];
  const pairs: TomlPair[] = [];
  const loose = top.body.filter((node) => node.type === 'TOMLKeyValue');
  sections.push(collect([], { start: 0, end: loose.at(-1)?.range[1] ?? 0 }, loose, false));
  for (const node of top.body) {
    if (node.type !== 'TOMLTable') continue;
    const header = text.indexOf(']', node.key.range[1]) + (node.kind === 'array' ? 2 : 1);
    collect(node.resolvedKey, { start: node.range[0], end: Math.max(header, node.range[1]) }, node.body, true);
  }
  return { sections, pairs, span };

  function collect(path: Path, span: Span, body: readonly AST.TOMLKeyValue[], hasHeader: boolean): Section {
    const section: Section = { path, span, end: span.end, hasHeader };
    if (hasHeader) sections.push(section);
    for (const pair of body) take(path, pair, section, null);
    return section;
  }

  function take(prefix: Path, node: AST.TOMLKeyValue, section: Section | null, inline: InlinePlace | null): void {
    const keys = node.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value));
    const path = [...prefix, ...keys];
    const [start, end] = node.range;
    const { value } = node;
    pairs.push({ path, span: { start, end }, keys, section, inline, value });
    if (value.type !== 'TOMLInlineTable') return;
    for (const [index, inner] of value.body.entries()) take(path, inner, null, { table: value, index });
  }

  function span(path: Path): Span | null {
    const pieces = [...sections.filter(({ hasHeader }) => hasHeader), ...pairs].filter((piece) =>
      isBelow(piece.path, path),
    );
    if (pieces.length === 0) return null;
    return {
      start: Math.min(...pieces.map((piece) => piece.span.start)),
      end: Math.max(...pieces.map((piece) => piece.span.end)),
    };
  }
}

/** Whether the path is the given one or leads on from it. */
export function isBelow(path: Path, above: Path): boolean {
  return above.every((step, index) => path[index] === step);
}

export function isSame(left: Path, right: Path): boolean {
  return left.length === right.length && isBelow(left, right);
}
