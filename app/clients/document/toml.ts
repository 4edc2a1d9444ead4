import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import {
  beginsLine,
  type FlowCollection,
  type Insertion,
  indentAt,
  insertItems,
  lineBreakOf,
  lineEnd,
  lineStart,
  nextLine,
  removeItem,
  type TextEdit,
  withEdits,
} from './text.ts';
import {
  type Format,
  isTable,
  nested,
  type ParsedDocument,
  type Path,
  readText,
  remembered,
  type Span,
  type Step,
  sameValue,
  type Table,
  UneditableError,
  valueAt,
} from './value.ts';

/** A `[header]` with the lines below it; the lines above the first header are a section without one. */
export interface Section {
  readonly path: Path;
  readonly span: Span;
  /** Where the section's own last line ends: its last pair, else its header. */
  readonly end: number;
  readonly hasHeader: boolean;
}

/** A `key = value` line, a pair in an inline table, or an inline table in a list. */
export interface TomlPair {
  readonly path: Path;
  readonly span: Span;
  /** Keys as they stand on the line: one, or several with dots between; none in a list. */
  readonly keys: Path;
  /** The section it is a line of; null inside an inline table or a list. */
  readonly section: Section | null;
  readonly inline: InlineSlot | null;
  readonly value: AST.TOMLContentNode;
}

/** The inline table or list that a pair stands in. */
export interface InlineSlot {
  readonly holder: AST.TOMLInlineTable | AST.TOMLArray;
  readonly index: number;
}

/** Where everything in a TOML text stands. One table can be spread over headers, dotted keys and inline tables. */
export interface TomlLayout {
  readonly sections: readonly Section[];
  readonly pairs: readonly TomlPair[];
  /** From the first to the last piece of what is at the path. */
  span(path: Path): Span | null;
}

const parse = remembered((text) => parseTOML(text));

function tomlLayout(text: string): TomlLayout {
  const [top] = parse(text).body;
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

  function take(prefix: Path, node: AST.TOMLKeyValue, section: Section | null, inline: InlineSlot | null): void {
    const keys = keysOf(node);
    const path = [...prefix, ...keys];
    const [start, end] = node.range;
    const { value } = node;
    pairs.push({ path, span: { start, end }, keys, section, inline, value });
    takeInside(path, value);
  }

  function takeInside(path: Path, value: AST.TOMLContentNode): void {
    if (value.type === 'TOMLInlineTable') {
      for (const [index, inner] of value.body.entries()) take(path, inner, null, { holder: value, index });
    }
    if (value.type !== 'TOMLArray') return;
    for (const [index, element] of value.elements.entries()) {
      if (element.type !== 'TOMLInlineTable') continue;
      const [start, end] = element.range;
      const at = [...path, index];
      const inline = { holder: value, index };
      pairs.push({ path: at, span: { start, end }, keys: [], section: null, inline, value: element });
      takeInside(at, element);
    }
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

/** A header and its lines, the tables in it as sections of their own below. A table of nothing but tables needs no header. */
function sectionLines(path: Path, table: Table, indent: string): string[] {
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
function parted(entries: Table): readonly [Table, Readonly<Record<string, Table>>] {
  const own: Record<string, unknown> = {};
  const tables: Record<string, Table> = {};
  for (const [key, value] of Object.entries(entries)) {
    if (isTable(value)) tables[key] = value;
    else own[key] = value;
  }
  return [own, tables];
}

/** On one line. JSON's escapes are TOML's, but for DEL, which TOML wants escaped. */
function inlineToml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inlineToml).join(', ')}]`;
  if (!isTable(value)) return JSON.stringify(value).replaceAll('\x7f', '\\u007f');
  const pairs = Object.entries(value).map(([key, inner]) => `${keyText(key)} = ${inlineToml(inner)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

export function keyText(key: string | number): string {
  return /^[\w-]+$/.test(String(key)) ? String(key) : inlineToml(String(key));
}

/** The text edits of one step in a TOML text. */
function tomlEdits(text: string, { sections, pairs }: TomlLayout, step: Step): TextEdit[] {
  const eol = lineBreakOf(text);
  const { path } = step;
  switch (step.kind) {
    case 'merge':
      return merge(step.entries);
    case 'append':
      return append(step.value);
    case 'remove':
      return remove();
    default:
      return step satisfies never;
  }

  function merge(entries: Table): TextEdit[] {
    const edits: TextEdit[] = [];
    const fresh: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(entries)) {
      const there = pairs.find((pair) => isSame(pair.path, [...path, key]));
      if (there === undefined) fresh[key] = value;
      else edits.push({ start: there.value.range[0], end: there.value.range[1], text: inlineToml(value) });
    }
    return Object.keys(fresh).length === 0 ? edits : [...edits, ...insert(fresh)];
  }

  /** Goes up to the table that is there already, and puts what is missing below it. */
  function insert(entries: Table): TextEdit[] {
    for (let depth = path.length; depth >= 0; depth -= 1) {
      const [key, ...deeper] = path.slice(depth).map(String);
      const missing = key === undefined ? entries : { [key]: nested(deeper, entries) };
      const edits = insertAt(path.slice(0, depth), missing);
      if (edits !== null) return edits;
    }
    return refuse();
  }

  /** Puts keys into the table at `holder`, in the way that table is written; null when there is no such table yet. */
  function insertAt(holder: Path, entries: Table): TextEdit[] | null {
    const inline = pairs.find((pair) => isSame(pair.path, holder));
    if (inline !== undefined) {
      if (inline.value.type !== 'TOMLInlineTable') return refuse();
      return insertItems(text, collectionOf(inline.value), onOneLine(lineTexts(entries)));
    }
    const section = sections.find((candidate) => candidate.hasHeader && isSame(candidate.path, holder));
    if (section !== undefined) return [linesAfter(section.end, linesBelow(section, entries))];
    const dotted = pairs.findLast(
      (pair) => pair.section !== null && isBelow(pair.path, holder) && startsIn(pair, holder),
    );
    if (dotted !== undefined) {
      const prefix = dotted.keys.slice(0, holder.length - (dotted.path.length - dotted.keys.length));
      const indent = indentAt(text, dotted.span.start);
      return [
        linesAfter(
          dotted.span.end,
          lineTexts(entries, prefix).map((line) => `${indent}${line}`),
        ),
      ];
    }
    const family = sections.filter((candidate) => candidate.hasHeader && isBelow(candidate.path, holder));
    if (holder.length === 0) return atTop(entries);
    return family.length === 0 ? null : [newSections(holder, entries, family)];
  }

  /** Tables become sections of their own, which come last. */
  function linesBelow(section: Section, entries: Table): string[] {
    // A header names no element of a list of tables: what is put into one stands on its own lines.
    const isInList = section.path.some((step) => typeof step === 'number');
    const [own, tables] = isInList ? [entries, {}] : parted(entries);
    const indent = indentAt(text, section.span.start);
    const below = Object.entries(tables).flatMap(([key, table]) => [
      '',
      ...sectionLines([...section.path, key], table, indent),
    ]);
    return [...lineTexts(own).map((line) => `${indentOfPairs(section)}${line}`), ...below];
  }

  /** Keys without a table stand above the first header, tables at the end. */
  function atTop(entries: Table): TextEdit[] {
    const [own, tables] = parted(entries);
    const lines = lineTexts(own);
    const loose = sections.find(({ hasHeader, end }) => !hasHeader && end > 0);
    const above = lines.map((line) => `${line}${eol}`).join('');
    const top = loose === undefined ? { start: 0, end: 0, text: above } : linesAfter(loose.end, lines);
    const below = Object.entries(tables).map(([key, table]) => newSections([key], table, []));
    return [...(lines.length === 0 ? [] : [top]), ...below];
  }

  /** A table of its own goes behind its relatives, else to the end. */
  function newSections(holder: Path, entries: Table, family: readonly Section[]): TextEdit {
    const [own, tables] = parted(entries);
    const lines =
      Object.keys(own).length > 0
        ? sectionLines(holder, entries, '')
        : Object.entries(tables).flatMap(([key, table], index) => [
            ...(index === 0 ? [] : ['']),
            ...sectionLines([...holder, key], table, ''),
          ]);
    const relative = family.at(-1);
    if (relative !== undefined) return linesAfter(relative.end, ['', ...lines]);
    const gap = text === '' ? '' : text.trimEnd().length === text.length ? `${eol}${eol}` : eol;
    return { start: text.length, end: text.length, text: `${gap}${lines.join(eol)}${eol}` };
  }

  function append(value: unknown): TextEdit[] {
    const list = pairs.find((pair) => isSame(pair.path, path))?.value;
    const elements = sections.filter(({ path: at, hasHeader }) => hasHeader && isBelow(at, path));
    const [last] = elements.slice(-1);
    if (last !== undefined && typeof last.path[path.length] === 'number' && isTable(value)) {
      return [linesAfter(last.end, ['', `[[${path.map(keyText).join('.')}]]`, ...lineTexts(value)])];
    }
    if (list?.type !== 'TOMLArray') return refuse();
    return insertItems(text, collectionOf(list), { ...onOneLine([inlineToml(value)]), unit: '  ' });
  }

  function remove(): TextEdit[] {
    const inline = pairs.find((pair) => isSame(pair.path, path) && pair.inline !== null)?.inline;
    if (inline) return removeItem(text, collectionOf(inline.holder), inline.index);
    const gone = sections.filter((section) => section.hasHeader && isBelow(section.path, path));
    const lines = pairs.filter(
      ({ path: at, section }) => section !== null && !gone.includes(section) && isBelow(at, path),
    );
    const edits = [
      ...gone.map(({ span }) => withBlankAbove(span.start, span.end)),
      ...lines.map(({ span }) => wholeLine(span.start, span.end)),
    ];
    const [first, ...others] = edits;
    return first === undefined || !isOnlyChild() ? edits : [{ ...first, text: emptyHolder(lines[0]) }, ...others];
  }

  /** Whether the table around the path is there only because of what is at the path. */
  function isOnlyChild(): boolean {
    const holder = path.slice(0, -1);
    const family = [...sections.filter(({ hasHeader }) => hasHeader), ...pairs].filter((piece) =>
      isBelow(piece.path, holder),
    );
    return holder.length > 0 && family.every((piece) => isBelow(piece.path, path));
  }

  /** Keeps the table around the path alive; `line` is the dotted key that made it, undefined where headers did. */
  function emptyHolder(line: TomlPair | undefined): string {
    const holder = path.slice(0, -1);
    if (line === undefined) return `[${holder.map(keyText).join('.')}]${eol}`;
    const dotted = holder
      .slice(line.path.length - line.keys.length)
      .map(keyText)
      .join('.');
    return `${indentAt(text, line.span.start)}${dotted} = {}${eol}`;
  }

  function wholeLine(start: number, end: number): TextEdit {
    if (!beginsLine(text, start)) return refuse();
    return { start: lineStart(text, start), end: nextLine(text, end), text: '' };
  }

  function withBlankAbove(start: number, end: number): TextEdit {
    const edit = wholeLine(start, end);
    const above = lineStart(text, edit.start - 1);
    const blank = edit.start > 0 && text.slice(above, edit.start).trim() === '';
    return blank ? { ...edit, start: above } : edit;
  }

  function linesAfter(offset: number, lines: readonly string[]): TextEdit {
    const end = lineEnd(text, offset);
    return { start: end, end, text: lines.map((line) => `${eol}${line}`).join('') };
  }

  function indentOfPairs(section: Section): string {
    const first = pairs.find((pair) => pair.section === section);
    return indentAt(text, first?.span.start ?? section.span.start);
  }

  function refuse(): never {
    throw new UneditableError(path.join(' > '));
  }
}

/** Whether the table itself is made by the dotted key, not by the header above the line. */
function startsIn({ path, keys }: TomlPair, holder: Path): boolean {
  return holder.length > 0 && path.length - keys.length < holder.length;
}

function collectionOf(node: AST.TOMLInlineTable | AST.TOMLArray): FlowCollection {
  const items = node.type === 'TOMLArray' ? node.elements : node.body;
  const spans = items.map(({ range: [start, end] }) => ({ start, end }));
  return { open: node.range[0] + 1, close: node.range[1] - 1, items: spans };
}

function onOneLine(items: readonly string[]): Insertion {
  return { items: items.map((item) => () => item), unit: '', spread: false };
}

/** TOML 1.0. The parser gives the spans, the edits are ours: no library edits TOML and keeps every comment. */
export const toml: Format = {
  read: (text) => read(text),
  edit: (text, steps) => edited(text, steps),
  spans: (text, paths) => {
    const layout = tomlLayout(text);
    return paths.map((path) => layout.span(path));
  },
};

function edited(text: string, steps: readonly Step[]): string {
  const layout = tomlLayout(text);
  const spread = steps.map((step) => spreadKeys(layout, step));
  const done = withEdits(
    text,
    steps.flatMap((step, at) => (spread[at]?.length === 0 ? tomlEdits(text, layout, step) : [])),
  );
  return steps.reduce((now, step, at) => {
    const keys = spread[at] ?? [];
    return step.kind === 'merge' && keys.length > 0 ? withTables(now, step, keys) : now;
  }, done);
}

type Merge = Step & { readonly kind: 'merge' };

/** The keys whose tables headers or dotted keys make. */
function spreadKeys(layout: TomlLayout, step: Step): readonly string[] {
  if (step.kind !== 'merge') return [];
  const { path, entries } = step;
  return Object.keys(entries).filter(
    (key) => layout.span([...path, key]) !== null && !layout.pairs.some((pair) => isSame(pair.path, [...path, key])),
  );
}

/** One key after the other: each may move what stands below it. */
function withTables(text: string, { path, entries }: Merge, spread: readonly string[]): string {
  const { value } = readText(toml, text);
  return Object.entries(entries).reduce((done, [key, entry]) => {
    const one: Merge = { kind: 'merge', path, entries: { [key]: entry } };
    return spread.includes(key)
      ? withTable(done, one, [...path, key], valueAt(value, [...path, key]))
      : edited(done, [one]);
  }, text);
}

/** With another value for a table that headers or dotted keys make: a table stays where it stands, and is given the other keys. */
function withTable(text: string, step: Merge, path: Path, before: unknown): string {
  const after = valueAt(step.entries, path.slice(-1));
  if (!isTable(before) || !isTable(after)) return edited(edited(text, [{ kind: 'remove', path }]), [step]);
  const wanted = Object.entries(after).filter(
    ([key, value]) => !Object.hasOwn(before, key) || !sameValue(before[key], value),
  );
  const set = wanted.length === 0 ? text : edited(text, [{ kind: 'merge', path, entries: Object.fromEntries(wanted) }]);
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  return gone.reduce((done, key) => edited(done, [{ kind: 'remove', path: [...path, key] }]), set);
}

function keysOf({ key }: AST.TOMLKeyValue): string[] {
  return key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value));
}

/** Each key becomes a property of its own: the library's converter would write what a file calls `__proto__` into all objects there are. */
function documentValue({ body: [program] }: AST.TOMLProgram): Table {
  const root: Made = {};
  for (const node of program.body) {
    if (node.type === 'TOMLKeyValue') put(root, node);
    else {
      const table = madeAt(root, node.resolvedKey);
      for (const pair of node.body) put(table, pair);
    }
  }
  return root;
}

type Made = Record<string, unknown>;

function put(table: Made, pair: AST.TOMLKeyValue): void {
  const keys = keysOf(pair);
  own(madeAt(table, keys.slice(0, -1)), keys.at(-1) ?? '', plainValue(pair.value));
}

/** The table at a path, with the tables and lists on the way to it made where they are missing. */
function madeAt(root: Made, path: Path): Made {
  let at: unknown = root;
  for (const [depth, step] of path.entries()) {
    const there = valueAt(at, [step]);
    const next = there ?? (typeof path[depth + 1] === 'number' ? [] : {});
    if (there === undefined) own(at as Made, step, next);
    at = next;
  }
  return at as Made;
}

function own(holder: object, key: string | number, value: unknown): void {
  Object.defineProperty(holder, key, { value, configurable: true, enumerable: true, writable: true });
}

function plainValue(node: AST.TOMLContentNode): unknown {
  if (node.type === 'TOMLArray') return node.elements.map(plainValue);
  if (node.type !== 'TOMLInlineTable') return node.value;
  const table: Made = {};
  for (const pair of node.body) put(table, pair);
  return table;
}

function read(text: string): ParsedDocument {
  try {
    return { kind: 'value', value: documentValue(parse(text)) };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    // Its columns count from 0.
    return { kind: 'broken', fault: { line: error.lineNumber, column: error.column + 1 } };
  }
}
