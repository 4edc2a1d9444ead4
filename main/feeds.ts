import { BrowserWindow, Notification, type WebContents } from 'electron';
import type { AppController } from '../app/desktop/index.ts';
import { type AppState, type EventName, type Events, eventChannel, type LogPage } from '../app/ipc/index.ts';
import type { Log, NumberedEntry, RingBuffer } from '../app/log/index.ts';
import type { Permission } from '../app/permission/index.ts';
import type { Updates } from '../app/update/index.ts';

export function tell<Name extends EventName>(contents: WebContents, name: Name, event: Events[Name]): void {
  if (!contents.isDestroyed()) contents.send(eventChannel(name), event);
}

/**
 * Sends a window every delta from its first moment to its last, visible or not: whether it is visible cannot be told reliably.
 * To macOS one behind another app's is hidden, and one that is just being shown is not yet visible.
 */
export function feedState(window: BrowserWindow, controller: AppController): void {
  const unsubscribe = controller.subscribe((delta) => tell(window.webContents, 'state', delta));
  window.once('closed', unsubscribe);
}

/** Sends every open window the state of the permission. */
export function feedPermission(permission: Permission): void {
  permission.subscribe((view) => {
    for (const { webContents } of BrowserWindow.getAllWindows()) tell(webContents, 'permission', view);
  });
}

/** Sends every open window how far an update is. */
export function feedUpdates(updates: Updates): void {
  updates.subscribe((view) => {
    for (const { webContents } of BrowserWindow.getAllWindows()) tell(webContents, 'update', view);
  });
}

export function goTo(window: BrowserWindow, part: string): void {
  tell(window.webContents, 'goTo', part);
}

/** The log for the windows that follow it. */
export class LogFeed {
  readonly #ring: RingBuffer;
  readonly #following = new Map<WebContents, () => void>();

  constructor(ring: RingBuffer) {
    this.#ring = ring;
  }

  /** Every line after number `sequence` that is kept, now; the later ones as they come. */
  follow(contents: WebContents, sequence: number): LogPage {
    this.pause(contents);
    const page = pageOf(this.#ring.since(sequence));
    const unsubscribe = this.#ring.subscribe((batch) => tell(contents, 'log', pageOf(batch)));
    this.#following.set(contents, unsubscribe);
    return page;
  }

  /** Also for a window that is about to go. */
  pause(contents: WebContents): void {
    this.#following.get(contents)?.();
    this.#following.delete(contents);
  }
}

function pageOf(batch: readonly NumberedEntry[]): LogPage {
  return {
    lines: batch.map(({ sequence, entry: { at, level, source, message, fields } }) => ({
      sequence,
      at,
      level,
      source,
      message,
      fields,
    })),
  };
}

/** At most one notification in this many milliseconds: a server that keeps failing must not keep interrupting. */
const PAUSE_MS = 5 * 60_000;

/** Shows a notification for each problem that changes the icon, once; none for those that came while they were switched off. */
export function notifyOfProblems(controller: AppController, open: () => void, log: Log): void {
  let toldOf: string | null = null;
  let lastAt = Number.NEGATIVE_INFINITY;
  controller.subscribe(({ rest: { problem } }) => {
    if (problem?.weight !== 'attention' || problem.id === toldOf) return;
    if (!controller.state().habits.notifyProblems) {
      toldOf = problem.id;
      return;
    }
    if (performance.now() - lastAt < PAUSE_MS || !Notification.isSupported()) return;
    toldOf = problem.id;
    lastAt = performance.now();
    notify({ title: controller.text.menu.notify.attention, body: problem.sentence, open, log });
  });
}

/**
 * Shows a notification when more tools of a server are not as they were approved than before, at most one of a server in five minutes.
 * `open` is called with the server.
 */
export function notifyOfToolChanges(controller: AppController, open: (server: string) => void, log: Log): void {
  const told = new Map<string, { readonly changes: number; readonly at: number }>();
  const look = ({ bridge, habits }: Pick<AppState, 'bridge' | 'habits'>): void => {
    const now = performance.now();
    for (const { name, toolChanges } of bridge.servers) {
      const { all: changes, held } = toolChanges ?? { all: 0, held: 0 };
      const before = told.get(name);
      const isMore = before !== undefined && changes > before.changes;
      if (isMore && now - before.at < PAUSE_MS) continue;
      const isTold = isMore && habits.notifyProblems && Notification.isSupported();
      // What has changed before this process began is shown in the popover alone.
      told.set(name, { changes, at: isTold ? now : (before?.at ?? Number.NEGATIVE_INFINITY) });
      if (!isTold) continue;
      const { menu, toolChanges: words } = controller.text;
      const body = words.waiting(changes, held);
      notify({ title: menu.notify.toolsChanged(name), body, open: () => open(name), log });
    }
  };
  look(controller.state());
  controller.subscribe(({ rest }) => look(rest));
}

interface Notice {
  readonly title: string;
  readonly body: string;
  readonly open: () => void;
  readonly log: Log;
}

function notify({ title, body, open, log }: Notice): void {
  const notification = new Notification({ title, body, silent: true });
  notification.on('click', open);
  // macOS shows none of an app that is not signed; the icon and the popover show it all the same.
  notification.on('failed', (_event, error) => log.debug(`The system showed no notification: ${error}`));
  notification.show();
}
