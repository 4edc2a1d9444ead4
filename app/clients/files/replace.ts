import { basename, dirname, join } from 'node:path';
import type { Disk, FileFacts } from './disk.ts';

/** For the person alone: what we keep repeats the secrets of the files it is about. */
export const PRIVATE: FileFacts = {
  mode: 0o600,
  owner: process.getuid?.() ?? 0,
  group: process.getgid?.() ?? 0,
};

/**
 * Puts new bytes in a file's place in one step: whoever looks, even after a loss of power, sees all of the old file or all
 * of the new one. `isReady` is asked at the last moment; the file stays as it is unless it says yes. False then.
 * The new one is there for good once the folder is synced.
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
