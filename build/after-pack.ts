import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AfterPackContext } from 'electron-builder';
import { setUuid, uuidOfApp } from '../app/mach-o/index.ts';

/**
 * Gives the Mac program a UUID of its own; electron-builder calls this before it signs, for a universal app once for
 * each part and once for the whole.
 *
 * macOS keeps the permission for the local network by the LC_UUID of the program that asks. Electron's is the same in
 * every app made with one version of it, so that one app's answer stands for another's, and changes with each version,
 * so that an update asks again (electron-userland/electron-builder#9158).
 * @throws MachOError when the program has no LC_UUID to replace
 */
export function afterPack({ electronPlatformName, appOutDir, packager }: AfterPackContext): void {
  if (electronPlatformName !== 'darwin') return;
  const { productFilename, macBundleIdentifier } = packager.appInfo;
  const program = path.join(appOutDir, `${productFilename}.app`, 'Contents', 'MacOS', productFilename);
  const file = readFileSync(program);
  setUuid(file, uuidOfApp(macBundleIdentifier));
  writeFileSync(program, file);
}
