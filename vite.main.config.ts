import { join } from 'node:path';
import { defineConfig } from 'vite';

/**
 * The main process: everything but Electron itself, so that the packed app carries no node_modules. What it starts with is
 * one file; electron-updater, half a megabyte, is another that is read when it is first needed (and the bundler's helpers a third).
 */
export default defineConfig({
  publicDir: false,
  resolve: { alias: { atomically: join(import.meta.dirname, 'main', 'atomically.ts') } },
  build: {
    ssr: 'main/index.ts',
    outDir: 'out/main',
    emptyOutDir: true,
    target: 'node24',
    minify: false,
    rolldownOptions: {
      external: ['electron'],
      output: {
        format: 'es',
        entryFileNames: 'index.js',
        chunkFileNames: '[name].js',
        codeSplitting: { groups: [{ name: 'updater', test: /node_modules\/electron-updater\// }] },
      },
    },
  },
  ssr: { noExternal: true, external: ['electron'] },
});
