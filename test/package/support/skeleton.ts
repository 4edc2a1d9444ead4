import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'plist';
import { electronVersion } from '../../electron-host/contract/files.ts';
import { fuseWire } from './fuse-wire.ts';
import { machO } from './mach-o.ts';

/** What `electronDist` of electron-builder is to be, by platform. */
export interface Skeleton {
  readonly linux: string;
  readonly darwin: string;
}

/**
 * Makes the files of an Electron download that electron-builder touches, and no others, so that it packs without
 * fetching anything. The binaries hold what tools read in them, fuses and load commands, and cannot run: a packed app
 * is started with the stand-in (`executable` of startApp).
 */
export function makeSkeleton(folder: string): Skeleton {
  const linux = path.join(folder, 'linux');
  const darwin = path.join(folder, 'darwin');
  makeLinux(linux);
  makeBundle(path.join(darwin, 'Electron.app', 'Contents'));
  for (const place of [linux, darwin]) {
    put(path.join(place, 'version'), electronVersion);
    put(path.join(place, 'LICENSE'), 'skeleton');
  }
  return { linux, darwin };
}

function makeLinux(folder: string): void {
  putProgram(path.join(folder, 'electron'), fuseWire());
  putProgram(path.join(folder, 'chrome-sandbox'), Buffer.alloc(0));
  put(path.join(folder, 'LICENSES.chromium.html'), 'skeleton');
  for (const locale of ['de', 'en-US', 'zh-TW']) put(path.join(folder, 'locales', `${locale}.pak`), '');
  fs.mkdirSync(path.join(folder, 'resources'));
}

function makeBundle(contents: string): void {
  put(path.join(contents, 'Info.plist'), infoPlist('Electron', { CFBundleIconFile: 'electron.icns' }));
  put(path.join(contents, 'PkgInfo'), 'APPL????');
  putProgram(path.join(contents, 'MacOS', 'Electron'), machO(randomBytes(16)));
  put(path.join(contents, 'Resources', 'electron.icns'), '');
  putLocales(path.join(contents, 'Resources'));
  makeFramework(path.join(contents, 'Frameworks', 'Electron Framework.framework'));
  for (const kind of ['', ' (GPU)', ' (Plugin)', ' (Renderer)']) {
    const name = `Electron Helper${kind}`;
    const helper = path.join(contents, 'Frameworks', `${name}.app`, 'Contents');
    put(path.join(helper, 'Info.plist'), infoPlist(name, { LSUIElement: true }));
    putProgram(path.join(helper, 'MacOS', name), machO(randomBytes(16)));
  }
}

/** The fuses of a Mac app are in its framework. */
function makeFramework(framework: string): void {
  const version = path.join(framework, 'Versions', 'A');
  putProgram(path.join(version, 'Electron Framework'), fuseWire());
  putLocales(path.join(version, 'Resources'));
  fs.symlinkSync('A', path.join(framework, 'Versions', 'Current'));
  fs.symlinkSync('Versions/Current/Electron Framework', path.join(framework, 'Electron Framework'));
  fs.symlinkSync('Versions/Current/Resources', path.join(framework, 'Resources'));
}

function putLocales(resources: string): void {
  for (const locale of ['de', 'en', 'zh_TW']) put(path.join(resources, `${locale}.lproj`, 'locale.pak'), '');
}

function infoPlist(name: string, more: Readonly<Record<string, string | boolean>>): string {
  return build({
    CFBundleDisplayName: name,
    CFBundleExecutable: name,
    CFBundleIdentifier: `com.github.${name.replaceAll(/[^A-Za-z]/g, '')}`,
    CFBundleInfoDictionaryVersion: '6.0',
    CFBundleName: name,
    CFBundlePackageType: 'APPL',
    CFBundleShortVersionString: electronVersion,
    CFBundleVersion: electronVersion,
    LSMinimumSystemVersion: '13.0',
    NSHighResolutionCapable: true,
    ...more,
  });
}

function put(file: string, content: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

function putProgram(file: string, content: Buffer): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content, { mode: 0o755 });
}
