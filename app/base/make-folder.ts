import { chownSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { codeOf } from './errno.ts';

/**
 * Makes a folder and those above it that are missing, each with `mode`. Throws the system's error. Node's own `recursive` never comes back
 * from a place such as /proc, where a folder is there and what is to be made in it is called missing (ENOENT). What root makes is its
 * owner's in whose folder it is: `sudo` may have HOME of the account that called it.
 */
export function makeFolder(path: string, mode = 0o777): void {
  const missing: string[] = [];
  let at = resolve(path);
  for (let fault = make(at, mode); fault !== null; fault = make(at, mode)) {
    if (codeOf(fault) !== 'ENOENT' || dirname(at) === at) throw fault;
    missing.push(at);
    at = dirname(at);
  }
  for (const folder of missing.reverse()) {
    const fault = make(folder, mode);
    if (fault !== null) throw fault;
  }
}

/** Why there is no such folder; null when there is one now. */
function make(folder: string, mode: number): unknown {
  try {
    mkdirSync(folder, { mode });
    giveAway(folder);
    return null;
  } catch (error) {
    // Systems say EEXIST, EROFS, EACCES or EISDIR of one that is there.
    return isFolder(folder) ? null : error;
  }
}

function giveAway(folder: string): void {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = statSync(dirname(folder));
  if (uid !== 0) chownSync(folder, uid, gid);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Why it could not be made says more.
    return false;
  }
}
