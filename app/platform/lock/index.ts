import { readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from '../../base/errno.ts';
import { makeFolder } from '../../base/make-folder.ts';

/** Milliseconds for which a caller waits for its turn. */
const PATIENCE = 10_000;
/** Milliseconds between two looks. Nothing in the file system tells portably that a file has gone. */
const STEP = 25;
/** Milliseconds after which a lock is a leftover, whatever it says: what is done under one takes a second at most. */
const FORGOTTEN = 60_000;
/** Milliseconds in which the content of a lock follows its creation. */
const UNWRITTEN = 2000;

/** Another process has held the lock for all of the time that the caller was ready to wait. */
export class LockBusyError extends Error {
  override readonly name = 'LockBusyError';
  /** Of the process that holds it; null when it did not say. */
  readonly pid: number | null;

  constructor(pid: number | null) {
    super(`locked by process ${pid ?? '?'}`);
    this.pid = pid;
  }
}

/**
 * Runs `work` while no other process that takes the same lock runs its own. The lock is a file with the id of the process that
 * holds it; what a process that has ended left behind is taken away. Rejects with LockBusyError after `patience` milliseconds,
 * with the system's error where no file can be made, and with what `work` rejects with.
 */
export async function withLock<Result>(
  file: string,
  work: () => Promise<Result>,
  patience = PATIENCE,
): Promise<Result> {
  makeFolder(dirname(file), 0o700);
  const own = `${process.pid} ${hostname()} ${crypto.randomUUID()}\n`;
  await acquire(file, own, patience);
  try {
    return await work();
  } finally {
    if ((await contentOf(file)) === own) await removed(file);
  }
}

async function acquire(file: string, own: string, patience: number): Promise<void> {
  const end = performance.now() + patience;
  for (;;) {
    if (await made(file, own)) return;
    const holder = await contentOf(file);
    if ((await isLeftOver(file, holder)) && (await takenAway(file, own))) continue;
    if (performance.now() >= end) throw new LockBusyError(holderIn(holder ?? '')?.pid ?? null);
    await delay(STEP);
  }
}

/**
 * Takes a leftover away, one process at a time: of two that have both seen it, the second would take away the lock that the first has made
 * in its place. False when another process is at it.
 */
async function takenAway(file: string, own: string): Promise<boolean> {
  const turn = `${file}.taken`;
  if (!(await made(turn, own))) {
    // Taking away is done at once. This is the remains of a process that was killed at it.
    if ((await ageOf(turn)) > FORGOTTEN) await removed(turn);
    return false;
  }
  try {
    if (await isLeftOver(file, await contentOf(file))) await removed(file);
    return true;
  } finally {
    await removed(turn);
  }
}

async function made(file: string, own: string): Promise<boolean> {
  try {
    await writeFile(file, own, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Null when there is no such file. */
async function contentOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function isLeftOver(file: string, content: string | null): Promise<boolean> {
  if (content === null) return false;
  const holder = holderIn(content);
  const age = await ageOf(file);
  if (age > FORGOTTEN) return true;
  if (holder === null) return age > UNWRITTEN;
  // Of a process on another machine, whose home folder is this one, nothing is known but the time.
  return holder.host === hostname() && !lives(holder.pid);
}

function holderIn(content: string): { readonly pid: number; readonly host: string } | null {
  const [, pid, host] = /^(\d{1,10}) (\S+) \S+\n$/.exec(content) ?? [];
  return pid === undefined || host === undefined ? null : { pid: Number(pid), host };
}

async function ageOf(file: string): Promise<number> {
  try {
    return Date.now() - (await stat(file)).mtimeMs;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: there is one, of another account.
    return codeOf(error) === 'EPERM';
  }
}

async function removed(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
