import { BrowserWindow, type BrowserWindowConstructorOptions, nativeTheme } from 'electron';
import { addressOf, places, type WindowName } from '../places.ts';

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
export function openPageWindow(options: PageWindowOptions): BrowserWindow {
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
  void window.loadURL(addressOf(name));
  return window;
}
