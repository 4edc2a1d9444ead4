import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { codeOf } from '../../base/errno.ts';

export interface ReplaceOptions {
  /** Permission bits; `0o600`, for its owner alone, if left out. */
  readonly mode?: number;
  /** Whether it is on the disk before it takes the place of the old one, so that a loss of power leaves one of the two whole; true if left out. */
  readonly flush?: boolean;
}

/** Milliseconds after which a draft is the remains of a process that was killed: writing one takes a second at most. */
const FORGOTTEN = 60_000;

/**
 * Replaces a file in one step: who reads it finds all of the old one or all of the new one. A link stays, and leads to the new
 * one, also where it led to none so far. Root leaves the file to whom it belonged, and a new one to the owner of its folder, so that `sudo` takes no account's files away.
 * Drafts that a killed process has left beside it are removed. Throws the system's error; the old file is kept then.
 */
export function replaceFile(path: string, content: string | Uint8Array, options: ReplaceOptions = {}): void {
  const { mode = 0o600, flush = true } = options;
  const real = behindLinks(path);
  const beside = `${real}.${process.pid}.tmp`;
  try {
    rmSync(beside, { force: true });
    const file = openSync(beside, 'wx', 0o600);
    try {
      // Node writes until all of it is written: on a full disk the system may take a part and call that a success (write(2)).
      writeFileSync(file, content);
      giveBack(file, real);
      // After the owner, which changes the mode; the mask of the process does not count here.
      fchmodSync(file, mode);
      if (flush) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, real);
  } catch (error) {
    removed(beside);
    throw error;
  }
  removeDrafts(real);
}

/** The file itself, behind links; where there is none yet, where the links lead: open(2) makes it there as well. */
function behindLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    const target = targetOf(path);
    // A relative one counts from the folder that the link is in.
    return target === null ? resolve(path) : behindLinks(resolve(realpathSync(dirname(path)), target));
  }
}

/** What a link says; null for what is none, or is not there. */
function targetOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (codeOf(error) === null) throw error;
    return null;
  }
}

/** Only root can (chown(2)); another account that may write the folder becomes the owner. */
function giveBack(file: number, real: string): void {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = statOf(real) ?? statSync(dirname(real));
  fchownSync(file, uid, gid);
}

/** Also those of earlier versions, which were named by the time and at random. */
function removeDrafts(real: string): void {
  const [folder, name] = [dirname(real), basename(real)];
  const now = Date.now();
  for (const entry of namesIn(folder)) {
    if (
      !entry.startsWith(`${name}.`) ||
      !/^(?:\d{1,10}\.tmp|tmp-\d{10}[0-9a-f]{6})$/.test(entry.slice(name.length + 1))
    )
      continue;
    const draft = join(folder, entry);
    if (now - (statOf(draft)?.mtimeMs ?? now) > FORGOTTEN) removed(draft);
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // A folder that may be written and not listed: what lies there stays.
    return [];
  }
}

function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    // Not there.
    return null;
  }
}

function removed(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Why it could not be written is what counts.
  }
}
