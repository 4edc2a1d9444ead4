/** What to reach: a bound on the number a cell shows. */
export type Target = { readonly atLeast: number } | { readonly atMost: number };

/** One answer of one subject. `value` is what the target is held against; a cell without one only informs. */
export interface Cell {
  readonly text: string;
  readonly value?: number;
}

/** One line of a table: a measure, and what each subject made of it. */
export interface Row {
  readonly label: string;
  /** Cells by subject name; a subject without one was not asked. */
  readonly cells: ReadonlyMap<string, Cell>;
  readonly target?: Target;
}

export interface Table {
  readonly title: string;
  readonly subjects: readonly string[];
  readonly rows: readonly Row[];
}

export const NOT_INSTALLED = 'not installed';

/** A subject this machine does not have says so in every row. */
export function withMissing(rows: readonly Row[], missing: readonly string[]): readonly Row[] {
  const absent = missing.map((name): readonly [string, Cell] => [name, { text: NOT_INSTALLED }]);
  return rows.map((row) => ({ ...row, cells: new Map<string, Cell>([...row.cells, ...absent]) }));
}

export function reached(target: Target, value: number): boolean {
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
}

export function describeTarget(target: Target): string {
  if ('atLeast' in target) return `≥ ${target.atLeast}`;
  return target.atMost === 0 ? 'none' : `≤ ${target.atMost}`;
}
