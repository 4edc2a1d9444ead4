import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles a program, its modules in it, into one file of a folder, for tests that start it again and again: Node spends most of such
 * a start on finding and compiling the modules of an SDK. `entry` is a path below the project's folder; `file` ends in .mjs, or in
 * .cjs where the start alone counts: that is minified, and `import 'node:http'` loads no more of Node than it uses. `unused` names
 * packages that the program imports and does without in what a test starts it for; they are left out.
 */
export async function bundleProgram(
  entry: string,
  file: string,
  folder: string,
  unused: readonly string[] = [],
): Promise<void> {
  const isLean = file.endsWith('.cjs');
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [leaveOut(unused)],
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

function leaveOut(packages: readonly string[]): Plugin {
  const NOTHING = '\0nothing';
  return {
    name: 'leave-out',
    enforce: 'pre',
    resolveId: (id) => (packages.includes(id) ? NOTHING : null),
    // CommonJS: whatever name is imported from it is undefined.
    load: (id) => (id === NOTHING ? 'module.exports = {};' : null),
  };
}
