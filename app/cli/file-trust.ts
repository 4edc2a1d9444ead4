import { lstatSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Text } from '../i18n/index.ts';

/** What a system tells of a path. */
export interface FileLook {
  /** As `lstat`: a symbolic link is not followed. Throws when there is nothing. */
  lstat(path: string): Pick<Stats, 'mode' | 'uid' | 'gid'> & { isSymbolicLink(): boolean };
  readlink(path: string): string;
  /** The text of /etc/passwd and /etc/group; empty where there is none. */
  accounts(): { readonly passwd: string; readonly group: string };
  /** Groups whose members are as good as root: they may do everything with sudo. */
  readonly rootGroups: readonly number[];
  /** Null on Windows, whose access lists Node does not show. */
  readonly uid: number | null;
}

/** Why the contents of a file may not be the owner's alone. `writable` and `replaceable` let another account change them. */
export interface FileDoubt {
  readonly kind: 'writable' | 'replaceable' | 'foreign' | 'readable';
  /** The file, the target of a link, or the folder that is meant. */
  readonly path: string;
  /** Permission bits, as chmod writes them: `0664`. */
  readonly mode: string;
  readonly uid: number;
}

/** Symbolic links in a row that are followed; the kernel of Linux has the same limit (path_resolution(7)). */
const MOST_LINKS = 40;
const STICKY = 0o1000;

/**
 * Who else may change or read a file: by its own permission bits, by those of any folder on the way to it, and the same for
 * every symbolic link on that way. Access lists (ACLs) are not looked at, and on Windows nothing is. Empty as well for a file
 * that is not there.
 */
export function fileDoubts(path: string, look: FileLook = systemLook()): readonly FileDoubt[] {
  if (look.uid === null) return [];
  try {
    return [...doubtsOnTheWay(resolve(path), look, look.uid)];
  } catch {
    // Not there, or not to be seen: reading it says why.
    return [];
  }
}

function* doubtsOnTheWay(path: string, look: FileLook, self: number): Generator<FileDoubt> {
  const seen = new Set<string>();
  let rest = partsOf(path);
  let at = '/';
  let links = 0;
  while (true) {
    const stats = look.lstat(at);
    if (stats.isSymbolicLink()) {
      if (++links > MOST_LINKS) return;
      rest = [...partsOf(resolve(dirname(at), look.readlink(at))), ...rest];
      at = '/';
      continue;
    }
    const isFile = rest.length === 0;
    if (!seen.has(at)) {
      seen.add(at);
      const doubt = { path: at, mode: `0${(stats.mode & 0o7777).toString(8).padStart(3, '0')}`, uid: stats.uid };
      if (stats.uid !== self && stats.uid !== 0) yield { ...doubt, kind: 'foreign' };
      if (isFile && (stats.mode & 0o022) !== 0) yield { ...doubt, kind: 'writable' };
      if (!isFile && isOpenFolder(stats, look)) yield { ...doubt, kind: 'replaceable' };
      if (isFile && (stats.mode & 0o044) !== 0) yield { ...doubt, kind: 'readable' };
    }
    const [next, ...others] = rest;
    if (next === undefined) return;
    at = at === '/' ? `/${next}` : `${at}/${next}`;
    rest = others;
  }
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

/** In a folder with the sticky bit only the owner of an entry may replace it (chmod(1)). */
function isOpenFolder({ mode, uid, gid }: Pick<Stats, 'mode' | 'uid' | 'gid'>, look: FileLook): boolean {
  if ((mode & STICKY) !== 0) return false;
  if ((mode & 0o002) !== 0) return true;
  if ((mode & 0o020) === 0 || look.rootGroups.includes(gid)) return false;
  return !isPrivateGroup(gid, uid, look.accounts());
}

/** Linux systems give every account a group of its own, and a umask that lets that group write: it has no other member. */
function isPrivateGroup(gid: number, uid: number, { passwd, group }: ReturnType<FileLook['accounts']>): boolean {
  const accounts = passwd.split('\n').map((line) => line.split(':'));
  const owner = accounts.find((fields) => fields[2] === String(uid))?.[0];
  const members = group
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[2] === String(gid))?.[3];
  if (owner === undefined || members === undefined) return false;
  const isShared = accounts.some((fields) => fields[3] === String(gid) && fields[0] !== owner);
  return !isShared && members.split(',').every((name) => name === '' || name === owner);
}

/** What a log says about a doubt, and what to do about it. */
export function doubtSentence(file: string, { kind, path, mode, uid }: FileDoubt, text: Text): string {
  return text.cliRun.fileDoubts[kind](file, path, mode, uid);
}

function systemLook(): FileLook {
  return {
    lstat: (path) => lstatSync(path),
    readlink: (path) => readlinkSync(path),
    accounts: () => ({ passwd: textOf('/etc/passwd'), group: textOf('/etc/group') }),
    // wheel or root; admin on macOS, which owns the folders of Homebrew.
    rootGroups: process.platform === 'darwin' ? [0, 80] : [0],
    uid: process.platform === 'win32' ? null : (process.getuid?.() ?? null),
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
