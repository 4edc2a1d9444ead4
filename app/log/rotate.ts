import { existsSync, renameSync } from 'node:fs';
import { join, parse } from 'node:path';

/** The name of the `age`-th older file beside `path`: `x.log` becomes `x.1.log`; 0 is `path` itself. */
export function olderName(path: string, age: number): string {
  if (age === 0) return path;
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}.${age}${ext}`);
}

/**
 * Makes room for a new file at `path`: it and its older ones are renamed one step on, as far as the first gap. Of
 * `files` in all, at least two, the oldest is replaced. Throws what the system says. A failed chain leaves a gap, so
 * trying again costs no older file.
 */
export function rotate(path: string, files: number): void {
  let age = 1;
  while (age < files - 1 && existsSync(olderName(path, age))) age++;
  for (; age > 0; age--) renameSync(olderName(path, age - 1), olderName(path, age));
}
