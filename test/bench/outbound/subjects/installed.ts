import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface InstalledProgram {
  readonly path: string;
  readonly version: string;
}

const { PATH = '' } = process.env;

/** Debian keeps proxies where only root's PATH looks. */
const FOLDERS = [...PATH.split(delimiter), '/usr/sbin', '/usr/local/sbin'];

/** Finds a program of this machine and asks it for its version; null when there is none. */
export function installed(program: string, versionOption: string): InstalledProgram | null {
  const path = FOLDERS.map((folder) => join(folder, program)).find((candidate) => existsSync(candidate));
  if (path === undefined) return null;
  const { stdout } = spawnSync(path, [versionOption], { encoding: 'utf8' });
  return { path, version: /\d+(\.\d+)+/.exec(stdout)?.[0] ?? 'unknown' };
}
