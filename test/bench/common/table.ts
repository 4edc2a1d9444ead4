import { describeTarget, type Row, reached, type Table } from './results.ts';

/** The table as Markdown, columns aligned so that it reads well in a terminal too. */
export function markdown(table: Table): string {
  const head = [table.title, ...table.subjects, 'to reach'];
  const body = table.rows.map((row) => [
    row.label,
    ...table.subjects.map((subject) => row.cells.get(subject)?.text ?? '–'),
    row.target ? describeTarget(row.target) : '',
  ]);
  const widths = head.map((_, column) => Math.max(3, ...[head, ...body].map((line) => line[column]?.length ?? 0)));
  const rule = widths.map((width) => '-'.repeat(width));
  return [head, rule, ...body].map((line) => `| ${pad(line, widths).join(' | ')} |`).join('\n');
}

/** One sentence for each row in which `subject` misses its target. */
export function misses(table: Table, subject: string): readonly string[] {
  return table.rows.flatMap((row) => missOf(row, subject));
}

function missOf(row: Row, subject: string): readonly string[] {
  const cell = row.cells.get(subject);
  if (!row.target || !cell) return [];
  if (cell.value !== undefined && reached(row.target, cell.value)) return [];
  return [`${row.label}: ${cell.text}, to reach ${describeTarget(row.target)}`];
}

function pad(line: readonly string[], widths: readonly number[]): readonly string[] {
  return line.map((text, column) => text.padEnd(widths[column] ?? 0));
}
