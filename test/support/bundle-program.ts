import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles a program, its modules in it, into one file of a folder, for tests that start it again and again: Node spends most of such
 * a start on finding and compiling the modules of an SDK. `entry` is a path below the project's folder; `file` ends in .mjs, or in
 * .cjs where the start alone counts: that is minified, and `import 'node:http'` loads no more of Node than it uses.
 */
export async function bundleProgram(entry: string, file: string, folder: string): Promise<void> {
  const isLean = file.endsWith('.cjs');
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
      minify: isLean,
      rolldownOptions: { output: { format: isLean ? 'cjs' : 'es', entryFileNames: file } },
    },
    ssr: { noExternal: true },
  });
}
