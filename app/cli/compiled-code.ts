import { statSync } from 'node:fs';
import { join } from 'node:path';
import { appFolder, homeFolder } from '../base/home-folder.ts';
import { makeFolder } from '../base/make-folder.ts';

/**
 * Has Node keep what V8 makes of the files that are loaded from now on, in a folder of ours, so that the next start finds it: a fifth of
 * the work of our part of a start. The folder is made where `make` says so, else only used where it is there. Where nothing can be written, and
 * where others could write, everything is compiled as before. NODE_COMPILE_CACHE and NODE_DISABLE_COMPILE_CACHE go before it
 * (Node.js, `module.enableCompileCache`, 22.8; an older Node keeps nothing).
 */
export function keepCompiledCode(make: boolean): void {
  const { platform, env } = process;
  if (env['NODE_COMPILE_CACHE'] || process.getBuiltinModule === undefined) return;
  const folder = join(appFolder({ platform, env, home: homeFolder() }), 'compiled');
  try {
    if (make) makeFolder(folder, 0o700);
    if (!isOwn(folder)) return;
  } catch {
    return;
  }
  process.getBuiltinModule('node:module').enableCompileCache?.(folder);
}

/** Whether a folder belongs to this account, and no other may write to it. Windows has its own rules, by which a profile is one's own. */
function isOwn(folder: string): boolean {
  const { uid, mode } = statSync(folder);
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}
