import { constants } from 'node:os';
import { isatty } from 'node:tty';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;
export type StopSignal = (typeof STOP_SIGNALS)[number];

/** npm passes on a Ctrl+C that the terminal has given to us already: the same one, milliseconds later. */
const ECHO_MS = 250;

export interface StopHandlers {
  /** The first request: finish. */
  stop(signal: StopSignal): void;
  /** Another one while finishing: end at once, with this exit status (128 and the signal's number, as shells have it). */
  abort(status: number): void;
}

/** Calls `handlers` when the system, a terminal or a person asks the process to end. */
export function onStopRequests(handlers: StopHandlers): void {
  const ignoresHangUp = !hasTerminal();
  let firstAt: number | null = null;
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      if (signal === 'SIGHUP' && ignoresHangUp) return;
      const now = performance.now();
      if (firstAt === null) {
        firstAt = now;
        handlers.stop(signal);
      } else if (now - firstAt >= ECHO_MS) {
        handlers.abort(128 + (constants.signals[signal] ?? 0));
      }
    });
  }
}

/**
 * A hang-up concerns a program whose terminal is closed. Under `nohup` it must be ignored, and Node has put its handler
 * back to the default by the time we run: no terminal on any of the three streams is how we tell.
 * Windows says SIGHUP when the console window is closed, and ends us seconds later in any case.
 */
function hasTerminal(): boolean {
  return process.platform === 'win32' || [0, 1, 2].some((descriptor) => isatty(descriptor));
}
