// Usage: node build/cask.ts DMG [FILE]
// Writes the Homebrew cask of the app for a tap: packaging/homebrew/mcp-gangway.rb with version, hash and names filled in, on
// stdout or into FILE. DMG is the image of the release, under the name that it has there.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { repositoryOf } from '../app/update/repository.ts';

const ROOT = path.join(import.meta.dirname, '..');

/** Homebrew's names of the macOS versions, by their major number. */
const MACOS: Readonly<Record<string, string>> = { 13: 'ventura', 14: 'sonoma', 15: 'sequoia', 26: 'tahoe' };

/** What of package.json goes into the cask. */
export interface CaskManifest {
  readonly name: string;
  readonly productName: string;
  readonly version: string;
  /** Address of the repository, or npm's object with it. */
  readonly repository?: string | { readonly url: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** What of electron-builder.yml does. */
export interface CaskConfiguration {
  readonly appId: string;
  readonly mac: { readonly minimumSystemVersion: string };
}

export interface CaskParts {
  readonly manifest: CaskManifest;
  readonly configuration: CaskConfiguration;
  /** File name of the image in the release. */
  readonly artifact: string;
  /** SHA-256 of the image, in hex. */
  readonly sha256: string;
}

/**
 * The text of the cask. `auto_updates` is claimed only where the app installs its updates itself, which electron-updater shows.
 * @throws Error when the repository is not named or not on GitHub, when the image is not of this version, when the oldest macOS
 * has no name here, or when something of the template is left unfilled
 */
export function caskOf({ manifest, configuration, artifact, sha256 }: CaskParts): string {
  const { name, productName, version, dependencies = {}, devDependencies = {} } = manifest;
  if (!artifact.includes(`-${version}-`)) throw new Error(`${artifact} is not of version ${version}`);
  const oldest = configuration.mac.minimumSystemVersion;
  const macos = MACOS[oldest.split('.')[0] ?? ''];
  if (macos === undefined) throw new Error(`build/cask.ts has no name for macOS ${oldest}`);
  const updates = 'electron-updater' in { ...dependencies, ...devDependencies };
  const values: Readonly<Record<string, string>> = {
    version,
    sha256,
    // The version is written once, as livecheck and people who bump it expect.
    artifact: artifact.replace(`-${version}-`, '-#{version}-'),
    repository: homepageOf(manifest),
    product: productName,
    name,
    id: configuration.appId,
    macos,
    auto_updates: updates ? '  auto_updates true\n' : '',
  };
  const template = readFileSync(path.join(ROOT, 'packaging', 'homebrew', 'mcp-gangway.rb'), 'utf8');
  return template.replace(/\{\{(\w+)\}\}/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`packaging/homebrew/mcp-gangway.rb asks for ${key}, which is not known`);
    return value;
  });
}

function homepageOf({ repository }: CaskManifest): string {
  const named = repositoryOf(repository);
  if (named === null) throw new Error('package.json names no repository, which a cask needs');
  return `https://github.com/${named.owner}/${named.name}`;
}

function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

if (import.meta.main) {
  const [image, into] = parseArgs({ allowPositionals: true }).positionals;
  if (image === undefined) {
    console.error('Usage: node build/cask.ts DMG [FILE]');
    process.exit(2);
  }
  const cask = caskOf({
    manifest: JSON.parse(read('package.json')),
    configuration: parse(read('electron-builder.yml')),
    artifact: path.basename(image),
    sha256: createHash('sha256').update(readFileSync(image)).digest('hex'),
  });
  if (into === undefined) process.stdout.write(cask);
  else writeFileSync(into, cask);
}
