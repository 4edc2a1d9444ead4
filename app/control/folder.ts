import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { codeOf } from '../base/errno.ts';
import { makeFolder } from '../base/make-folder.ts';

/** For whom and where sockets are kept. */
export interface SocketHome {
  readonly platform: NodeJS.Platform;
  /** Effective user id; null where the system has none (Windows). */
  readonly uid: number | null;
  /** Folders in the order they are tried. */
  readonly folders: readonly string[];
}

/** A socket in one of the folders. */
export interface SocketFile {
  /** The file that stands for it. */
  readonly file: string;
  /** What net.connect takes: the file itself, or the name of a Windows pipe. */
  readonly path: string;
  readonly pid: number;
  readonly host: string;
}

/** Why a folder is not used. */
export type FolderFault =
  | 'missing'
  | 'not-a-folder'
  | 'other-owner'
  /** Other accounts may read or write it. */
  | 'too-wide'
  /** Every account may replace it: the folder it is in is writable for all and not sticky. */
  | 'open-parent'
  | 'path-too-long'
  | 'cannot-be-made';

/** Bytes of `sun_path` without the final NUL: unix(7) on Linux, unix(4) on macOS and the BSDs. libuv cuts longer ones off. */
const PATH_LIMIT = { linux: 107, other: 103 } as const;

const FOLDER_MODE = 0o700;
const SOCKET_MODE = 0o600;
const OTHERS = 0o077;
const WORLD_WRITABLE = 0o002;
const STICKY = 0o1000;
/** Milliseconds after which a dead socket of another machine (a home on a file server) or of a former host name goes. */
const FORGOTTEN = 30 * 24 * 3600 * 1000;

/** `PID-START.HOST.sock`, or `.pipe` on Windows, where the file holds the name of a pipe. */
const NAME = /^(\d{1,10})-[0-9a-z]{1,16}\.([0-9a-z]{1,8})\.(sock|pipe)$/;
const PIPE = /^\\\\\.\\pipe\\mcp-gangway-[\w-]+$/;

/**
 * Where the sockets of this account are: in the app's folder, else, when that is too long for a socket's path or cannot be
 * written to, in a folder of /tmp. Neither depends on variables that a client may leave out of what it starts (TMPDIR,
 * XDG_RUNTIME_DIR).
 */
export function socketHome(
  appFolders: readonly string[],
  platform: NodeJS.Platform = process.platform,
  uid: number | null = process.geteuid?.() ?? null,
): SocketHome {
  const own = [...new Set(appFolders)].map((folder) => join(folder, 'control'));
  const short = uid === null ? [] : own.map((folder) => `/tmp/mcp-gangway-${uid}-${tagOf(folder)}`);
  return { platform, uid, folders: [...own, ...short] };
}

/**
 * A path for the socket of this process, in a folder that only this account can enter; it is made if need be. `refused` gets
 * the folders that were passed over. Null when there is none left.
 */
export function newSocket(
  home: SocketHome,
  refused: (folder: string, fault: FolderFault) => void,
  attempt = 0,
): SocketFile | null {
  // The time of day tells the instances of one process id apart, over restarts too.
  const start = (Date.now() + attempt).toString(36);
  const name = `${process.pid}-${start}.${tagOf(hostname())}`;
  for (const folder of home.folders) {
    const file = join(folder, `${name}.${home.platform === 'win32' ? 'pipe' : 'sock'}`);
    const fault = Buffer.byteLength(file) > pathLimit(home.platform) ? 'path-too-long' : prepare(folder, home);
    if (fault !== null) {
      refused(folder, fault);
      continue;
    }
    const [pid, host] = [process.pid, tagOf(hostname())];
    if (home.platform !== 'win32') return { file, path: file, pid, host };
    const path = `\\\\.\\pipe\\mcp-gangway-${pid}-${start}-${randomBytes(16).toString('hex')}`;
    return { file, path, pid, host };
  }
  return null;
}

/** Called when the socket listens. Throws the system's error. */
export function publishSocket({ file, path }: SocketFile): void {
  if (file === path) chmodSync(file, SOCKET_MODE);
  else writeFileSync(file, path, { mode: SOCKET_MODE });
}

export function removeSocket({ file }: SocketFile): void {
  try {
    unlinkSync(file);
  } catch {
    // Gone already: Node removes the file of a server that it closes.
  }
}

/** The sockets in folders that only this account can enter, and what is wrong with the others. */
export function listSockets(home: SocketHome): {
  readonly sockets: readonly SocketFile[];
  readonly refused: readonly { readonly folder: string; readonly fault: FolderFault }[];
} {
  const sockets: SocketFile[] = [];
  const refused: { folder: string; fault: FolderFault }[] = [];
  for (const folder of home.folders) {
    const fault = folderFault(folder, home);
    if (fault === null) sockets.push(...socketsIn(folder, home));
    else if (fault !== 'missing') refused.push({ folder, fault });
  }
  return { sockets, refused };
}

/** Removes the sockets of processes that have ended without doing so. One that answers, or whose process lives, stays. */
export async function removeDeadSockets(home: SocketHome, now = Date.now()): Promise<void> {
  await Promise.all(
    listSockets(home).sockets.map(async (socket) => {
      if (await answers(socket.path)) return;
      const isOurs = socket.host === tagOf(hostname());
      // A server between bind and listen, and on macOS one with a full backlog, refuses connections too: its process decides.
      const isDead = isOurs ? !lives(socket.pid) : now - changedAt(socket.file) > FORGOTTEN;
      if (isDead) removeSocket(socket);
    }),
  );
}

/** What is wrong with a folder; null when only this account can enter it. Links are not followed: they could lead anywhere. */
function folderFault(folder: string, { uid }: Pick<SocketHome, 'uid'>): FolderFault | null {
  const found = look(folder);
  if (found === null) return 'missing';
  if (!found.isDirectory()) return 'not-a-folder';
  // Windows: the folder is in the profile, which has an access control list of its own; modes mean nothing there.
  if (uid === null) return null;
  if (found.uid !== uid) return 'other-owner';
  if ((found.mode & OTHERS) !== 0) return 'too-wide';
  const parent = statSync(dirname(folder)).mode;
  return (parent & WORLD_WRITABLE) !== 0 && (parent & STICKY) === 0 ? 'open-parent' : null;
}

function prepare(folder: string, home: SocketHome): FolderFault | null {
  const parent = dirname(folder);
  try {
    if (parent !== '/tmp') {
      makeFolder(parent);
      // With `sudo` HOME may be another account's: a folder of ours in there would only be in its way.
      if (home.uid !== null && statSync(parent).uid !== home.uid) return 'other-owner';
    }
    mkdirSync(folder, { mode: FOLDER_MODE });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') return 'cannot-be-made';
  }
  return folderFault(folder, home);
}

function socketsIn(folder: string, { uid, platform }: SocketHome): readonly SocketFile[] {
  return namesIn(folder).flatMap((name) => {
    const [, pid, host = '', kind] = NAME.exec(name) ?? [];
    if (pid === undefined) return [];
    const file = join(folder, name);
    const found = look(file);
    if (found === null) return [];
    if (platform === 'win32') {
      const path = kind === 'pipe' && found.isFile() ? readFileSync(file, 'utf8').trim() : '';
      return PIPE.test(path) ? [{ file, path, pid: Number(pid), host }] : [];
    }
    const isOurs = kind === 'sock' && found.isSocket() && found.uid === uid;
    return isOurs ? [{ file, path: file, pid: Number(pid), host }] : [];
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // It was there a moment ago; without it there are no sockets.
    return [];
  }
}

/** Whether a process listens. A refused connection means no; anything else leaves it open, which is a yes here. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(1000, () => end(true));
    socket.once('connect', () => end(true));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'),
    );
  });
}

/** Process ids come again: in a container a new instance often has that of the one before it. */
function lives(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: there is one, of another account.
    return codeOf(error) === 'EPERM';
  }
}

function changedAt(file: string): number {
  return look(file)?.mtimeMs ?? Date.now();
}

function look(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    // Not there, or not for us to see: the same to the caller.
    return null;
  }
}

function pathLimit(platform: NodeJS.Platform): number {
  if (platform === 'win32') return Number.POSITIVE_INFINITY;
  return platform === 'linux' ? PATH_LIMIT.linux : PATH_LIMIT.other;
}

/** A short hash of a text (FNV-1a, 32 bits): node:crypto would cost `connect` a millisecond. */
function tagOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(36);
}
