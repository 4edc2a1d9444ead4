import { mkdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A folder of this run alone, for what its processes share; gone when the run is over. */
    readonly runFolder: string;
  }
}

/** `setup` is what Vitest calls, once in a run. Returns the clean-up. */
export function setup(run: TestProject): () => void {
  const { runFolder } = run.getProvidedContext();
  mkdirSync(join(runFolder, 'home'), { recursive: true });
  const { PATH } = process.env;
  if (PATH !== undefined) process.env['PATH'] = shimsLast(PATH);
  // A program that a test left to itself may still be writing into the compile cache.
  return () => rmSync(runFolder, { recursive: true, force: true, maxRetries: 5 });
}

/** A search path with the shims of version managers last: each start of a program by one of them takes most of a CPU second. */
function shimsLast(searchPath: string): string {
  const isShims = (folder: string): boolean => /[\\/]shims$/.test(folder);
  const folders = searchPath.split(delimiter);
  return [...folders.filter((folder) => !isShims(folder)), ...folders.filter(isShims)].join(delimiter);
}
