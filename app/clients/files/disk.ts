import { open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../../base/errno.ts';
import { makeFolder } from '../../base/make-folder.ts';

/** For the person alone: what we keep repeats the secrets of the files it is about. */
export const PRIVATE: FileFacts = {
  mode: 0o600,
  owner: process.getuid?.() ?? 0,
  group: process.getgid?.() ?? 0,
};

/**
 * Replaces a file atomically: a reader sees the whole old file or the whole new one, also after a loss of power. `isReady`
 * is called right before the rename; unless it resolves with true, the file is left alone and the result is false. The
 * rename is durable once the folder is synced.
 */
export async function replaceFile(
  disk: Disk,
  path: string,
  bytes: Uint8Array,
  facts: FileFacts,
  isReady: () => Promise<boolean> = () => Promise.resolve(true),
): Promise<boolean> {
  // Always the same name: what an interruption left behind is taken away by the next attempt.
  const beside = join(dirname(path), `.${basename(path)}.gangway.tmp`);
  await disk.remove(beside);
  try {
    await disk.create(beside, bytes, facts);
    if (!(await isReady())) {
      await disk.remove(beside);
      return false;
    }
    await disk.rename(beside, path);
    return true;
  } catch (error) {
    await disk.remove(beside);
    throw error;
  }
}

/** What a file is besides its bytes. */
export interface FileFacts {
  /** Permission bits. */
  readonly mode: number;
  readonly owner: number;
  readonly group: number;
  /** How many names the file has; more than one for hard links. Left out for a file that is made. */
  readonly links?: number;
  /** Whether it is an ordinary file, no pipe, device or folder. Left out for a file that is made. */
  readonly isFile?: boolean;
  /** Left out for a file that is made. */
  readonly isFolder?: boolean;
  /** In bytes. Left out for a file that is made. */
  readonly size?: number;
}

/** The steps that reading and replacing a file takes. Each one can fail, and power can be lost after any of them. */
export interface Disk {
  read(path: string): Promise<Buffer>;
  /** The file itself, behind all links. */
  realPath(path: string): Promise<string>;
  facts(path: string): Promise<FileFacts>;
  /** Names in a folder, in their order; none where there is no such folder, or it may not be read. */
  list(path: string): Promise<readonly string[]>;
  /** Makes a file that is not there yet, and returns when its bytes are on the medium. */
  create(path: string, bytes: Uint8Array, facts: FileFacts): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Returns when the folder's entries are on the medium. */
  syncFolder(path: string): Promise<void>;
  /** Fine when there is none. */
  remove(path: string): Promise<void>;
  /** With all folders above it, for the person alone. Fine when it is there. */
  makeFolder(path: string): Promise<void>;
}

export const systemDisk: Disk = {
  read: (path) => readFile(path),
  realPath: (path) => realpath(path),
  facts: async (path) => {
    const facts = await stat(path);
    const { mode, uid, gid, nlink, size } = facts;
    const kind = { isFile: facts.isFile(), isFolder: facts.isDirectory() };
    return { mode: mode & 0o7777, owner: uid, group: gid, links: nlink, ...kind, size };
  },
  list: async (path) => {
    try {
      return (await readdir(path)).sort();
    } catch (error) {
      if (codeOf(error) === null) throw error;
      return [];
    }
  },
  create,
  rename: (from, to) => rename(from, to),
  syncFolder,
  remove: (path) => rm(path, { force: true }),
  makeFolder: async (path) => {
    makeFolder(path, 0o700);
  },
};

async function create(path: string, bytes: Uint8Array, { mode, owner, group }: FileFacts): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    const own = await file.stat();
    if (own.uid !== owner || own.gid !== group) await giveTo(file, owner, group);
    // After the owner: changing that clears the set-user-id bits. The mask of the process does not count here.
    if ((own.mode & 0o7777) !== mode) await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Only root can change an owner (chown(2)): an account that may write the folder but does not own the file becomes the owner. */
async function giveTo(file: Awaited<ReturnType<typeof open>>, owner: number, group: number): Promise<void> {
  try {
    await file.chown(owner, group);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    // Windows opens no folders, and some network file systems sync none: there a rename is as lasting as it gets.
    if (!UNSYNCED.has(codeOf(error) ?? '')) throw error;
  }
}

const UNSYNCED = new Set(['EINVAL', 'EPERM', 'EISDIR', 'EACCES', 'ENOTSUP']);
