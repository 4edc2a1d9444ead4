import { type Insertion, insertItems, removeItem } from './flow-collection.ts';
import { beginsLine, lineBreakOf, lineEnd, lineStart, nextLine, type TextEdit } from './layout.ts';
import { type ListNode, type MapNode, nodeIn, refuse, type Slot, spanOf, type TreeWriter } from './tree.ts';
import { isTable, type Table } from './value.ts';

const STEP = '  ';

/** Splices for one YAML text: block collections grow by lines, flow collections between their brackets. */
export function yamlWriter(text: string): TreeWriter {
  const eol = lineBreakOf(text);
  return { create, replace, insert, append, remove };

  function create(value: unknown): TextEdit[] {
    const gap = text === '' || text.endsWith('\n') ? '' : eol;
    const lines = isTable(value) ? pairLines(value, '') : [flow(value)];
    return [{ start: text.length, end: text.length, text: `${gap}${lines.join(eol)}${eol}` }];
  }

  function replace(slot: Slot, value: unknown): TextEdit[] {
    const { holder, index } = slot;
    if (holder.kind === 'list' || holder.braced !== null) return [{ ...nodeIn(slot).span, text: flow(value) }];
    const pair = holder.pairs[index] ?? refuse([index]);
    const [first, ...more] = behindColon(value, columnOf(holder.span.start));
    const { start, end } = pair.value.span;
    // A comment may stand where the value is to come: lines go below it.
    if (start === end && more.length > 0) return [linesAfter(pair.colon, more)];
    return [{ start: pair.colon, end, text: [first, ...more].join(eol) }];
  }

  function insert(map: MapNode, slot: Slot | null, entries: Table): TextEdit[] {
    const last = map.pairs.at(-1);
    if (last === undefined && slot !== null && slot.holder.kind === 'map' && slot.holder.braced === null) {
      return replace(slot, entries);
    }
    if (map.braced !== null) {
      const items = Object.entries(entries).map(([key, value]) => `${keyText(key)}: ${flow(value)}`);
      return insertItems(text, map.braced, onOneLine(items));
    }
    if (last === undefined) return refuse(Object.keys(entries));
    return [linesAfter(last.span.end, pairLines(entries, columnOf(map.span.start)))];
  }

  function append(list: ListNode, value: unknown): TextEdit[] {
    if (list.braced !== null) return insertItems(text, list.braced, onOneLine([flow(value)]));
    return [linesAfter(list.span.end, itemLines(value, columnOf(list.span.start)))];
  }

  function remove(slot: Slot, above: Slot | null): TextEdit[] {
    const { holder, index } = slot;
    if (holder.braced !== null) return removeItem(text, holder.braced, index);
    const count = holder.kind === 'map' ? holder.pairs.length : holder.items.length;
    if (count === 1 && above !== null) return replace(above, holder.kind === 'map' ? {} : []);
    const { start, end } = spanOf(slot);
    if (beginsLine(text, start)) return [{ start: lineStart(text, start), end: nextLine(text, end), text: '' }];
    // The first pair behind a list's dash: the next one moves up to it.
    const next = holder.kind === 'map' ? holder.pairs[index + 1] : undefined;
    return next === undefined ? refuse([index]) : [{ start, end: next.span.start, text: '' }];
  }

  function linesAfter(offset: number, lines: readonly string[]): TextEdit {
    const end = lineEnd(text, offset);
    return { start: end, end, text: lines.map((line) => `${eol}${line}`).join('') };
  }

  /** Spaces up to where something begins, whatever stands before it on its line (a list's dash). */
  function columnOf(offset: number): string {
    return ' '.repeat(offset - lineStart(text, offset));
  }
}

function onOneLine(items: readonly string[]): Insertion {
  return { items: items.map((item) => () => item), unit: '', spread: false };
}

function pairLines(map: Readonly<Record<string, unknown>>, indent: string): string[] {
  return Object.entries(map).flatMap(([key, value]) => {
    const [first = '', ...more] = behindColon(value, indent);
    return [`${indent}${keyText(key)}:${first}`, ...more];
  });
}

/** The rest of the key's line, then the lines below it. */
function behindColon(value: unknown, indent: string): string[] {
  const deeper = `${indent}${STEP}`;
  if (Array.isArray(value) && value.length > 0) return ['', ...value.flatMap((item) => itemLines(item, deeper))];
  if (isTable(value) && Object.keys(value).length > 0) return ['', ...pairLines(value, deeper)];
  return [` ${flow(value)}`];
}

/** A map's first pair stands behind the dash. */
function itemLines(value: unknown, indent: string): string[] {
  if (!isTable(value) || Object.keys(value).length === 0) return [`${indent}- ${flow(value)}`];
  const [first = '', ...more] = pairLines(value, `${indent}${STEP}`);
  return [`${indent}- ${first.trimStart()}`, ...more];
}

/** On one line. Strings are always quoted: what a plain one means depends on the reader's version of YAML. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (!isTable(value)) return JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, inner]) => `${keyText(key)}: ${flow(inner)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

/** YAML 1.1 takes these for booleans and nulls. */
const WORDS = /^(?:y|yes|n|no|on|off|true|false|null)$/i;

function keyText(key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) && !WORDS.test(key) ? key : JSON.stringify(key);
}
