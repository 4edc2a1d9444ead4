import { BrowserWindow, type WebContents } from 'electron';
import type { AppController } from '../app/desktop/index.ts';
import { type EventName, type Events, eventChannel, type LogPage } from '../app/ipc/index.ts';
import type { NumberedEntry, RingBuffer } from '../app/log/index.ts';
import type { Permission } from '../app/permission/index.ts';

export function tell<Name extends EventName>(contents: WebContents, name: Name, event: Events[Name]): void {
  if (!contents.isDestroyed()) contents.send(eventChannel(name), event);
}

/**
 * Keeps a window true, seen or not: every delta, from its first moment to its last. Nothing says reliably when a window can be seen:
 * to macOS one behind another app's is hidden, and one that is just being shown is not yet visible.
 */
export function feedState(window: BrowserWindow, operation: AppController): void {
  const unsubscribe = operation.subscribe((delta) => tell(window.webContents, 'state', delta));
  window.once('closed', unsubscribe);
}

/** Tells every open window of ours how the permission stands. */
export function feedPermission(permission: Permission): void {
  permission.subscribe((view) => {
    for (const { webContents } of BrowserWindow.getAllWindows()) tell(webContents, 'permission', view);
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
