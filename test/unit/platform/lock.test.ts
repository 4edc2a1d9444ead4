import { spawnSync } from 'node:child_process';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LockBusyError, withLock } from '../../../app/platform/lock/index.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** The id of a process that has ended. */
const gone = spawnSync(process.execPath, ['--version']).pid;

describe('A lock that a killed process has left behind', () => {
  it.each([
    ['with its name in it', `${gone} ${hostname()} left-behind\n`],
    ['before its name was in it', ''],
  ])('goes to one of those who wait for it, and to one after the other, %s', async (_how, content) => {
    const folder = temporaryDirectory();
    const lock = join(folder, 'lock');
    let inside = 0;
    let most = 0;
    let done = 0;
    for (let round = 0; round < 5; round++) {
      writeFileSync(lock, content);
      // Older than what is only just being made, and than any clock is inexact.
      utimesSync(lock, Date.now() / 1000 - 30, Date.now() / 1000 - 30);
      await Promise.all(
        Array.from({ length: 6 }, () =>
          withLock(lock, async () => {
            inside += 1;
            most = Math.max(most, inside);
            for (let turn = 0; turn < 10; turn++) await setImmediate();
            inside -= 1;
            done += 1;
          }),
        ),
      );
    }
    expect({ most, done }).toEqual({ most: 1, done: 30 });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is waited for as long as was asked for where another process is taking it away, and is taken away for one that never did', async () => {
    const folder = temporaryDirectory();
    const lock = join(folder, 'lock');
    writeFileSync(lock, `${gone} ${hostname()} left-behind\n`);
    writeFileSync(`${lock}.taken`, '');
    await expect(withLock(lock, async () => 'in', 100)).rejects.toThrow(LockBusyError);
    utimesSync(`${lock}.taken`, 1_700_000_000, 1_700_000_000);
    expect(await withLock(lock, async () => 'in')).toBe('in');
    expect(readdirSync(folder)).toEqual([]);
  });
});
