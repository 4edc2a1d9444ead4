import { type AST, getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser';
import { type FlowCollection, type Insertion, insertItems, removeItem } from './flow-collection.ts';
import { beginsLine, indentAt, lineBreakOf, lineEnd, lineStart, nextLine, type TextEdit, withEdits } from './layout.ts';
import { isBelow, isSame, type Section, type TomlPair, type TomlPlaces, tomlPlaces } from './toml-places.ts';
import { inlineToml, keyText, lineTexts, parted, sectionLines } from './toml-text.ts';
import {
  type Format,
  nested,
  type ParsedDocument,
  type Path,
  type Step,
  type Table,
  UneditableError,
} from './value.ts';

/** The splices a step takes in a TOML text. */
export function tomlEdits(text: string, { sections, pairs }: TomlPlaces, step: Step): TextEdit[] {
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
    const splices: TextEdit[] = [];
    const fresh: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(entries)) {
      const there = pairs.find((pair) => isSame(pair.path, [...path, key]));
      if (there === undefined) fresh[key] = value;
      else splices.push({ start: there.value.range[0], end: there.value.range[1], text: inlineToml(value) });
    }
    return Object.keys(fresh).length === 0 ? splices : [...splices, ...insert(fresh)];
  }

  /** Goes up to the table that is there already, and puts what is missing below it. */
  function insert(entries: Table): TextEdit[] {
    for (let depth = path.length; depth >= 0; depth -= 1) {
      const [key, ...deeper] = path.slice(depth).map(String);
      const missing = key === undefined ? entries : { [key]: nested(deeper, entries) };
      const splices = insertAt(path.slice(0, depth), missing);
      if (splices !== null) return splices;
    }
    return refuse();
  }

  /** Puts keys into the table at `holder`, in the way that table is written; null when there is no such table yet. */
  function insertAt(holder: Path, entries: Table): TextEdit[] | null {
    const inline = pairs.find((pair) => isSame(pair.path, holder));
    if (inline !== undefined) {
      if (inline.value.type !== 'TOMLInlineTable') return refuse();
      return insertItems(text, bracesOf(inline.value), onOneLine(lineTexts(entries)));
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
    const [own, tables] = parted(entries);
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
    if (list?.type !== 'TOMLArray') return refuse();
    return insertItems(text, bracesOf(list), { ...onOneLine([inlineToml(value)]), unit: '  ' });
  }

  function remove(): TextEdit[] {
    const inline = pairs.find((pair) => isSame(pair.path, path) && pair.inline !== null)?.inline;
    if (inline) return removeItem(text, bracesOf(inline.table), inline.index);
    const gone = sections.filter((section) => section.hasHeader && isBelow(section.path, path));
    const lines = pairs.filter(
      ({ path: at, section }) => section !== null && !gone.includes(section) && isBelow(at, path),
    );
    const splices = [
      ...gone.map(({ span }) => withBlankAbove(span.start, span.end)),
      ...lines.map(({ span }) => wholeLine(span.start, span.end)),
    ];
    const [first, ...others] = splices;
    return first === undefined || !isOnlyChild() ? splices : [{ ...first, text: emptyHolder(lines[0]) }, ...others];
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
    const splice = wholeLine(start, end);
    const above = lineStart(text, splice.start - 1);
    const blank = splice.start > 0 && text.slice(above, splice.start).trim() === '';
    return blank ? { ...splice, start: above } : splice;
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

function bracesOf(node: AST.TOMLInlineTable | AST.TOMLArray): FlowCollection {
  const items = node.type === 'TOMLArray' ? node.elements : node.body;
  const spans = items.map(({ range: [start, end] }) => ({ start, end }));
  return { open: node.range[0] + 1, close: node.range[1] - 1, items: spans };
}

function onOneLine(items: readonly string[]): Insertion {
  return { items: items.map((item) => () => item), unit: '', spread: false };
}

/** TOML 1.0. The parser gives the places, the splices are ours: no library edits TOML and leaves all comments alone. */
export const toml: Format = {
  read: (text) => read(text),
  edit: (text, step) => withEdits(text, tomlEdits(text, tomlPlaces(text), step)),
  span: (text, path) => tomlPlaces(text).span(path),
};

function read(text: string): ParsedDocument {
  try {
    return { kind: 'value', value: getStaticTOMLValue(parseTOML(text)) };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    // Its columns count from 0.
    return { kind: 'broken', fault: { line: error.lineNumber, column: error.column + 1 } };
  }
}
