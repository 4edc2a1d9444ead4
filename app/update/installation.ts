import { isNewer } from './version.ts';

/** Where the running app lies, and whether an update can take its place there. */
export type Place =
  | 'replaceable'
  /** macOS runs a copy from a random read-only path: the app was opened where a browser had put it. */
  | 'translocated'
  /** On a disk image, or on another volume that nothing can be written to. */
  | 'read-only';

/** What the disk says about the running app. */
export interface Installation {
  readonly place: Place;
  /** The version in the bundle that the running app came from; null when it cannot be read. */
  readonly version: string | null;
}

/**
 * The place of a bundle. `writeError` is the errno of the attempt to open it for writing, null when it may be written.
 * A folder that belongs to another account (EACCES) is none of these: the system asks for an administrator's password.
 */
export function placeOf(bundle: string, writeError: string | null): Place {
  if (bundle.includes('/AppTranslocation/')) return 'translocated';
  return writeError === 'EROFS' ? 'read-only' : 'replaceable';
}

/** The version in an Info.plist as electron-builder writes it: XML, one key and one value a line. Null when there is none. */
export function versionInPlist(plist: string): string | null {
  return /<key>CFBundleShortVersionString<\/key>\s*<string>([^<]{1,64})<\/string>/.exec(plist)?.[1] ?? null;
}

/** Names in the updater's cache that nothing needs any more: archives of versions up to the running one, and remains of a download. */
export function leftOver(names: readonly string[], running: string): readonly string[] {
  return names.filter((name) => {
    const [, version] = /-(\d+\.\d+\.\d+(?:-[0-9A-Za-z.]+?)?)(?:-[a-z][\w]*)?\.zip$/.exec(name) ?? [];
    if (version !== undefined) return !isNewer(version, running);
    return name.startsWith('temp-');
  });
}
