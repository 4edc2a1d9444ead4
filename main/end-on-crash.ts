import { app } from 'electron';
import type { AppController } from '../app/desktop/index.ts';
import type { RunningLog } from '../app/log/index.ts';

/** EX_SOFTWARE of sysexits.h: an internal error. */
const CRASH_EXIT = 70;
const LIMIT_MS = 2000;

/** An uncaught error leaves an unknown state: logs it, ends the children, exits. */
export function endOnCrash(operation: AppController, running: RunningLog): void {
  let crashed = false;
  process.on('uncaughtException', (error) => {
    running.log.error(`internal error - ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    running.flush();
    if (crashed) return;
    crashed = true;
    const leave = (): void => app.exit(CRASH_EXIT);
    setTimeout(leave, LIMIT_MS);
    void operation.end().finally(leave);
  });
}
