import { defineConfig } from 'vite';

/**
 * The windows: one page, one script, one style sheet. A classic script, because modules from file:// need privileges that
 * the packed app gives up (Electron's fuse GrantFileProtocolExtraPrivileges).
 */
export default defineConfig({
  publicDir: 'renderer/public',
  build: {
    outDir: 'out/renderer',
    emptyOutDir: true,
    target: 'chrome150',
    cssCodeSplit: false,
    modulePreload: false,
    rolldownOptions: {
      input: 'renderer/main.tsx',
      output: { format: 'iife', entryFileNames: 'window.js', assetFileNames: 'window[extname]' },
    },
  },
});
