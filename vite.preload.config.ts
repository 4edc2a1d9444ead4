import { defineConfig } from 'vite';

/** The preload: one CommonJS file, since a sandboxed one can neither be a module nor load another. */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: 'main/preload/index.ts',
    outDir: 'out/preload',
    emptyOutDir: true,
    target: 'chrome150',
    minify: false,
    rolldownOptions: { external: ['electron'], output: { format: 'cjs', entryFileNames: 'index.cjs' } },
  },
  ssr: { noExternal: true, external: ['electron'] },
});
