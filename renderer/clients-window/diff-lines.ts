/** One row of a diff as it is drawn. */
export type DiffRow =
  /** The first line of a stretch, counted in the file as it is. */
  | { readonly kind: 'hunk'; readonly line: number }
  | { readonly kind: 'same' | 'removed' | 'added'; readonly text: string }
  /** The line above has no line break. */
  | { readonly kind: 'no-end' };

const KINDS = { ' ': 'same', '-': 'removed', '+': 'added' } as const;

/** The rows of a unified diff of one file. */
export function diffRows(diff: string): readonly DiffRow[] {
  // The two lines with the file's name are said elsewhere.
  return diff.split('\n').slice(2, -1).map(rowOf);
}

function rowOf(line: string): DiffRow {
  const start = /^@@ -(\d+)/.exec(line)?.[1];
  if (start !== undefined) return { kind: 'hunk', line: Number(start) };
  if (line.startsWith('\\')) return { kind: 'no-end' };
  const sign = line.charAt(0);
  const kind = sign === '-' || sign === '+' ? KINDS[sign] : KINDS[' '];
  return { kind, text: line.slice(1).replace(/\r$/, '') };
}
