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

/** Beyond this many line pairs the table is not made: what no line parts that occurs once is shown as one replacement. */
const MOST_PAIRS = 4_000_000;

/** As `diff -u` marks lines. */
const SIGNS = { same: ' ', removed: '-', added: '+' } as const satisfies Record<ComparedLine['kind'], string>;

/** A unified diff as `diff -u` and git print it; empty when the texts are the same. */
export function unifiedDiff(before: string, after: string, file: string): string {
  if (before === after) return '';
  const lines = compareLong(linesOf(before), linesOf(after));
  const hunks = hunksOf(lines).map((hunk) => hunkText(lines, hunk));
  return `--- ${file}\n+++ ${file}\n${hunks.join('')}`;
}

/**
 * As `compareLines`, for texts of any length: beyond the table's size they are parted where a line that occurs once stands in both, so that
 * two changes far from each other are shown as two.
 */
function compareLong(before: readonly string[], after: readonly string[]): readonly ComparedLine[] {
  const isTooMuch = (old: number, now: number): boolean => old * now > MOST_PAIRS;
  if (!isTooMuch(before.length, after.length)) return compareLines(before, after, isTooMuch);
  const found: (readonly ComparedLine[])[] = [];
  let [old, now] = [0, 0];
  for (const [row, column] of [...commonUnique(before, after), [before.length, after.length] as const]) {
    found.push(compareLines(before.slice(old, row), after.slice(now, column), isTooMuch));
    [old, now] = [row, column];
  }
  return found.flat();
}

/** Positions of lines that occur once in either text, as many as come in the same order in both: the anchors of patience diff. */
function commonUnique(before: readonly string[], after: readonly string[]): readonly (readonly [number, number])[] {
  const [old, now] = [positionsOfUnique(before), positionsOfUnique(after)];
  const pairs = [...old].flatMap(([line, row]) => {
    const column = now.get(line);
    return column === undefined ? [] : [{ row, column }];
  });
  // The longest rising run of columns: the last pair of the best run of each length, and what comes before each pair in it.
  const ends: number[] = [];
  const previous: number[] = [];
  for (const [at, { column }] of pairs.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[ends[middle] ?? 0]?.column ?? 0) < column) low = middle + 1;
      else high = middle;
    }
    previous.push(ends[low - 1] ?? -1);
    ends[low] = at;
  }
  const run: (readonly [number, number])[] = [];
  for (let at = ends.at(-1) ?? -1; at >= 0; at = previous[at] ?? -1) {
    const pair = pairs[at];
    if (pair !== undefined) run.push([pair.row, pair.column]);
  }
  return run.reverse();
}

/** In the order of the lines. */
function positionsOfUnique(lines: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return new Map(lines.flatMap((line, at) => (counts.get(line) === 1 ? [[line, at] as const] : [])));
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
