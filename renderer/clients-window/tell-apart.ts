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
