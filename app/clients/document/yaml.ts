import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
  type Pair as YamlPair,
} from 'yaml';
import {
  beginsLine,
  type FlowCollection,
  faultAt,
  type Insertion,
  insertItems,
  type ListNode,
  lineBreakOf,
  lineEnd,
  lineStart,
  type MapNode,
  type Node,
  nextLine,
  nodeIn,
  type Pair,
  refuse,
  removeItem,
  type Slot,
  spanOf,
  spansAt,
  type TextEdit,
  type TreeWriter,
  treeEdit,
  withEdits,
} from './text.ts';
import { type Format, isTable, type ParsedDocument, type Span, type Step, type Table } from './value.ts';
import { behindColon, flow, itemLines, keyText, pairLines, parse } from './yaml-text.ts';
import { untied } from './yaml-ties.ts';

/** Splices for one YAML text: block collections grow by lines, flow collections between their brackets. */
function yamlWriter(text: string): TreeWriter {
  const eol = lineBreakOf(text);
  return { create, replace, insert, append, remove };

  function create(value: unknown): TextEdit[] {
    const gap = text === '' || text.endsWith('\n') ? '' : eol;
    const lines = isTable(value) ? pairLines(value, '') : [flow(value)];
    return [{ start: text.length, end: text.length, text: `${gap}${lines.join(eol)}${eol}` }];
  }

  function replace(slot: Slot, value: unknown): TextEdit[] {
    const { holder, index } = slot;
    if (holder.kind === 'list' || holder.collection !== null) return [{ ...nodeIn(slot).span, text: flow(value) }];
    const pair = holder.pairs[index] ?? refuse([index]);
    const [first, ...more] = behindColon(value, columnOf(holder.span.start));
    const { start, end } = pair.value.span;
    // A comment may stand where the value is to come: lines go below it.
    if (start === end && more.length > 0) return [linesAfter(pair.colon, more)];
    return [{ start: pair.colon, end, text: [first, ...more].join(eol) }];
  }

  function insert(map: MapNode, slot: Slot | null, entries: Table): TextEdit[] {
    const last = map.pairs.at(-1);
    if (last === undefined && slot !== null && slot.holder.kind === 'map' && slot.holder.collection === null) {
      return replace(slot, entries);
    }
    if (map.collection !== null) {
      const items = Object.entries(entries).map(([key, value]) => `${keyText(key)}: ${flow(value)}`);
      return insertItems(text, map.collection, onOneLine(items));
    }
    if (last === undefined) return refuse(Object.keys(entries));
    return [linesAfter(last.span.end, pairLines(entries, columnOf(map.span.start)))];
  }

  function append(list: ListNode, value: unknown): TextEdit[] {
    if (list.collection !== null) return insertItems(text, list.collection, onOneLine([flow(value)]));
    return [linesAfter(list.span.end, itemLines(value, columnOf(list.span.start)))];
  }

  function remove(slot: Slot, above: Slot | null): TextEdit[] {
    const { holder, index } = slot;
    if (holder.collection !== null) return removeItem(text, holder.collection, index);
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

/**
 * YAML 1.2 with merge keys (`<<`), which most readers still know. The library gives the span of every value; what it prints itself has its own indentation and line breaks,
 * so the edits are ours.
 */
export const yaml: Format = {
  read: (text) => read(text),
  edit: (text, steps) => {
    const free = untied(text, steps);
    return withEdits(free, editsFor(free, steps));
  },
  spans: (text, paths) => spansAt(treeOf(text), paths),
};

function read(text: string): ParsedDocument {
  const document = parse(text);
  const error = document.errors[0];
  if (error !== undefined) return { kind: 'broken', fault: faultAt(text, error.pos[0]) };
  try {
    return { kind: 'value', value: document.toJS() ?? undefined };
  } catch (error) {
    // The library's guard against aliases that blow up, and a merge key that leads to no map. Depth is for the caller.
    if (error instanceof RangeError || !(error instanceof Error)) throw error;
    return { kind: 'broken', fault: { line: 1, column: 1 } };
  }
}

function editsFor(text: string, steps: readonly Step[]): TextEdit[] {
  const root = treeOf(text);
  const writer = yamlWriter(text);
  return steps.flatMap((step) => treeEdit(root, step, writer));
}

function treeOf(text: string): Node | null {
  const { contents } = parse(text);
  // Behind a bare `---` the library sees a null that is not written anywhere.
  const unwritten = isScalar(contents) && contents.value === null && rangeOf(contents).start === rangeOf(contents).end;
  return contents === null || unwritten ? null : nodeOf(text, contents);
}

function nodeOf(text: string, node: unknown): Node {
  if (isMap(node)) return mapOf(text, node);
  if (isSeq(node)) return listOf(text, node);
  if (isScalar(node) || isAlias(node)) {
    const span = scalarSpan(text, rangeOf(node));
    return { kind: 'leaf', span, isNull: isScalar(node) && node.value === null };
  }
  return refuse([]);
}

function mapOf(text: string, map: YAMLMap): Node {
  const pairs = map.items.map((pair) => pairOf(text, pair));
  const whole = rangeOf(map);
  const span = map.flow ? whole : { start: whole.start, end: pairs.at(-1)?.span.end ?? whole.end };
  return { kind: 'map', span, collection: map.flow ? collectionOf(whole, pairs) : null, pairs };
}

function pairOf(text: string, pair: YamlPair): Pair {
  if (!isPair(pair) || !isScalar(pair.key)) return refuse([]);
  const key = rangeOf(pair.key);
  const colon = text.indexOf(':', key.end) + 1;
  const value = valueNode(text, pair.value, colon);
  return { key: keyName(pair.key), span: { start: key.start, end: value.span.end }, colon, value };
}

/** A value that is not written at all stands right behind its colon, whatever white space and comments follow. */
function valueNode(text: string, value: unknown, colon: number): Node {
  if (value === null || value === undefined) return { kind: 'leaf', span: { start: colon, end: colon }, isNull: true };
  const node = nodeOf(text, value);
  const unwritten = node.kind === 'leaf' && node.isNull && node.span.start >= node.span.end;
  return unwritten ? { ...node, span: { start: colon, end: colon } } : node;
}

function listOf(text: string, list: YAMLSeq): Node {
  const items = list.items.map((item) => nodeOf(text, item));
  const whole = rangeOf(list);
  const span = list.flow ? whole : { start: whole.start, end: items.at(-1)?.span.end ?? whole.end };
  return { kind: 'list', span, collection: list.flow ? collectionOf(whole, items) : null, items };
}

function collectionOf(whole: Span, items: readonly { readonly span: Span }[]): FlowCollection {
  return { open: whole.start + 1, close: whole.end - 1, items: items.map(({ span }) => span) };
}

/** A block scalar's range goes on to the line after it. */
function scalarSpan(text: string, { start, end }: Span): Span {
  return { start, end: start + text.slice(start, end).trimEnd().length };
}

function rangeOf(node: { readonly range?: readonly [number, number, number] | null | undefined }): Span {
  const range = node.range;
  return range ? { start: range[0], end: range[1] } : refuse([]);
}

function keyName(key: Scalar): string {
  return isCollection(key.value) ? refuse([]) : String(key.value);
}
