/**
 * The candidate that `word` most likely is a slip of the finger for: one it begins, or one within a third of its
 * letters wrong, missing, added or swapped. Null when nothing comes near.
 */
export function nearest(word: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = word.length > 1 && candidate.startsWith(word) ? 1 : distanceBetween(word, candidate);
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/** Optimal string alignment distance: single letters changed, inserted, removed, or two neighbours swapped. */
function distanceBetween(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const changed = (last[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const edited = Math.min(changed, (last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      const isSwap = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = isSwap ? Math.min(edited, (beforeLast[column - 2] ?? 0) + 1) : edited;
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
