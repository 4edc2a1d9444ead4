import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CompatServer } from './servers.ts';

/** npm has ten minutes for one package and what it depends on. */
const PATIENCE = 600_000;

/** Installs a package into a folder of its own, once. No script of a package runs while it is installed. */
export async function install(server: Pick<CompatServer, 'name' | 'version'>, cache: string): Promise<void> {
  const folder = folderOf(server, cache);
  if (existsSync(folder)) return;
  const unfinished = `${folder}.part`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  writeFileSync(join(unfinished, 'package.json'), '{ "private": true }\n');
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', '--loglevel=error'];
  await promisify(execFile)('npm', [...args, `--prefix=${unfinished}`, `${server.name}@${server.version}`], {
    timeout: PATIENCE,
    shell: process.platform === 'win32',
  });
  renameSync(unfinished, folder);
}

/** The file that Node runs for the server. */
export function entryOf(server: CompatServer, cache: string): string {
  const folder = join(folderOf(server, cache), 'node_modules', server.name);
  const { bin, version } = Object(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  if (version !== server.version) throw new Error(`${folder} holds version ${version}, not ${server.version}`);
  const file = typeof bin === 'string' ? bin : Object(bin)[server.bin ?? Object.keys(Object(bin))[0] ?? ''];
  if (typeof file !== 'string') throw new Error(`${server.name} has no program ${server.bin ?? ''}`);
  return join(folder, file);
}

/** Where a package of the list is installed, whole. */
export function folderOf({ name, version }: Pick<CompatServer, 'name' | 'version'>, cache: string): string {
  return join(cache, `${name.replace('/', '+')}@${version}`);
}
