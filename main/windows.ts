import { app, BrowserWindow, type BrowserWindowConstructorOptions, nativeTheme, screen } from 'electron';
import type { AppController } from '../app/desktop/index.ts';
import type { WindowDestination } from '../app/ipc/index.ts';
import type { ActivityFeed } from './activity.ts';
import { feedState, goTo, type LogFeed } from './feeds.ts';
import { addressOf, places, type WindowName } from './places.ts';
import { growWithText } from './text-size.ts';

/** What every page of ours runs under: a sandbox, a world of its own for the preload, no Node, no developer tools by accident. */
export function webPreferences(): NonNullable<BrowserWindowConstructorOptions['webPreferences']> {
  return {
    preload: places().preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webviewTag: false,
    spellcheck: false,
    // The log and the popover must be true the moment they are shown.
    backgroundThrottling: false,
  };
}

/** What the window shows before its page does, so that a dark screen sees no white flash. */
export function backdrop(): string {
  return nativeTheme.shouldUseDarkColors ? '#1f1f21' : '#f6f6f7';
}

export interface PageWindowOptions {
  readonly name: Exclude<WindowName, 'popover'>;
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly minWidth: number;
  readonly minHeight: number;
  readonly resizable: boolean;
}

/** An ordinary window with one of our pages, shown as soon as there is something to see. */
function openPageWindow(options: PageWindowOptions): BrowserWindow {
  const { name, ...shape } = options;
  const window = new BrowserWindow({
    ...shape,
    show: false,
    backgroundColor: backdrop(),
    fullscreenable: options.resizable,
    webPreferences: webPreferences(),
  });
  window.once('ready-to-show', () => window.show());
  // The page has a title of its own for screen readers; the window keeps the translated one.
  window.on('page-title-updated', (event) => event.preventDefault());
  window.loadURL(addressOf(name)).catch((error: unknown) => {
    // A window that is closed before its page is there, as by quitting at once, has failed at nothing.
    if (!window.isDestroyed()) throw error;
  });
  return window;
}

type PlaceName = WindowDestination['window'];

const SHAPES: Readonly<Record<PlaceName, Omit<PageWindowOptions, 'name' | 'title'>>> = {
  settings: { width: 760, height: 600, minWidth: 640, minHeight: 460, resizable: true },
  logs: { width: 960, height: 640, minWidth: 560, minHeight: 320, resizable: true },
  activity: { width: 1080, height: 720, minWidth: 640, minHeight: 420, resizable: true },
  welcome: { width: 620, height: 660, minWidth: 620, minHeight: 660, resizable: false },
  clients: { width: 860, height: 640, minWidth: 680, minHeight: 420, resizable: true },
  doctor: { width: 680, height: 660, minWidth: 540, minHeight: 420, resizable: true },
};

/** The ordinary windows, one of each kind at most. */
export class Windows {
  readonly #controller: AppController;
  readonly #logs: LogFeed;
  readonly #activity: ActivityFeed;
  readonly #open = new Map<PlaceName, BrowserWindow>();

  constructor(controller: AppController, logs: LogFeed, activity: ActivityFeed) {
    this.#controller = controller;
    this.#logs = logs;
    this.#activity = activity;
  }

  /** Brings a window to the front, and to a part of it; makes it first if need be. */
  show({ window: name, part }: WindowDestination): void {
    const known = this.#open.get(name);
    // An app without a Dock icon is not in front just because its window is.
    app.focus({ steal: true });
    if (known !== undefined) {
      known.show();
      known.focus();
      if (part !== null) goTo(known, part);
      return;
    }
    const window = openPageWindow({ name, title: this.#title(name), ...SHAPES[name] });
    this.#open.set(name, window);
    feedState(window, this.#controller);
    const { width, height, resizable } = SHAPES[name];
    if (!resizable) {
      const room = () => screen.getPrimaryDisplay().workAreaSize;
      // From the place of a smaller one it would reach over the edge of the screen.
      growWithText(window, this.#controller, { width, height }, room, () => window.center());
    }
    const { webContents } = window;
    window.once('closed', () => {
      this.#open.delete(name);
      this.#logs.pause(webContents);
      this.#activity.pause(webContents);
    });
    if (part !== null) webContents.once('did-finish-load', () => goTo(window, part));
  }

  /** After a change of language. */
  retitle(): void {
    for (const [name, window] of this.#open) window.setTitle(this.#title(name));
  }

  #title(name: PlaceName): string {
    return this.#controller.text.windows.titles[name];
  }
}
