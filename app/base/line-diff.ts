/** A line of one of two texts or of both. */
export interface ComparedLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/**
 * Compares two texts line by line, by their longest common subsequence. Where `isTooMuch` says so of the numbers of lines between the first and the
 * last difference, these are told as removed and added altogether; it has to bound the smaller number to 65,535, the largest length that is counted.
 */
export function compareLines(
  before: readonly string[],
  after: readonly string[],
  isTooMuch: (before: number, after: number) => boolean,
): readonly ComparedLine[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const [old, now] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)];
  return [
    ...before.slice(0, head).map(same),
    ...(isTooMuch(old.length, now.length) ? [...old.map(removed), ...now.map(added)] : changesOf(old, now)),
    ...before.slice(before.length - tail).map(same),
  ];
}

const same = (text: string): ComparedLine => ({ kind: 'same', text });
const removed = (text: string): ComparedLine => ({ kind: 'removed', text });
const added = (text: string): ComparedLine => ({ kind: 'added', text });

/** By the table of the lengths of common subsequences of what is left from each pair of lines on. */
function changesOf(before: readonly string[], after: readonly string[]): readonly ComparedLine[] {
  const width = after.length + 1;
  const lengths = new Uint16Array((before.length + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      lengths[row * width + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const lines: ComparedLine[] = [];
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    const [old, now] = [before[row], after[column]];
    if (old !== undefined && old === now) {
      lines.push(same(old));
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

/** Lines kept around a change. */
const CONTEXT = 3;

/** Beyond this many line pairs the changed middle is shown as one replacement: it is not an edit of ours then. */
const MOST_PAIRS = 4_000_000;

/** As `diff -u` marks lines. */
const SIGNS = { same: ' ', removed: '-', added: '+' } as const satisfies Record<ComparedLine['kind'], string>;

/** A unified diff as `diff -u` and git print it; empty when the texts are the same. */
export function unifiedDiff(before: string, after: string, file: string): string {
  if (before === after) return '';
  const lines = compareLines(linesOf(before), linesOf(after), (old, now) => old * now > MOST_PAIRS);
  const hunks = hunksOf(lines).map((hunk) => hunkText(lines, hunk));
  return `--- ${file}\n+++ ${file}\n${hunks.join('')}`;
}

/** Lines with their line breaks, so that a change from CRLF to LF shows. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

interface Hunk {
  readonly start: number;
  readonly end: number;
}

function hunksOf(lines: readonly ComparedLine[]): Hunk[] {
  const hunks: Hunk[] = [];
  for (const [index, { kind }] of lines.entries()) {
    if (kind === 'same') continue;
    const start = Math.max(0, index - CONTEXT);
    const end = Math.min(lines.length, index + CONTEXT + 1);
    const last = hunks.at(-1);
    if (last !== undefined && start <= last.end) hunks[hunks.length - 1] = { start: last.start, end };
    else hunks.push({ start, end });
  }
  return hunks;
}

function hunkText(lines: readonly ComparedLine[], { start, end }: Hunk): string {
  const linesIn = (part: readonly ComparedLine[], other: 'removed' | 'added'): number =>
    part.filter(({ kind }) => kind !== other).length;
  const [above, inside] = [lines.slice(0, start), lines.slice(start, end)];
  const range = (other: 'removed' | 'added'): string => {
    const length = linesIn(inside, other);
    return `${linesIn(above, other) + (length === 0 ? 0 : 1)},${length}`;
  };
  const body = inside.map(({ kind, text }) =>
    text.endsWith('\n') ? `${SIGNS[kind]}${text}` : `${SIGNS[kind]}${text}\n\\ No newline at end of file\n`,
  );
  return `@@ -${range('added')} +${range('removed')} @@\n${body.join('')}`;
}
