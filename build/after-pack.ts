import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type AfterPackContext, Arch } from 'electron-builder';
import { uuidOfApp } from '../app/platform/mach-o/index.ts';
import { installCommandLine } from './command-line.ts';
import { setUuid } from './mach-o-uuid.ts';

/**
 * Completes an app before it is signed; electron-builder calls this for a universal app once for each part and once for
 * the whole, which is made of the parts: the two runtimes become one there.
 * @throws MachOError when the Mac program has no LC_UUID to replace
 * @throws Error when the command line cannot be put in
 */
export async function afterPack(context: AfterPackContext): Promise<void> {
  const { electronPlatformName: platform, appOutDir, packager, arch } = context;
  const { productFilename, macBundleIdentifier } = packager.appInfo;
  const contents = path.join(appOutDir, `${productFilename}.app`, 'Contents');
  const isMac = platform === 'darwin';
  if (isMac) giveUuid(path.join(contents, 'MacOS', productFilename), macBundleIdentifier);
  if (arch === Arch.universal) return;
  const resources = isMac ? path.join(contents, 'Resources') : path.join(appOutDir, 'resources');
  await installCommandLine(resources, { platform, arch: Arch[arch] }, packager.projectDir);
}

/**
 * Gives the Mac program a UUID of its own.
 *
 * macOS keeps the permission for the local network by the LC_UUID of the program that asks. Electron's is the same in
 * every app made with one version of it, so that one app's answer stands for another's, and changes with each version,
 * so that an update asks again (electron-userland/electron-builder#9158).
 */
function giveUuid(program: string, appId: string): void {
  const file = readFileSync(program);
  setUuid(file, uuidOfApp(appId));
  writeFileSync(program, file);
}
