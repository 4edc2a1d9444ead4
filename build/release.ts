// What a release must have before it goes out.
//   node build/release.ts repository [OWNER/NAME]   `repository` in package.json is set, and is the one that builds it
//   node build/release.ts feed DIST APP             latest-mac.yml and app-update.yml fit what was packed
// Says each fault, and exits with 1 when there is one.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Repository, repositoryOf } from '../app/update/repository.ts';

const ROOT = path.join(import.meta.dirname, '..');

/** What the changelog says about a version; null when it says nothing besides headings. `.ci/release-notes` says the same. */
export function releaseNotes(changelog: string, version: string): string | null {
  const [, ...sections] = changelog.split(/^## \[/m);
  const section = sections.find((one) => one.startsWith(`${version}]`));
  const notes = section?.slice(section.indexOf('\n') + 1).trim() ?? '';
  return notes.split('\n').some((line) => line.trim() !== '' && !line.startsWith('#')) ? `${notes}\n` : null;
}

/** What is wrong with the field, for a release that `builder` makes: `owner/name`, undefined when that is not known. */
export function repositoryFaults(field: unknown, builder: string | undefined): readonly string[] {
  let repository: Repository | null;
  try {
    repository = repositoryOf(field);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
  if (repository === null) {
    return [
      'package.json names no repository. The app would not look for updates, the cask and npm would have no source: set "repository".',
    ];
  }
  const named = `${repository.owner}/${repository.name}`;
  if (builder === undefined || builder.toLowerCase() === named.toLowerCase()) return [];
  return [`package.json names ${named} as its repository, and ${builder} builds this release.`];
}

/** As much of latest-mac.yml as the updater reads. */
interface Latest {
  readonly version?: unknown;
  readonly files?: readonly { readonly url: string; readonly sha512: string; readonly size?: number }[];
  readonly releaseNotes?: unknown;
}

export interface FeedOptions {
  /** The folder with the archives. */
  readonly dist: string;
  /** The packed app: `….app`. */
  readonly app: string;
  readonly version: string;
  readonly repository: unknown;
  /** Reads YAML. */
  readonly parse: (text: string) => unknown;
}

/** What would keep the apps that are out there from updating to what was packed. */
export function feedFaults({ dist, app, version, repository, parse }: FeedOptions): readonly string[] {
  const latestFile = path.join(dist, 'latest-mac.yml');
  const configFile = path.join(app, 'Contents', 'Resources', 'app-update.yml');
  const missing = [latestFile, configFile].filter((file) => !existsSync(file));
  if (missing.length > 0) return missing.map((file) => `${file} is not there`);
  const latest = parse(readFileSync(latestFile, 'utf8')) as Latest;
  const config = parse(readFileSync(configFile, 'utf8')) as Readonly<Record<string, unknown>>;
  const own = repositoryOf(repository);
  const faults: string[] = [];
  const files = latest.files ?? [];
  if (latest.version !== version) faults.push(`latest-mac.yml is of ${latest.version}, and this is ${version}`);
  if (typeof latest.releaseNotes !== 'string') faults.push('latest-mac.yml does not say what is new');
  if (!files.some(({ url }) => url.endsWith('.zip')))
    faults.push('latest-mac.yml names no zip, and no other archive can be installed');
  for (const file of files) faults.push(...fileFaults(file, dist));
  if (config['provider'] !== 'github' || config['owner'] !== own?.owner || config['repo'] !== own?.name) {
    faults.push(`app-update.yml leads to ${config['owner']}/${config['repo']}, not to the repository of package.json`);
  }
  if (typeof config['updaterCacheDirName'] !== 'string') faults.push('app-update.yml names no folder for downloads');
  return faults;
}

function fileFaults({ url, sha512, size }: NonNullable<Latest['files']>[number], dist: string): readonly string[] {
  const file = path.join(dist, url);
  if (!existsSync(file)) return [`latest-mac.yml names ${url}, which is not there`];
  const faults: string[] = [];
  if (size !== undefined && statSync(file).size !== size)
    faults.push(`${url} has another size than latest-mac.yml says`);
  if (createHash('sha512').update(readFileSync(file)).digest('base64') !== sha512) {
    faults.push(`${url} has another SHA-512 than latest-mac.yml says: it was changed after it was packed`);
  }
  // electron-updater reads the architecture out of the name.
  if (/arm64/i.test(url)) faults.push(`${url} would be offered to Apple silicon only: its name says arm64`);
  if (url.endsWith('.zip') && !existsSync(`${file}.blockmap`)) faults.push(`${url}.blockmap is not there`);
  return faults;
}

if (import.meta.main) {
  const [what, ...rest] = process.argv.slice(2);
  const { version, repository } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  let faults: readonly string[];
  if (what === 'repository') {
    faults = repositoryFaults(repository, rest[0]);
  } else if (what === 'feed' && rest.length === 2) {
    const { parse } = await import('yaml');
    const [dist = '', app = ''] = rest;
    faults = feedFaults({ dist, app, version, repository, parse });
  } else {
    faults = ['Usage: node build/release.ts repository [OWNER/NAME] | feed DIST APP'];
  }
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
