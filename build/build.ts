// Usage: node build/build.ts [cli] [app]
// Builds what is named, or everything. Each part is built in a folder of its own and then takes the place of the one before it:
// an app that runs from out/ keeps its windows while something else is built, and a build that fails changes nothing.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'vite';

const ROOT = path.join(import.meta.dirname, '..');
const OUT = path.join(ROOT, 'out');

/** What one configuration of Vite builds: the files and folders of `into` that it makes. */
interface Part {
  readonly config: string;
  readonly into: string;
}

const PARTS = {
  cli: ['vite.config.ts', 'vite.start.config.ts'].map((config) => ({ config, into: '' })),
  app: ['main', 'preload', 'renderer'].map((part) => ({ config: `vite.${part}.config.ts`, into: part })),
} as const satisfies Record<string, readonly Part[]>;

export type PartName = keyof typeof PARTS;

/** Builds the named parts into `out`. Rejects when a part cannot be built; what was there before is then still there. */
export async function buildParts(names: readonly PartName[], out = OUT): Promise<void> {
  mkdirSync(out, { recursive: true });
  const work = mkdtempSync(path.join(out, '.build-'));
  try {
    const parts: readonly Part[] = names.flatMap((name) => PARTS[name]);
    for (const { config, into } of parts) {
      await build({
        root: ROOT,
        configFile: path.join(ROOT, config),
        logLevel: 'warn',
        build: { outDir: path.join(work, 'new', into), emptyOutDir: false },
      });
    }
    replace(path.join(work, 'new'), out, path.join(work, 'old'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Moves each entry of `from` into `to`; what has its name there goes to `aside`. */
function replace(from: string, to: string, aside: string): void {
  mkdirSync(aside);
  for (const name of readdirSync(from)) {
    const target = path.join(to, name);
    if (existsSync(target)) renameSync(target, path.join(aside, name));
    renameSync(path.join(from, name), target);
  }
}

function isPartName(name: string): name is PartName {
  return Object.hasOwn(PARTS, name);
}

if (import.meta.main) {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !isPartName(name));
  if (unknown.length > 0) {
    console.error(`There is nothing called ${unknown.join(', ')} to build: cli or app.`);
    process.exit(2);
  }
  await buildParts(names.length > 0 ? names.filter(isPartName) : ['cli', 'app']);
}
