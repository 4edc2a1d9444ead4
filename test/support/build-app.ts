import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Builds the app and its command line once for all specs that run it, from the sources as they are now; `setup` is what Vitest calls. */
export async function setup(): Promise<void> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  // First, because it empties the folder.
  await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
  for (const part of ['main', 'preload', 'renderer']) {
    await build({ root, configFile: join(root, `vite.${part}.config.ts`), logLevel: 'warn' });
  }
}
