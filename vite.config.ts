import { defineConfig } from 'vite';

/**
 * The command line, bundled into one file that needs no node_modules.
 *
 * It is CommonJS because `import 'node:http'` in an ES module makes Node 24 look at every export of that module, the
 * lazy WebSocket among them, and that loads all of undici: 14 MB of memory and a third of the start-up time, for nothing.
 */
export default defineConfig({
  build: {
    ssr: 'app/cli.ts',
    outDir: 'out',
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      output: { format: 'cjs', entryFileNames: 'cli.cjs', banner: '#!/usr/bin/env node' },
    },
  },
  ssr: { noExternal: true },
});
