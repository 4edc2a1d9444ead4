import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

/** winston's output for people who debug winston. It loads a library of colours: 1.4 MB of memory that nobody looks at. */
const withoutDiagnostics: Plugin = {
  name: 'without-diagnostics',
  enforce: 'pre',
  resolveId: (id) => (id === '@dabh/diagnostics' ? '\0diagnostics' : null),
  load: (id) => (id === '\0diagnostics' ? 'module.exports = () => () => undefined;' : null),
};

/** `npm link` makes a program executable once; a build must not undo that. */
const executable: Plugin = {
  name: 'executable',
  writeBundle: ({ dir = '' }) => chmod(join(dir, 'cli.cjs'), 0o755),
};

/**
 * The command line, bundled into one file that needs no node_modules. What only `doctor` needs stands in a second one beside
 * it, so that it costs `serve` nothing.
 *
 * It is CommonJS because `import 'node:http'` in an ES module makes Node 24 look at every export of that module, the
 * lazy WebSocket among them, and that loads all of undici: 14 MB of memory and a third of the start-up time, for nothing.
 */
export default defineConfig({
  plugins: [withoutDiagnostics, executable],
  build: {
    ssr: 'app/cli.ts',
    outDir: 'out',
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      output: {
        format: 'cjs',
        entryFileNames: 'cli.cjs',
        chunkFileNames: 'cli-[name].cjs',
        banner: '#!/usr/bin/env node',
      },
    },
  },
  ssr: { noExternal: true },
});
