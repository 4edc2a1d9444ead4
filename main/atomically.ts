import { dirname } from 'node:path';
import { makeFolder } from '../app/base/make-folder.ts';
import { replaceFile } from '../app/platform/file/index.ts';

/**
 * Stands for the package `atomically`, by which electron-store writes (`vite.main.config.ts` has the alias). Version 2 of it writes once:
 * on a disk that is nearly full the system may take a part of the settings and call that a success, and the part then replaced the
 * whole file.
 */
export function writeFileSync(path: string, data: string | Uint8Array, { mode }: { readonly mode?: number }): void {
  makeFolder(dirname(path), 0o700);
  replaceFile(path, data, mode === undefined ? {} : { mode });
}
