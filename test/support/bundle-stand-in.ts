import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'vite';
import type { TestProject } from 'vitest/node';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HOST = join(ROOT, 'test', 'electron-host');
/** The modules that reach a page as text. */
const SCRIPTS = join(HOST, 'renderer', 'scripts.ts');

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the stand-in for Electron has been bundled. */
    readonly standIn: string;
  }
}

/**
 * Bundles the stand-in for Electron once in a run, to where `ELECTRON_HOST_START` says: of a start from its hundred modules, two
 * thirds of the processor time go into finding them and removing their types. `setup` is what Vitest calls, once for each project.
 */
export async function setup(project: TestProject): Promise<void> {
  const run = project.vitest.getRootProject();
  const { ELECTRON_HOST_START: file } = project.config.env;
  if (file === undefined || run.getProvidedContext().standIn !== undefined) return;
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [inPlace],
    build: {
      ssr: join(HOST, 'start.ts'),
      outDir: dirname(file),
      emptyOutDir: false,
      target: 'node24',
      minify: false,
      // Electron's own, which a module asks for where it runs on Electron.
      rolldownOptions: {
        external: ['original-fs'],
        output: { format: 'es', entryFileNames: basename(file), codeSplitting: false },
      },
    },
    ssr: { noExternal: true },
  });
  run.provide('standIn', file);
}

/** Each module still finds the files beside it, and the types of what reaches a page are removed now. */
const inPlace: Plugin = {
  name: 'in-place',
  enforce: 'pre',
  async load(id) {
    if (id !== SCRIPTS) return null;
    const scripts: object = await import(pathToFileURL(id).href);
    return Object.entries(scripts)
      .map(([name, text]) => `export const ${name} = ${JSON.stringify(text)};`)
      .join('\n');
  },
  transform: (code, id) =>
    id.startsWith(HOST) ? code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)) : null,
};
