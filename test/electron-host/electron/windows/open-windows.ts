import { EventEmitter } from 'node:events';
import type { BrowserWindow } from './browser-window.ts';

interface WindowEvents {
  created: [BrowserWindow];
  focused: [BrowserWindow];
  blurred: [BrowserWindow];
  'close-refused': [];
  'all-closed': [];
}

/** All windows of the app and which of them has the focus; the app listens to it. */
class OpenWindows extends EventEmitter<WindowEvents> {
  readonly #open = new Map<number, BrowserWindow>();
  #focused: BrowserWindow | null = null;

  get all(): BrowserWindow[] {
    return [...this.#open.values()];
  }

  get focused(): BrowserWindow | null {
    return this.#focused;
  }

  find(id: number): BrowserWindow | null {
    return this.#open.get(id) ?? null;
  }

  add(window: BrowserWindow): void {
    this.#open.set(window.id, window);
    this.emit('created', window);
  }

  /** The app hears that the last one has gone in the next turn, when it has had time to open another. */
  remove(window: BrowserWindow): void {
    if (this.#focused === window) this.#focused = null;
    this.#open.delete(window.id);
    setImmediate(() => {
      if (this.#open.size === 0) this.emit('all-closed');
    });
  }

  setFocused(window: BrowserWindow | null): void {
    this.#focused = window;
  }
}

export const openWindows = new OpenWindows();
