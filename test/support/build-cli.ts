import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The command line, bundled from the sources as they are now. */
    readonly cli: string;
  }
}

/** Bundles the command line once for all tests that run it; `setup` is what Vitest calls. */
export async function setup(project: TestProject): Promise<void> {
  const directory = join(project.getProvidedContext().runFolder, 'cli');
  const root = fileURLToPath(new URL('../..', import.meta.url));
  await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'warn', build: { outDir: directory } });
  project.provide('cli', join(directory, 'cli.cjs'));
}
