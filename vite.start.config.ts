import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

/** The program is a file that vite.config.ts builds. */
const program: Plugin = {
  name: 'program',
  enforce: 'pre',
  resolveId: (id) => (id === './cli/program.ts' ? { id: './cli/main.cjs', external: true } : null),
};

/** `npm link` makes a program executable once; a build must not undo that. */
const executable: Plugin = {
  name: 'executable',
  writeBundle: ({ dir = '' }) => chmod(join(dir, 'cli.cjs'), 0o755),
};

/**
 * What the command line starts with: a file so small that it takes V8 no time to read, as it is the only one that Node keeps no compiled
 * code of. CommonJS for an older Node than it runs on, as everything else of the command line: see vite.config.ts.
 */
export default defineConfig({
  plugins: [program, executable],
  publicDir: false,
  build: {
    ssr: 'app/cli.ts',
    outDir: 'out',
    emptyOutDir: false,
    target: 'node20',
    rolldownOptions: {
      output: {
        format: 'cjs',
        entryFileNames: 'cli.cjs',
        banner: '#!/usr/bin/env node',
        dynamicImportInCjs: false,
        comments: { legal: true, annotation: false, jsdoc: false },
      },
    },
  },
  ssr: { noExternal: true },
});
