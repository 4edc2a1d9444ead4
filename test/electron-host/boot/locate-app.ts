import fs from 'node:fs';
import path from 'node:path';
import { scratchFolder } from '../chromium/index.ts';
import { electronVersion } from '../contract/files.ts';
import type { AppDescription } from '../electron/app/index.ts';
import { settings } from '../settings.ts';
import { unpackAsar } from './asar.ts';

/** The app to run. */
export interface LocatedApp extends AppDescription {
  /** Its first module. */
  readonly main: string;
  /** `process.resourcesPath`. */
  readonly resources: string;
}

/** @param executable the shim; a packaged app lies beside it, otherwise `given` says where the app is */
export function locateApp(executable: string, given: string | undefined): LocatedApp {
  const archive = packagedArchive(executable);
  if (archive !== undefined) {
    const resources = unpackResources(archive);
    return { ...describe(path.join(resources, 'app.asar')), packaged: true, resources };
  }
  const app = describe(path.resolve(given ?? '.'));
  const resources = settings.resources ?? path.join(path.dirname(executable), 'resources');
  return { ...app, packaged: settings.packaged, resources };
}

/** On Linux `resources` is beside the executable, in a macOS bundle `Resources` is beside its folder. */
function packagedArchive(executable: string): string | undefined {
  const beside = path.dirname(executable);
  const places = [path.join(beside, 'resources'), path.join(beside, '..', 'Resources')];
  return places.map((place) => path.join(place, 'app.asar')).find((file) => fs.existsSync(file));
}

/** A folder that looks like the original one, with the archive unpacked to a folder of the same name. */
function unpackResources(archive: string): string {
  const original = path.dirname(archive);
  const copy = scratchFolder();
  unpackAsar(archive, path.join(copy, 'app.asar'));
  for (const name of fs.readdirSync(original)) {
    if (name !== 'app.asar') fs.symlinkSync(path.join(original, name), path.join(copy, name));
  }
  return copy;
}

type Described = Pick<LocatedApp, 'name' | 'version' | 'folder' | 'main'>;

/** A folder has a package.json that names its main module; a file is the main module itself. */
function describe(place: string): Described {
  if (!fs.statSync(place).isDirectory()) {
    return { name: 'Electron', version: electronVersion, folder: path.dirname(place), main: place };
  }
  const manifest: unknown = JSON.parse(fs.readFileSync(path.join(place, 'package.json'), 'utf8'));
  return {
    name: textOf(manifest, 'productName') ?? textOf(manifest, 'name') ?? 'Electron',
    version: textOf(manifest, 'version') ?? electronVersion,
    folder: place,
    main: path.resolve(place, textOf(manifest, 'main') ?? 'index.js'),
  };
}

function textOf(manifest: unknown, key: string): string | undefined {
  if (typeof manifest !== 'object' || manifest === null) return undefined;
  const value: unknown = Reflect.get(manifest, key);
  return typeof value === 'string' ? value : undefined;
}
