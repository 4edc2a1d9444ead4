import { partsIn, TOOL_PARTS, type ToolPart } from './tool-shape.ts';

/** A line of a part of a tool. `gap` stands for lines that are the same and not shown: its text is empty. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added' | 'gap';
  readonly text: string;
}

/** A part of a tool that has changed, line by line. */
export interface PartDiff {
  readonly part: ToolPart;
  readonly lines: readonly DiffLine[];
}

/** Lines that are the same and shown on either side of a change. */
const AROUND = 3;
/** Lines that are compared with one another; of longer parts all are shown as removed and added. */
const MOST_LINES = 1500;

/** What differs between two texts of a tool, as in `ToolShape.text`: in each part that has changed. An empty text is that of no tool. */
export function toolDiff(before: string, after: string): readonly PartDiff[] {
  const [was, is] = [partsIn(before || '{}'), partsIn(after || '{}')];
  return TOOL_PARTS.flatMap((part) => {
    const [old, now] = [linesOf(was[part]), linesOf(is[part])];
    const lines = diffOf(old, now);
    return lines.some(({ kind }) => kind === 'removed' || kind === 'added') ? [{ part, lines: shortened(lines) }] : [];
  });
}

/** A description as it is written, anything else as indented JSON. */
function linesOf(value: unknown): readonly string[] {
  if (value === undefined) return [];
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return text.split(/\r\n|[\r\n\u2028\u2029]/).map(visible);
}

/** Control characters, and those that do not show or turn the direction of text, as escapes: what is approved must be seen. */
function visible(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}]/gu, (one) =>
    one === '\t' ? one : `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

function diffOf(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const same = (text: string): DiffLine => ({ kind: 'same', text });
  return [
    ...before.slice(0, head).map(same),
    ...changesOf(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

/** By the longest common subsequence. */
function changesOf(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const removed = (text: string): DiffLine => ({ kind: 'removed', text });
  const added = (text: string): DiffLine => ({ kind: 'added', text });
  if (before.length === 0 || after.length === 0 || before.length + after.length > MOST_LINES) {
    return [...before.map(removed), ...after.map(added)];
  }
  const width = after.length + 1;
  const common = new Uint16Array((before.length + 1) * width);
  const at = (row: number, column: number): number => common[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      common[row * width + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    const [old, now] = [before[row], after[column]];
    if (old !== undefined && old === now) {
      lines.push({ kind: 'same', text: old });
      row++;
      column++;
    } else if (old !== undefined && (now === undefined || at(row + 1, column) >= at(row, column + 1))) {
      lines.push(removed(old));
      row++;
    } else {
      lines.push(added(now ?? ''));
      column++;
    }
  }
  return lines;
}

function shortened(lines: readonly DiffLine[]): readonly DiffLine[] {
  const shown = new Set<number>();
  for (const [index, { kind }] of lines.entries()) {
    if (kind === 'same') continue;
    for (let near = index - AROUND; near <= index + AROUND; near++) shown.add(near);
  }
  return lines.flatMap((line, index): readonly DiffLine[] => {
    if (shown.has(index)) return [line];
    return index === 0 || shown.has(index - 1) ? [{ kind: 'gap', text: '' }] : [];
  });
}
