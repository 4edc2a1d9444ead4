// Usage: node build/pack-cli.ts [--release] [FOLDER]
// Packs the command line for npm: dist/mcp-gangway-VERSION.tgz, or into FOLDER. With --release the address of the repository has
// to be known, without which npm takes no provenance.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { buildParts } from './build.ts';

const ROOT = path.join(import.meta.dirname, '..');

/** Bytes of the largest package: a person who tries it waits for it. */
export const MOST_BYTES = 600 * 1024;

export interface PackOptions {
  /** Where the package is put; made if it is not there. */
  readonly into: string;
  /** Whether it is for the registry. */
  readonly release?: boolean;
}

/**
 * Builds the command line and packs it with `packaging/npm` around it. Resolves with the path of the package.
 * @throws Error when it cannot be built or is too large, or when a release has no repository to name
 */
export async function packCli({ into, release = false }: PackOptions): Promise<string> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'mcp-gangway-pack-'));
  try {
    const built = path.join(scratch, 'out');
    const folder = path.join(scratch, 'package');
    await buildParts(['cli'], built);
    mkdirSync(folder);
    for (const name of ['cli.cjs', 'cli']) cpSync(path.join(built, name), path.join(folder, name), { recursive: true });
    cpSync(path.join(ROOT, 'packaging', 'npm', 'README.md'), path.join(folder, 'README.md'));
    cpSync(path.join(ROOT, 'packaging', 'macos', 'Gangway.command'), path.join(folder, 'Gangway.command'));
    cpSync(path.join(ROOT, 'LICENSE'), path.join(folder, 'LICENSE'));
    writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest(release), null, 2)}\n`);
    return await pack(folder, into);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What differs from the app's own manifest stands in packaging/npm, the rest is taken from there. */
function manifest(release: boolean): object {
  const own = JSON.parse(readFileSync(path.join(ROOT, 'packaging', 'npm', 'package.json'), 'utf8'));
  const { version, description, license, repository } = JSON.parse(
    readFileSync(path.join(ROOT, 'package.json'), 'utf8'),
  );
  if (release && repository === undefined) throw new Error('package.json names no repository, which a release needs');
  const { name, ...rest } = own;
  return { name, version, description, license, ...(repository === undefined ? {} : { repository }), ...rest };
}

async function pack(folder: string, into: string): Promise<string> {
  mkdirSync(into, { recursive: true });
  const args = ['pack', folder, '--json', '--ignore-scripts', `--pack-destination=${into}`];
  const { stdout } = await promisify(execFile)('npm', args, { shell: process.platform === 'win32' });
  const [packed]: [{ readonly filename: string }] = JSON.parse(stdout);
  const file = path.join(into, packed.filename);
  const { size } = statSync(file);
  if (size > MOST_BYTES) throw new Error(`${file} has ${size} bytes, more than ${MOST_BYTES}`);
  return file;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    options: { release: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const into = path.resolve(positionals[0] ?? path.join(ROOT, 'dist'));
  process.stdout.write(`${await packCli({ into, release: values.release })}\n`);
}
