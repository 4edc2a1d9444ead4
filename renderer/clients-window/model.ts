import type { VerifyStep } from '../../app/ipc/index.ts';

/** The steps with the news of one, which may have been told of before. */
export function withStep(steps: readonly VerifyStep[], step: VerifyStep): readonly VerifyStep[] {
  const at = steps.findIndex((one) => stepKey(one) === stepKey(step));
  return at === -1 ? [...steps, step] : steps.with(at, step);
}

/** Several addresses may be probed. */
export function stepKey(step: VerifyStep): string {
  return step.step === 'probe' && step.target !== null ? `probe ${step.target.host} ${step.target.port}` : step.step;
}

/**
 * The part of a path that the other files do not share: `opencode.jsonc` beside `opencode.json` in one folder,
 * `.local/share` where only the folders between home and file differ.
 */
export function ownPart(file: string, others: readonly string[]): string {
  const own = segmentsOf(file);
  const all = [file, ...others].map(segmentsOf);
  const shortest = Math.min(...all.map(({ length }) => length));
  const isShared = (at: number): boolean => all.every((segments) => segments.at(at) === own.at(at));
  let before = 0;
  while (before < shortest && isShared(before)) before++;
  let after = 0;
  while (after < shortest - before && isShared(-1 - after)) after++;
  const rest = own.slice(before, own.length - after);
  return rest.length === 0 ? file : rest.join('/');
}

function segmentsOf(file: string): readonly string[] {
  return file.split(/[\\/]/);
}

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
