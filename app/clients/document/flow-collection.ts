import type { Span, SyntaxFault } from './value.ts';

/** One replacement in a text. */
export interface TextEdit extends Span {
  readonly text: string;
}

/** The text with all edits made. They must not overlap; those at the same offset keep their order. */
export function withEdits(text: string, edits: readonly TextEdit[]): string {
  return edits
    .toReversed()
    .sort((left, right) => right.start - left.start)
    .reduce((done, { start, end, text: inserted }) => done.slice(0, start) + inserted + done.slice(end), text);
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
