import { nested, type Path, type Span, type Step, type SyntaxFault, type Table, UneditableError } from './value.ts';

/** One replacement in a text. */
export interface TextEdit extends Span {
  readonly text: string;
}

/** The text with all edits made; those at the same offset keep their order. Throws UneditableError where they overlap. */
export function withEdits(text: string, edits: readonly TextEdit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, text: inserted } of edits.toSorted((left, right) => left.start - right.start)) {
    if (start < at) throw new UneditableError('edits overlap');
    parts.push(text.slice(at, start), inserted);
    at = end;
  }
  return [...parts, text.slice(at)].join('');
}

/** The line break a text uses, judged by its first one. */
export function lineBreakOf(text: string): '\n' | '\r\n' {
  return /\r?\n/.exec(text)?.[0] === '\r\n' ? '\r\n' : '\n';
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where the line ends, before its line break. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end === -1) return text.length;
  return text[end - 1] === '\r' && end > offset ? end - 1 : end;
}

/** The start of the next line, or the end of the text. */
export function nextLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end + 1;
}

/** The white space a line begins with. */
export function indentAt(text: string, offset: number): string {
  return /^[\t ]*/.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? '';
}

/** Whether nothing but white space stands before the offset on its line. */
export function beginsLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === '';
}

/** Line and column, from 1, of an offset. */
export function faultAt(text: string, offset: number): SyntaxFault {
  const start = lineStart(text, offset);
  return { line: text.slice(0, start).split('\n').length, column: offset - start + 1 };
}

/** Items between brackets and commas: JSON objects and arrays, YAML flow collections, TOML arrays and inline tables. */
export interface FlowCollection {
  /** Right after the opening bracket. */
  readonly open: number;
  /** At the closing bracket. */
  readonly close: number;
  readonly items: readonly Span[];
}

/** An item's text; `indent` is that of its own first line, null when everything has to stay on one line. */
export type Item = (indent: string | null) => string;

/** How new items are put in. */
export interface Insertion {
  readonly items: readonly Item[];
  /** One more step of indentation. */
  readonly unit: string;
  /** Whether a collection that is empty so far gets lines of its own. */
  readonly spread: boolean;
}

/** Comments of every format that has commas. None of them can begin where a comma may stand in the other formats. */
const TRIVIA = /\s+|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/|#[^\r\n]*|(,)/y;

/** Puts items behind the last one, with commas where the format wants them and no comment torn from what it is about. */
export function insertItems(text: string, { open, close, items }: FlowCollection, insertion: Insertion): TextEdit[] {
  const { unit, spread } = insertion;
  const eol = lineBreakOf(text);
  const base = indentAt(text, open);
  const onOneLine = insertion.items.map((item) => item(null)).join(', ');
  const onLines = (indent: string): string => insertion.items.map((item) => `${eol}${indent}${item(indent)}`).join(',');
  const last = items.at(-1);
  if (last === undefined) {
    const tail = trimmedEnd(text, open, close);
    const roomy = spread || text.slice(open, close).includes('\n');
    return [{ start: tail, end: close, text: roomy ? `${onLines(base + unit)}${eol}${base}` : onOneLine }];
  }
  const comma = commaAfter(text, last.end, close);
  const edits: TextEdit[] = comma === null ? [{ start: last.end, end: last.end, text: ',' }] : [];
  const from = comma === null ? last.end : comma.end;
  const trailing = comma === null ? '' : ',';
  const spot = endOfLine(text, from, close);
  if (spot === null) {
    const tail = trimmedEnd(text, from, close);
    return [...edits, { start: tail, end: tail, text: ` ${onOneLine}${trailing}` }];
  }
  const indent = beginsLine(text, last.start) ? indentAt(text, last.start) : base + unit;
  return [...edits, { start: spot, end: spot, text: `${onLines(indent)}${trailing}` }];
}

/** Takes an item out together with one comma, and with its line where nothing else is left on it but a comment. */
export function removeItem(text: string, { open, close, items }: FlowCollection, index: number): TextEdit[] {
  const item = items[index];
  if (item === undefined) return [];
  const next = commaAfter(text, item.end, close);
  const previous = items[index - 1];
  const before = next === null && previous !== undefined ? commaAfter(text, previous.end, close) : null;
  const { start, end } = wholeLines(text, item.start, next?.end ?? item.end, open, close);
  const edits: TextEdit[] = [{ start, end, text: '' }];
  return before === null ? edits : [{ ...before, text: '' }, ...edits];
}

/** The comma that follows, comments skipped; null when the closing bracket comes first. */
function commaAfter(text: string, from: number, close: number): Span | null {
  TRIVIA.lastIndex = from;
  while (TRIVIA.lastIndex < close) {
    const start = TRIVIA.lastIndex;
    const found = TRIVIA.exec(text);
    if (found === null) return null;
    if (found[1] !== undefined) return { start, end: start + 1 };
  }
  return null;
}

/** Where the line of the last item ends, behind its comment; null when the closing bracket stands on the same line. */
function endOfLine(text: string, from: number, close: number): number | null {
  TRIVIA.lastIndex = from;
  while (TRIVIA.lastIndex < close) {
    const start = TRIVIA.lastIndex;
    const found = TRIVIA.exec(text)?.[0];
    if (found === undefined) return null;
    if (/^\s*\n/.test(found)) return start + (/^[\t ]*/.exec(found)?.[0].length ?? 0);
  }
  return null;
}

function trimmedEnd(text: string, from: number, to: number): number {
  return from + text.slice(from, to).trimEnd().length;
}

function wholeLines(text: string, start: number, end: number, open: number, close: number): Span {
  const rest = lineEnd(text, end);
  const alone = beginsLine(text, start) && lineStart(text, start) >= open;
  if (alone && rest < close && /^[\t ]*(?:\/\/.*|\/\*(?:(?!\*\/).)*\*\/[\t ]*|#.*)?$/.test(text.slice(end, rest))) {
    return { start: lineStart(text, start), end: nextLine(text, end) };
  }
  const space = /^[\t ]*/.exec(text.slice(end, close))?.[0].length ?? 0;
  return { start, end: end + space };
}

/** A value together with its place in the text. */
export type Node = MapNode | ListNode | Leaf;

export interface MapNode {
  readonly kind: 'map';
  readonly span: Span;
  /** Null where lines and indentation make the map (YAML's block style). */
  readonly collection: FlowCollection | null;
  readonly pairs: readonly Pair[];
}

export interface ListNode {
  readonly kind: 'list';
  readonly span: Span;
  readonly collection: FlowCollection | null;
  readonly items: readonly Node[];
}

export interface Leaf {
  readonly kind: 'leaf';
  readonly span: Span;
  readonly isNull: boolean;
}

export interface Pair {
  readonly key: string;
  /** Key and value. */
  readonly span: Span;
  /** Behind the colon. */
  readonly colon: number;
  readonly value: Node;
}

/** The map or list that holds a value, and the value's position in it. */
export interface Slot {
  readonly holder: MapNode | ListNode;
  readonly index: number;
}

/** What the edits of a tree come down to, as one format writes it into one text. */
export interface TreeWriter {
  /** Where the text has no value yet. */
  create(value: unknown): TextEdit[];
  replace(slot: Slot, value: unknown): TextEdit[];
  /** New keys. `slot` is where the map itself stands; null for the outermost. */
  insert(map: MapNode, slot: Slot | null, entries: Table): TextEdit[];
  append(list: ListNode, value: unknown): TextEdit[];
  /** `above` is where the holder stands; null for the outermost. */
  remove(slot: Slot, above: Slot | null): TextEdit[];
}

/** The text edits of one step in a text with this tree. */
export function treeEdit(root: Node | null, step: Step, writer: TreeWriter): TextEdit[] {
  if (root === null) {
    if (step.kind === 'append') return refuse(step.path);
    return step.kind === 'remove' ? [] : writer.create(nested(keysOf(step.path), step.entries));
  }
  const { node, slots } = walk(root, step.path);
  const slot = slots.at(-1) ?? null;
  const rest = step.path.slice(slots.length);
  switch (step.kind) {
    case 'merge':
      return merge(node, slot, keysOf(rest), step.entries, writer);
    case 'append':
      return rest.length === 0 && node.kind === 'list' ? writer.append(node, step.value) : refuse(step.path);
    case 'remove':
      return rest.length > 0 || slot === null ? [] : writer.remove(slot, slots.at(-2) ?? null);
    default:
      return step satisfies never;
  }
}

function merge(node: Node, slot: Slot | null, rest: readonly string[], entries: Table, writer: TreeWriter): TextEdit[] {
  if (node.kind === 'leaf' && node.isNull && slot !== null) return writer.replace(slot, nested(rest, entries));
  if (node.kind !== 'map') return refuse(rest);
  const [key, ...deeper] = rest;
  if (key !== undefined) return writer.insert(node, slot, { [key]: nested(deeper, entries) });
  const edits: TextEdit[] = [];
  const fresh: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(entries)) {
    const index = indexOf(node, name);
    if (index === -1) fresh[name] = value;
    else edits.push(...writer.replace({ holder: node, index }, value));
  }
  return Object.keys(fresh).length === 0 ? edits : [...edits, ...writer.insert(node, slot, fresh)];
}

/** Of keys that occur twice the last one counts, as parsers have it. */
function indexOf({ pairs }: MapNode, key: string | number): number {
  return pairs.findLastIndex((pair) => pair.key === key);
}

/** As far down the path as the tree goes. */
export function walk(root: Node, path: Path): { readonly node: Node; readonly slots: readonly Slot[] } {
  const slots: Slot[] = [];
  let node = root;
  for (const step of path) {
    if (node.kind === 'leaf') break;
    const index = node.kind === 'map' ? indexOf(node, step) : Number(step);
    const next = node.kind === 'map' ? node.pairs[index]?.value : node.items[index];
    if (next === undefined) break;
    slots.push({ holder: node, index });
    node = next;
  }
  return { node, slots };
}

export function nodeIn({ holder, index }: Slot): Node {
  return (holder.kind === 'map' ? holder.pairs[index]?.value : holder.items[index]) ?? refuse([index]);
}

/** The pair or the item in a slot. */
export function spanOf({ holder, index }: Slot): Span {
  const span = holder.kind === 'map' ? holder.pairs[index]?.span : holder.items[index]?.span;
  return span ?? refuse([index]);
}

export function spansAt(root: Node | null, paths: readonly Path[]): readonly (Span | null)[] {
  return paths.map((path) => {
    if (root === null) return null;
    const { slots } = walk(root, path);
    const slot = slots.at(-1);
    return slot === undefined || slots.length < path.length ? null : spanOf(slot);
  });
}

function keysOf(path: Path): string[] {
  return path.map((step) => (typeof step === 'string' ? step : refuse(path)));
}

export function refuse(path: Path): never {
  throw new UneditableError(path.join(' > '));
}
