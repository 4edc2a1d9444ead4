import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildParts } from '../../build/build.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The command line, bundled from the sources as they are now. */
    readonly cli: string;
  }
}

/** Bundles the command line once for all tests that run it; `setup` is what Vitest calls. */
export async function setup(project: TestProject): Promise<void> {
  const directory = join(project.getProvidedContext().runFolder, 'cli');
  await buildParts(['cli'], directory);
  project.provide('cli', join(directory, 'cli.cjs'));
}
