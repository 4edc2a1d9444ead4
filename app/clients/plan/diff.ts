/** Lines kept around a change. */
const CONTEXT = 3;

/** Beyond this many line pairs the changed middle is shown as one replacement: it is not an edit of ours then. */
const MOST_PAIRS = 4_000_000;

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** A unified diff as `diff -u` and git print it; empty when the texts are the same. */
export function unifiedDiff(before: string, after: string, file: string): string {
  if (before === after) return '';
  const lines = compared(linesOf(before), linesOf(after));
  const hunks = hunksOf(lines).map((hunk) => hunkText(lines, hunk));
  return `--- ${file}\n+++ ${file}\n${hunks.join('')}`;
}

/** Lines with their line breaks, so that a change from CRLF to LF shows. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function compared(before: readonly string[], after: readonly string[]): Line[] {
  let head = 0;
  while (head < before.length && before[head] === after[head]) head += 1;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const same = (lines: readonly string[]): Line[] => lines.map((text) => ({ sign: ' ', text }));
  return [
    ...same(before.slice(0, head)),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...same(before.slice(before.length - tail)),
  ];
}

/** The longest common subsequence, by the table of its lengths. */
function middle(before: readonly string[], after: readonly string[]): Line[] {
  const removed = (text: string): Line => ({ sign: '-', text });
  const added = (text: string): Line => ({ sign: '+', text });
  if (before.length * after.length > MOST_PAIRS) return [...before.map(removed), ...after.map(added)];
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      const longest =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
      lengths[row * width + column] = longest;
    }
  }
  const lines: Line[] = [];
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    const [left, right] = [before[row], after[column]];
    if (left !== undefined && left === right) {
      lines.push({ sign: ' ', text: left });
      row += 1;
      column += 1;
    } else if (left !== undefined && (right === undefined || at(row + 1, column) >= at(row, column + 1))) {
      lines.push(removed(left));
      row += 1;
    } else {
      lines.push(added(right ?? ''));
      column += 1;
    }
  }
  return lines;
}

interface Hunk {
  readonly start: number;
  readonly end: number;
}

function hunksOf(lines: readonly Line[]): Hunk[] {
  const hunks: Hunk[] = [];
  for (const [index, { sign }] of lines.entries()) {
    if (sign === ' ') continue;
    const start = Math.max(0, index - CONTEXT);
    const end = Math.min(lines.length, index + CONTEXT + 1);
    const last = hunks.at(-1);
    if (last !== undefined && start <= last.end) hunks[hunks.length - 1] = { start: last.start, end };
    else hunks.push({ start, end });
  }
  return hunks;
}

function hunkText(lines: readonly Line[], { start, end }: Hunk): string {
  const count = (part: readonly Line[], sign: '-' | '+'): number => part.filter((line) => line.sign !== sign).length;
  const [above, inside] = [lines.slice(0, start), lines.slice(start, end)];
  const range = (sign: '-' | '+'): string => {
    const length = count(inside, sign);
    return `${count(above, sign) + (length === 0 ? 0 : 1)},${length}`;
  };
  const body = inside.map(({ sign, text }) =>
    text.endsWith('\n') ? `${sign}${text}` : `${sign}${text}\n\\ No newline at end of file\n`,
  );
  return `@@ -${range('+')} +${range('-')} @@\n${body.join('')}`;
}
