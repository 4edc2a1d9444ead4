import { describeTarget, NOT_INSTALLED, type Row, reached, type Table } from './results.ts';

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

/** One sentence for each target that a column of the product misses. */
export function misses(table: Table, product: string): readonly string[] {
  const columns = table.subjects.filter((subject) => subject.startsWith(product));
  return columns.flatMap((subject) => table.rows.flatMap((row) => missOf(row, subject)));
}

function missOf({ label, cells, target }: Row, subject: string): readonly string[] {
  const cell = cells.get(subject);
  if (!target || !cell || cell.text === NOT_INSTALLED) return [];
  if (cell.value !== undefined && reached(target, cell.value)) return [];
  return [`${subject}, ${label}: ${cell.text}, to reach ${describeTarget(target)}`];
}

function pad(line: readonly string[], widths: readonly number[]): readonly string[] {
  return line.map((text, column) => text.padEnd(widths[column] ?? 0));
}
