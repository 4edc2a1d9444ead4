/** Semantic Versioning 2.0.0, section 2 and 9, with the `v` of a tag before it. Build metadata has no precedence. */
const VERSION = /^v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]{1,64}))?(?:\+[0-9A-Za-z.-]{1,64})?$/;

interface Version {
  readonly numbers: readonly number[];
  /** The identifiers behind the hyphen; none for a release. */
  readonly prerelease: readonly string[];
}

function readVersion(text: string): Version | null {
  const match = VERSION.exec(text);
  if (match === null) return null;
  const [, major, minor, patch, prerelease] = match;
  return { numbers: [major, minor, patch].map(Number), prerelease: prerelease?.split('.') ?? [] };
}

/** Whether it is a version that comes before a release: `0.3.0-beta.1`. False for what is no version. */
export function isPrerelease(version: string): boolean {
  return (readVersion(version)?.prerelease.length ?? 0) > 0;
}

/** Whether the first version comes after the second (SemVer section 11). False when one of them is no version. */
export function isNewer(candidate: string, than: string): boolean {
  const [one, other] = [readVersion(candidate), readVersion(than)];
  if (one === null || other === null) return false;
  for (const [at, number] of one.numbers.entries()) {
    const difference = number - (other.numbers[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  if (one.prerelease.length === 0 || other.prerelease.length === 0) {
    return one.prerelease.length === 0 && other.prerelease.length > 0;
  }
  return comparePrereleases(one.prerelease, other.prerelease) > 0;
}

function comparePrereleases(one: readonly string[], other: readonly string[]): number {
  for (const [at, left] of one.entries()) {
    const right = other[at];
    if (right === undefined) return 1;
    const difference = compareIdentifiers(left, right);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** Numbers by their value and before words; words by their ASCII letters. */
function compareIdentifiers(left: string, right: string): number {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)];
  if (isNumber && isOtherNumber) return Number(left) - Number(right);
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return left < right ? -1 : Number(left > right);
}

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
