/** How often we look whether the launcher still lives, in ms. The system sends no event when a parent ends. */
const LOOK_MS = 500;

/**
 * Calls `gone` when we were started by an npm script and that has ended. npm runs scripts in a shell that dies of a
 * SIGTERM without passing it on: without this, `kill` of an `npm run serve` would leave us, and our children, behind.
 */
export function onLauncherGone(gone: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined || process.platform === 'win32') return;
  const launcher = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === launcher) return;
    clearInterval(timer);
    gone();
  }, LOOK_MS).unref();
}
