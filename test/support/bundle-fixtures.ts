import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

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
    await bundle(join('test/fixtures', `${program}.ts`), `${basename(program)}.mjs`, folder);
  }
  run.provide('bundles', folder);
}

/**
 * Bundles a program, its modules in it, into one file of a folder: Node spends most of such a start on finding and compiling the
 * modules of an SDK. `entry` is a path below the project's folder.
 */
async function bundle(entry: string, file: string, folder: string): Promise<void> {
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      rolldownOptions: { output: { format: 'es', entryFileNames: file } },
    },
    ssr: { noExternal: true },
  });
}
