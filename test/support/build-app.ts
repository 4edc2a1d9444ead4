import type { TestProject } from 'vitest/node';
import { buildParts } from '../../build/build.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The app has been built from the sources as they are now. */
    readonly appBuilt: boolean;
  }
}

/**
 * Builds the app and its command line once for all specs that run it, whichever project they belong to; `setup` is what Vitest
 * calls, once for each project.
 */
export async function setup(project: TestProject): Promise<void> {
  const run = project.vitest.getRootProject();
  if (run.getProvidedContext().appBuilt) return;
  await buildParts(['cli', 'app']);
  run.provide('appBuilt', true);
}
