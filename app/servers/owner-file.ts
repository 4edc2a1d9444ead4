import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../base/make-folder.ts';
import { replaceFile } from '../platform/file/index.ts';

const OTHERS = 0o077;

/**
 * Replaces a file in one step, so that only its owner can read it; its folder is made. Throws what writing throws. What is written so
 * can be had again, and is written often: no write waits for the disk.
 */
export function writeOwnerFile(path: string, text: string): void {
  makeFolder(dirname(path), 0o700);
  replaceFile(path, text, { flush: false });
}

/** Whether other accounts may read a file, and so perhaps could change it; Windows shows no such thing. Throws where it is not there. */
export function isOpenToOthers(path: string): boolean {
  return process.platform !== 'win32' && (statSync(path).mode & OTHERS) !== 0;
}
