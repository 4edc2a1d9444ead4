import { basename, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundleProgram } from './bundle-program.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The folder of the bundled programs: NAME.mjs for each of `PROGRAMS`. */
    readonly bundles: string;
  }
}

/** Below test/fixtures: what imports an official SDK and is started again and again. */
const PROGRAMS = ['servers/legacy', 'servers/dual', 'servers/modern', 'lan/call-tool'];

/** Bundles each of these programs once for all projects that start them. `setup` is what Vitest calls, once for each project. */
export async function setup(project: TestProject): Promise<void> {
  const run = project.vitest.getRootProject();
  const { bundles, runFolder } = run.getProvidedContext();
  if (bundles !== undefined) return;
  const folder = join(runFolder, 'bundles');
  for (const program of PROGRAMS) {
    await bundleProgram(join('test/fixtures', `${program}.ts`), `${basename(program)}.mjs`, folder);
  }
  run.provide('bundles', folder);
}
