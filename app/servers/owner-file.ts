import { chmodSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../base/make-folder.ts';

const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/** Replaces a file in one step, so that only its owner can read it; its folder is made. Throws what writing throws. */
export function writeOwnerFile(path: string, text: string): void {
  const beside = `${path}.${process.pid}`;
  try {
    makeFolder(dirname(path), 0o700);
    rmSync(beside, { force: true });
    writeFileSync(beside, text, { mode: OWNER_ONLY, flag: 'wx' });
    chmodSync(beside, OWNER_ONLY);
    renameSync(beside, path);
  } catch (error) {
    removed(beside);
    throw error;
  }
}

/** Whether other accounts may read a file, and so perhaps could change it; Windows shows no such thing. Throws where it is not there. */
export function isOpenToOthers(path: string): boolean {
  return process.platform !== 'win32' && (statSync(path).mode & OTHERS) !== 0;
}

function removed(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Why it could not be written is what counts.
  }
}
