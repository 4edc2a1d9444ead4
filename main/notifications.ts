import { Notification } from 'electron';
import type { AppController } from '../app/desktop/index.ts';
import type { Log } from '../app/log/index.ts';

/** At most one in this many milliseconds: a server that keeps failing must not keep ringing. */
const PAUSE_MS = 5 * 60_000;

/** Tells of what changes the icon, and of nothing else; each problem once. */
export function notifyOfProblems(operation: AppController, open: () => void, log: Log): void {
  let toldOf: string | null = null;
  let lastAt = Number.NEGATIVE_INFINITY;
  operation.subscribe(({ rest: { problem } }) => {
    if (problem?.weight !== 'attention' || problem.id === toldOf) return;
    if (performance.now() - lastAt < PAUSE_MS || !Notification.isSupported()) return;
    toldOf = problem.id;
    lastAt = performance.now();
    const notification = new Notification({
      title: operation.text.menu.notify.attention,
      body: problem.sentence,
      silent: true,
    });
    notification.on('click', open);
    // macOS shows none of an app that is not signed; the icon has to do then.
    notification.on('failed', (_event, error) => log.debug(`The system showed no notification: ${error}`));
    notification.show();
  });
}
