import { execFile } from 'node:child_process';
import { codeOf } from '../../base/errno.ts';

/** How often a group that was told to end is looked at, in milliseconds. */
const LOOK = 50;

/** Milliseconds a killed process may take to disappear before we stop waiting (it may hang in the kernel). */
export const KILLED = 250;

/**
 * Signals every process of a group we have created. On Windows there are no groups and no signals: the tree is ended at once,
 * at SIGTERM already, while its root still exists to be found by. False when no process of the group is left.
 */
export function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  if (process.platform === 'win32') return signalTree(pid, signal);
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
    // EPERM: a process of the group has other rights (sudo, for example). It lives, and we may not end it. macOS also says
    // so of a group in which only zombies are left, which count as ended.
    if (codeOf(error) === 'EPERM') return process.platform !== 'darwin';
    throw error;
  }
}

function signalTree(pid: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  if (signal === 0) {
    try {
      return process.kill(pid, 0);
    } catch {
      // There is no such process any more, which is what was asked.
      return false;
    }
  }
  execFile('taskkill', ['/pid', String(pid), '/T', '/F'], { windowsHide: true }, () => undefined);
  return true;
}

/**
 * Ends what is left of a group whose first process is gone: SIGTERM, and SIGKILL after `grace` ms. It looks every few
 * milliseconds, so that a group number that was given back is never signalled again. Dead processes that no parent has
 * collected yet still count as a group: they are not waited for long.
 */
export function endGroup(pid: number, grace: number, done: () => void): void {
  if (process.platform === 'win32' || !signalGroup(pid, 'SIGTERM')) {
    done();
    return;
  }
  const deadline = performance.now() + grace;
  const watch = setInterval(() => {
    const late = performance.now() - deadline;
    if (signalGroup(pid, late < 0 ? 0 : 'SIGKILL') && late < KILLED) return;
    clearInterval(watch);
    done();
  }, LOOK);
}
