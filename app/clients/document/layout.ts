import type { Span, SyntaxFault } from './value.ts';

/** One replacement in a text. */
export interface TextEdit extends Span {
  readonly text: string;
}

/** The text with all the splices made. They must not overlap; those at one place keep the order they are given in. */
export function withEdits(text: string, splices: readonly TextEdit[]): string {
  return splices
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
