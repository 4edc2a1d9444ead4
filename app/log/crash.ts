import type { RunningLog } from './create-log.ts';

/** EX_SOFTWARE of sysexits.h: an internal error. */
export const CRASH_EXIT = 70;

export interface CrashHandlers {
  /** The first uncaught error: ends the children, then the process. */
  end(): void;
  /** Another one while ending. */
  again(): void;
}

/** After an uncaught error the state of the process is undefined: the error is logged at once, and `handlers` end the process. */
export function onCrash(running: RunningLog, handlers: CrashHandlers): void {
  let isEnding = false;
  process.on('uncaughtException', (error) => {
    running.log.error(`internal error - ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    running.flush();
    if (isEnding) return handlers.again();
    isEnding = true;
    handlers.end();
  });
}
