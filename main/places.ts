import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';
import { shimCommand } from '../app/connect/index.ts';

/** The windows there are; each is the one page with another name behind the `#`. */
export type WindowName = 'popover' | 'settings' | 'logs' | 'activity' | 'welcome' | 'clients' | 'doctor';

/** Where the built app keeps its parts. */
export function places(): {
  readonly page: string;
  readonly preload: string;
  readonly trayImage: (name: string) => string;
} {
  const root = app.getAppPath();
  return {
    page: pathToFileURL(path.join(root, 'out', 'renderer', 'index.html')).href,
    preload: path.join(root, 'out', 'preload', 'index.cjs'),
    trayImage: (name) => path.join(root, 'assets', 'tray', `${name}Template.png`),
  };
}

/** What a client's config names to speak to one of our servers over stdio. */
export function shim(): ReturnType<typeof shimCommand> {
  const resources = app.isPackaged ? process.resourcesPath : null;
  return shimCommand({ resources, app: app.getAppPath(), platform: process.platform });
}

export function addressOf(name: WindowName): string {
  return `${places().page}#${name}`;
}

/** Whether a frame shows our page, whichever of the windows it is. */
export function isOurs(url: string): boolean {
  return url.split('#', 1)[0] === places().page;
}
