import { defineConfig } from 'vite';

/** The main process: everything in one file but Electron itself, so that the packed app carries no node_modules. */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: 'main/index.ts',
    outDir: 'out/main',
    emptyOutDir: true,
    target: 'node24',
    minify: false,
    rolldownOptions: { external: ['electron'], output: { format: 'es', entryFileNames: 'index.js' } },
  },
  ssr: { noExternal: true, external: ['electron'] },
});
