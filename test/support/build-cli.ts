import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The command line, bundled from the sources as they are now. */
    readonly cli: string;
  }
}

/** Bundles the command line once for all tests that run it; `setup` is what Vitest calls. Returns the clean-up. */
export async function setup(project: TestProject): Promise<() => void> {
  const directory = mkdtempSync(join(tmpdir(), 'gangway-cli-'));
  const root = fileURLToPath(new URL('../..', import.meta.url));
  await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'warn', build: { outDir: directory } });
  project.provide('cli', join(directory, 'cli.cjs'));
  return () => rmSync(directory, { recursive: true, force: true });
}
