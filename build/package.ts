// Usage: node build/package.ts [arguments of electron-builder]
// Packs what `npm run build` has built, as electron-builder.yml says. Where `repository` in package.json is set, the app looks there
// for newer versions, and latest-mac.yml with what CHANGELOG.md says is written for it; nothing is ever put up from here.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { repositoryOf } from '../app/update/repository.ts';
import { releaseNotes } from './release.ts';

const ROOT = path.join(import.meta.dirname, '..');

/**
 * electron-builder's arguments for the feed. Without a repository there are none, so that app-update.yml is left out and the app has
 * no updater: electron-builder itself would take the remote of any checkout for it.
 * @param field `repository` of package.json
 * @param notes a file with what is new, null when the changelog does not say
 * @throws Error when the field names no repository on GitHub
 */
export function feedArguments(field: unknown, notes: string | null): readonly string[] {
  const repository = repositoryOf(field);
  if (repository === null) return [];
  const { owner, name } = repository;
  return [
    '-c.publish.provider=github',
    `-c.publish.owner=${owner}`,
    `-c.publish.repo=${name}`,
    ...(notes === null ? [] : [`-c.releaseInfo.releaseNotesFile=${notes}`]),
  ];
}

/** Packs the app. Resolves with electron-builder's exit code. */
export async function packageApp(args: readonly string[]): Promise<number> {
  const { version, repository } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const scratch = mkdtempSync(path.join(tmpdir(), 'mcp-gangway-notes-'));
  try {
    const news = releaseNotes(readFileSync(path.join(ROOT, 'CHANGELOG.md'), 'utf8'), version);
    const file = path.join(scratch, 'release-notes.md');
    if (news !== null) writeFileSync(file, news);
    const builder = path.join(
      path.dirname(createRequire(import.meta.url).resolve('electron-builder/package.json')),
      'cli.js',
    );
    const feed = feedArguments(repository, news === null ? null : file);
    const child = spawn(process.execPath, [builder, '--publish', 'never', ...feed, ...args], {
      cwd: ROOT,
      stdio: 'inherit',
    });
    const [code] = await once(child, 'exit');
    return typeof code === 'number' ? code : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (import.meta.main) process.exitCode = await packageApp(process.argv.slice(2));
