import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Peer {
  /** Null when the package is not installed under test/bench/peers. */
  readonly version: string | null;
  /** Absolute path of the file asked for. */
  readonly file: string;
}

/** A package of test/bench/peers; `file` is relative to the package's own folder. */
export function peer(name: string, file: string): Peer {
  const folder = new URL(`../peers/node_modules/${name}/`, import.meta.url);
  const manifest = new URL('package.json', folder);
  return {
    version: existsSync(manifest) ? versionIn(JSON.parse(readFileSync(manifest, 'utf8'))) : null,
    file: fileURLToPath(new URL(file, folder)),
  };
}

function versionIn(manifest: unknown): string {
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  throw new Error('a package.json has a version');
}
