import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { app, Notification, shell, autoUpdater as squirrel } from 'electron';
import type { AppController } from '../app/desktop/index.ts';
import type { Log } from '../app/log/index.ts';
import {
  type Installation,
  placeOf,
  type Release,
  releasesPage,
  repositoryOf,
  type UpdateClock,
  type UpdateMemory,
  Updates,
  versionInPlist,
} from '../app/update/index.ts';
import manifest from '../package.json' with { type: 'json' };
import type { Quit } from './quit.ts';
import { createUpdateSource } from './update-source.ts';

/** Squirrel quits within a moment or not at all, in ms. It has staged the version by then, so any end of the app puts it in place. */
const INSTALL_LIMIT_MS = 15_000;

export interface AppUpdatesOptions {
  readonly controller: AppController;
  readonly memory: UpdateMemory;
  readonly quit: Quit;
  /** Shows where a person reads what is new. */
  readonly show: () => void;
  readonly log: Log;
}

export interface AppUpdates {
  readonly updates: Updates;
  /** Opens the page with every version. Nothing happens in a copy that knows none. */
  readonly openReleases: () => Promise<void>;
}

/** The updates of the app, begun. MCP_GANGWAY_NO_UPDATE in the environment keeps it from looking at all. */
export function startUpdates({ controller, memory, quit, show, log }: AppUpdatesOptions): AppUpdates {
  const isForbidden = (process.env['MCP_GANGWAY_NO_UPDATE'] ?? '') !== '';
  const source = isForbidden ? null : createUpdateSource(log);
  const repository = repositoryOf((manifest as { readonly repository?: unknown }).repository);
  const updates = new Updates({
    running: app.getVersion(),
    source,
    hasPage: repository !== null,
    installation,
    memory,
    isAutomatic: () => controller.state().habits.checkUpdates,
    install: () =>
      quit.leaveBy(() => {
        // The icon and the windows are gone: whatever happens now, the app must not stay.
        squirrel.once('error', () => {
          app.relaunch();
          app.exit(0);
        });
        setTimeout(() => app.exit(0), INSTALL_LIMIT_MS);
        source?.quitAndInstall();
      }),
    relaunch: () =>
      quit.leaveBy(() => {
        app.relaunch();
        app.quit();
      }),
    announce: (release) => announce(release, controller, show, log),
    clock,
    log,
  });
  updates.start();
  return {
    updates,
    openReleases: async () => {
      if (repository !== null) await shell.openExternal(releasesPage(repository));
    },
  };
}

const clock: UpdateClock = {
  now: () => Date.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};

/** Only a bundle can be replaced; what runs from its sources has no place that matters. */
async function installation(): Promise<Installation> {
  if (process.platform !== 'darwin' || !app.isPackaged) return { place: 'replaceable', version: null };
  const contents = path.dirname(process.resourcesPath);
  const bundle = path.dirname(contents);
  const writeError = await access(bundle, constants.W_OK).then(
    () => null,
    (error: NodeJS.ErrnoException) => error.code ?? '',
  );
  // Gone for a moment while something replaces it.
  const plist = await readFile(path.join(contents, 'Info.plist'), 'utf8').catch(() => '');
  return { place: placeOf(bundle, writeError), version: versionInPlist(plist) };
}

function announce({ version }: Release, controller: AppController, show: () => void, log: Log): void {
  if (!controller.state().habits.notifyUpdates || !Notification.isSupported()) return;
  const { title, body } = controller.text.updates.notify;
  const notification = new Notification({ title: title(version), body, silent: true });
  notification.on('click', show);
  // macOS shows none of an app that is not signed; the row in the popover is there all the same.
  notification.on('failed', (_event, error) => log.debug(`The system showed no notification: ${error}`));
  notification.show();
}
