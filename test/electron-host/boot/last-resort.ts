import { violation } from '../contract/violations.ts';
import { app } from '../electron/app/index.ts';

/**
 * What nothing else handles. Electron shows a dialog for an uncaught error and goes on; for a test it is a failure. The
 * app's own listeners come first: where there are any, ours keep still.
 */
export function handleTheUnhandled(): void {
  process.on('uncaughtException', (error) => {
    if (process.listenerCount('uncaughtException') > 1) return;
    violation(`the main process threw: ${error.stack ?? error.message}`);
    app.exit(1);
  });
  process.on('unhandledRejection', (reason) => {
    if (process.listenerCount('unhandledRejection') > 1) return;
    violation(`the main process left a rejected promise: ${reason instanceof Error ? reason.stack : String(reason)}`);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit());
}
