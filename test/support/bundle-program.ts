import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles a program, its modules in it, into NAME.mjs in a folder, for tests that start it again and again: Node spends most of such
 * a start on finding and compiling the modules of an SDK. `entry` is a path below the project's folder.
 */
export async function bundleProgram(entry: string, name: string, folder: string): Promise<void> {
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
      rolldownOptions: { output: { format: 'es', entryFileNames: `${name}.mjs` } },
    },
    ssr: { noExternal: true },
  });
}
