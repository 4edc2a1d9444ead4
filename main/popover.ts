import { app, type BrowserWindow, nativeImage, screen, type Tray } from 'electron';
import { menubar } from 'menubar';
import type { AppController } from '../app/desktop/index.ts';
import { statusLine } from '../app/ipc/index.ts';
import { feedState, tell } from './feeds.ts';
import { addressOf } from './places.ts';
import { growWithText } from './text-size.ts';
import { backdrop, webPreferences } from './windows.ts';

export interface Popover {
  show(): void;
  hide(): void;
}

const WIDTH = 360;
const HEIGHT = 640;

/**
 * The window under the icon. The only file that knows menubar 9, and the place where its faults on macOS are cured: each cure
 * says which. It takes a moment until the window is there; a click before that makes it. `shown` is called each time it opens.
 */
export function createPopover(tray: Tray, controller: AppController, shown: () => void): Popover {
  const bar = menubar({
    tray,
    // It has its icon; menubar would look for one of its own beside a file that the bundle does not have.
    icon: nativeImage.createEmpty(),
    index: addressOf('popover'),
    preloadWindow: true,
    // `activate` has to show something even while the icon is hidden: lifecycle.ts sees to it.
    activateWithApp: false,
    showDockIcon: false,
    tooltip: '',
    browserWindow: {
      width: WIDTH,
      height: HEIGHT,
      resizable: false,
      movable: false,
      minimizable: false,
      maximizable: false,
      fullscreenable: false,
      // menubar forgets its window on `close`: nothing but the end of the app may close it.
      closable: false,
      skipTaskbar: true,
      backgroundColor: backdrop(),
      webPreferences: webPreferences(),
    },
  });
  const popover: Popover = {
    show: () => {
      if (!isDrawn(tray)) explain(controller);
      // Only a tray that has a place can have a window below it; menubar would put it off the screen.
      bar.setOption('windowPosition', isDrawn(tray) ? 'trayCenter' : 'center');
      void bar.showWindow();
      app.focus({ steal: true });
    },
    // Any other way of hiding leaves menubar believing that it is shown, and the next click is lost.
    hide: () => bar.hideWindow(),
  };
  bar.on('show', () => {
    bar.setOption('windowPosition', isDrawn(tray) ? 'trayCenter' : 'center');
    if (bar.window !== undefined) tell(bar.window.webContents, 'shown', null);
    shown();
  });

  // Not `after-create-window`: by then the page has asked for the state, and would miss what happened since.
  bar.on('before-load', () => {
    if (bar.window === undefined) return;
    cure(bar.window, popover);
    feedState(bar.window, controller);
    growWithText(
      bar.window,
      controller,
      { width: WIDTH, height: HEIGHT },
      () => screen.getPrimaryDisplay().workAreaSize,
    );
  });
  // menubar puts its own words under the pointer.
  bar.on('ready', () => tray.setToolTip(statusLine(controller.state(), controller.text, Date.now())));
  return popover;
}

function cure(window: BrowserWindow, popover: Popover): void {
  // Otherwise it opens in another Space while an app fills the screen.
  window.setVisibleOnAllWorkspaces(true, { visibleOnFullScreen: true, skipTransformProcessType: true });
  // Hidden by the system (Command+H): menubar does not notice by itself.
  window.on('hide', () => popover.hide());
}

/** Explains where the icon is to a person who opens the app again because it is hidden. A standing problem goes first. */
function explain(controller: AppController): void {
  if (controller.state().problem?.weight === 'attention') return;
  const at = Date.now();
  controller.report(
    ({
      problems: {
        iconHidden: { sentence, hint },
      },
    }) => {
      return { id: 'icon-hidden', weight: 'note', at, sentence, hint, fix: null };
    },
  );
}

/** macOS 26 lets people hide an icon, and a crowded menu bar does it unasked; its bounds lie below the screen then. */
function isDrawn(tray: Tray): boolean {
  const { x, width } = tray.getBounds();
  return x > 0 && width > 0;
}
