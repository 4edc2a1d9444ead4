import path from 'node:path';
import { app } from 'electron';
import { LockBusyError, withLock } from '../app/platform/lock/index.ts';

/**
 * Runs `work` while the command line, which writes the settings file as long as no app is found, does not write it. Where no turn
 * can be had, for another process holds the lock or the folder takes no file, the app starts all the same.
 */
export async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const lock = path.join(app.getPath('userData'), 'settings.json.lock');
  let hasBegun = false;
  try {
    return await withLock(lock, () => {
      hasBegun = true;
      return work();
    });
  } catch (error) {
    if (hasBegun || !(error instanceof LockBusyError || (error instanceof Error && 'code' in error))) throw error;
    return work();
  }
}
