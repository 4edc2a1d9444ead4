import type { AST } from 'toml-eslint-parser';
import { type Braced, insertItem, removeItem } from './braced.ts';
import { type Edit, type Path, UneditableError } from './edit.ts';
import { beginsLine, indentAt, lineBreakOf, lineEnd, lineStart, nextLine, type Splice } from './layout.ts';
import { isBelow, isSame, type Section, type TomlPair, type TomlPlaces } from './toml-places.ts';
import { inlineToml, keyText, sectionLines } from './toml-text.ts';
import { isTable, nested } from './value.ts';

/** The splices an edit takes in a TOML text. */
export function tomlSplices(text: string, { sections, pairs }: TomlPlaces, edit: Edit): Splice[] {
  const eol = lineBreakOf(text);
  const { path } = edit;
  switch (edit.kind) {
    case 'set':
      return set(edit.value);
    case 'append':
      return append(edit.value);
    case 'remove':
      return remove();
    default:
      return edit satisfies never;
  }

  function set(value: unknown): Splice[] {
    const there = pairs.find((pair) => isSame(pair.path, path));
    if (there !== undefined) {
      const [start, end] = there.value.range;
      return [{ start, end, text: inlineToml(value) }];
    }
    for (let depth = path.length - 1; depth >= 0; depth -= 1) {
      const holder = path.slice(0, depth);
      const rest = path.slice(depth).map(String);
      const inner = nested(rest.slice(1), value);
      const splices = insertAt(holder, rest[0] ?? '', inner);
      if (splices !== null) return splices;
    }
    return refuse();
  }

  /** Puts a key into the table at `holder`, in the way that table is written; null when there is no such table yet. */
  function insertAt(holder: Path, key: string, value: unknown): Splice[] | null {
    const inline = pairs.find((pair) => isSame(pair.path, holder));
    if (inline !== undefined) {
      if (inline.value.type !== 'TOMLInlineTable') return refuse();
      return insertItem(text, bracesOf(inline.value), oneLine(`${keyText(key)} = ${inlineToml(value)}`));
    }
    const section = sections.find((candidate) => candidate.hasHeader && isSame(candidate.path, holder));
    if (section !== undefined) {
      const indent = indentAt(text, section.span.start);
      if (isTable(value)) return [linesAfter(section.end, ['', ...sectionLines([...holder, key], value, indent)])];
      return [linesAfter(section.end, [`${indentOfPairs(section)}${keyText(key)} = ${inlineToml(value)}`])];
    }
    const dotted = pairs.findLast(
      (pair) => pair.section !== null && holder.length > 0 && isBelow(pair.path, holder) && startsIn(pair, holder),
    );
    if (dotted !== undefined) {
      const keys = [...dotted.keys.slice(0, holder.length - (dotted.path.length - dotted.keys.length)), key];
      const line = `${indentAt(text, dotted.span.start)}${keys.map(keyText).join('.')} = ${inlineToml(value)}`;
      return [linesAfter(dotted.span.end, [line])];
    }
    const family = sections.filter((candidate) => candidate.hasHeader && isBelow(candidate.path, holder));
    if (family.length === 0 && holder.length > 0) return null;
    if (isTable(value)) return [newSection([...holder, key], value, family)];
    return holder.length === 0 ? [lineAtTop(key, value)] : [newSection(holder, { [key]: value }, family)];
  }

  /** Keys without a table stand above the first header. */
  function lineAtTop(key: string, value: unknown): Splice {
    const line = `${keyText(key)} = ${inlineToml(value)}`;
    const loose = sections.find(({ hasHeader, end }) => !hasHeader && end > 0);
    return loose === undefined ? { start: 0, end: 0, text: `${line}${eol}` } : linesAfter(loose.end, [line]);
  }

  /** A table of its own goes behind its relatives, else to the end. */
  function newSection(header: Path, value: Readonly<Record<string, unknown>>, family: readonly Section[]): Splice {
    const lines = sectionLines(header, value, '');
    const relative = header.length > 1 ? family.at(-1) : undefined;
    if (relative !== undefined) return linesAfter(relative.end, ['', ...lines]);
    const body = text.trimEnd();
    const gap = text === '' ? '' : body.length === text.length ? `${eol}${eol}` : eol;
    return { start: text.length, end: text.length, text: `${gap}${lines.join(eol)}${eol}` };
  }

  function append(value: unknown): Splice[] {
    const list = pairs.find((pair) => isSame(pair.path, path))?.value;
    if (list?.type !== 'TOMLArray') return refuse();
    return insertItem(text, bracesOf(list), { ...oneLine(inlineToml(value)), unit: '  ' });
  }

  function remove(): Splice[] {
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

  function wholeLine(start: number, end: number): Splice {
    if (!beginsLine(text, start)) return refuse();
    return { start: lineStart(text, start), end: nextLine(text, end), text: '' };
  }

  function withBlankAbove(start: number, end: number): Splice {
    const splice = wholeLine(start, end);
    const above = lineStart(text, splice.start - 1);
    const blank = splice.start > 0 && text.slice(above, splice.start).trim() === '';
    return blank ? { ...splice, start: above } : splice;
  }

  function linesAfter(offset: number, lines: readonly string[]): Splice {
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
  return path.length - keys.length < holder.length;
}

function bracesOf(node: AST.TOMLInlineTable | AST.TOMLArray): Braced {
  const items = node.type === 'TOMLArray' ? node.elements : node.body;
  const spans = items.map(({ range: [start, end] }) => ({ start, end }));
  return { open: node.range[0] + 1, close: node.range[1] - 1, items: spans };
}

function oneLine(item: string) {
  return { render: () => item, unit: '', spread: false };
}
