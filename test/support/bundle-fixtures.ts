import { join } from 'node:path';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The folder of the bundled programs: NAME.mjs for each of `PROGRAMS`. */
    readonly bundles: string;
  }
}

const ROOT = join(import.meta.dirname, '../..');
/** Below test/fixtures: what imports an official SDK and is started again and again. */
const PROGRAMS = ['servers/legacy', 'servers/dual', 'servers/modern', 'lan/call-tool'];

/**
 * Bundles each of these programs, the official SDK in it, into one file, once for all projects that start them: tests start
 * hundreds, and Node spends most of such a start on finding and compiling the modules of the SDK. `setup` is what Vitest calls,
 * once for each project.
 */
export async function setup(project: TestProject): Promise<void> {
  const run = project.vitest.getRootProject();
  const { bundles, runFolder } = run.getProvidedContext();
  if (bundles !== undefined) return;
  const folder = join(runFolder, 'bundles');
  for (const program of PROGRAMS) {
    await build({
      root: ROOT,
      configFile: false,
      logLevel: 'warn',
      publicDir: false,
      build: {
        ssr: join('test/fixtures', `${program}.ts`),
        outDir: folder,
        emptyOutDir: false,
        target: 'node24',
        minify: false,
        rolldownOptions: { output: { format: 'es', entryFileNames: '[name].mjs' } },
      },
      ssr: { noExternal: true },
    });
  }
  run.provide('bundles', folder);
}
