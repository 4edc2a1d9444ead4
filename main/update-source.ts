import { existsSync, readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { app, autoUpdater as squirrel } from 'electron';
import type { CancellationToken, MacUpdater, UpdateInfo } from 'electron-updater';
import type { Log } from '../app/log/index.ts';
import { detailOf, leftOver, readNotes, UpdateError, type UpdateSource } from '../app/update/index.ts';
import { type Executor, type Redirected, RequestLimits } from './update-requests.ts';

/** electron-updater, which the system's own updater installs for. */
export interface AppUpdateSource extends UpdateSource {
  /** Quits, puts the version in place and starts it. Every window must be gone: Electron closes them first, and waits for each. */
  quitAndInstall(): void;
}

/** What the build has put beside the app when it knew the repository. */
const feedFile = (): string => path.join(process.resourcesPath, 'app-update.yml');

/** Null where there is no feed: for a copy that runs from its sources, or was built without a repository. */
export function createUpdateSource(log: Log): AppUpdateSource | null {
  if (process.platform !== 'darwin' || !app.isPackaged || !existsSync(feedFile())) return null;
  return new ElectronUpdates(log);
}

interface Loaded {
  readonly updater: MacUpdater;
  readonly newToken: () => CancellationToken;
}

class ElectronUpdates implements AppUpdateSource {
  readonly #log: Log;
  readonly #limits = new RequestLimits();
  #loaded: Promise<Loaded> | null = null;
  #updater: MacUpdater | null = null;
  #failed = (_error: unknown): void => undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  async latest(signal: AbortSignal) {
    const { updater } = await this.#load();
    const result = await this.#limits.during(signal, () => updater.checkForUpdates());
    if (result === null || !result.isUpdateAvailable) return null;
    const { version, releaseNotes } = result.updateInfo;
    return { version, notes: readNotes(textOf(releaseNotes)) };
  }

  async download(signal: AbortSignal, progress: (percent: number) => void): Promise<void> {
    const { updater, newToken } = await this.#load();
    const token = newToken();
    const stop = (): void => token.cancel();
    const told = ({ percent }: { readonly percent: number }): void => progress(percent);
    signal.addEventListener('abort', stop, { once: true });
    updater.on('download-progress', told);
    // Squirrel unpacks the archive and checks its signature after electron-updater is done.
    const staged = stagedBySystem(signal);
    try {
      const handedOver = this.#limits
        .during(signal, () => updater.downloadUpdate(token))
        .then(() => {
          progress(100);
          return staged.done;
        });
      // electron-updater waits for the `finish` of its answer to Squirrel, which never comes when Squirrel is the first to close the
      // connection: what Squirrel says counts.
      await Promise.race([staged.done, handedOver]);
    } finally {
      staged.stop();
      updater.off('download-progress', told);
      signal.removeEventListener('abort', stop);
    }
  }

  onFailure(listener: (error: unknown) => void): void {
    this.#failed = listener;
  }

  async cleanUp(): Promise<void> {
    const pending = path.join(app.getPath('home'), 'Library', 'Caches', cacheName(), 'pending');
    const names = await readdir(pending).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const gone = leftOver(names, app.getVersion());
    for (const name of gone) await rm(path.join(pending, name), { recursive: true, force: true });
    // electron-updater's note of the archive that it would use again.
    if (gone.some((name) => name.endsWith('.zip'))) await rm(path.join(pending, 'update-info.json'), { force: true });
    if (gone.length > 0) this.#log.info('Remains of earlier updates were removed', { files: gone.length });
  }

  quitAndInstall(): void {
    this.#updater?.quitAndInstall();
  }

  /** At the first check: half a megabyte that a start does without. */
  #load(): Promise<Loaded> {
    this.#loaded ??= this.#make();
    return this.#loaded;
  }

  async #make(): Promise<Loaded> {
    const { default: library } = await import('electron-updater');
    const { MacUpdater: Updater, CancellationToken: Token } = library;
    const updater = new Updater();
    updater.autoDownload = false;
    // Squirrel takes the version over at once, and puts it in place when the app quits.
    updater.autoInstallOnAppQuit = true;
    updater.allowDowngrade = false;
    updater.logger = quiet(this.#log);
    // In place of a number that would tell this copy from all others; staged releases are not used.
    updater.requestHeaders = { 'x-user-staging-id': 'none' };
    // Without a listener Node throws. Checks and downloads reject as well; what comes later comes only here.
    updater.on('error', (error) => this.#failed(error));
    const { httpExecutor } = updater as unknown as { readonly httpExecutor: Executor };
    const { prepareRedirectUrlOptions } = redirecting(httpExecutor);
    this.#limits.apply(httpExecutor, prepareRedirectUrlOptions);
    this.#updater = updater;
    return { updater, newToken: () => new Token() };
  }
}

/** The static method that all executors inherit. */
function redirecting(executor: Executor): { readonly prepareRedirectUrlOptions: Redirected } {
  return executor.constructor as unknown as { readonly prepareRedirectUrlOptions: Redirected };
}

/** Squirrel has unpacked the version and found it good. It says so once; a failure is an event of its own. */
function stagedBySystem(signal: AbortSignal): { readonly done: Promise<void>; readonly stop: () => void } {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const failed = (error: Error): void => reject(error);
  const stopped = (): void => reject(signal.reason);
  const taken = (): void => resolve();
  squirrel.once('update-downloaded', taken);
  squirrel.on('error', failed);
  signal.addEventListener('abort', stopped, { once: true });
  // It may reject before it is waited for.
  promise.catch(() => undefined);
  return {
    done: promise,
    stop: () => {
      squirrel.off('update-downloaded', taken);
      squirrel.off('error', failed);
      signal.removeEventListener('abort', stopped);
    },
  };
}

/** Its own lines are for people who debug it, and carry whole addresses. */
function quiet(log: Log): {
  info(message: unknown): void;
  warn(message: unknown): void;
  error(message: unknown): void;
} {
  const told = (message: unknown): void => log.debug(`electron-updater: ${detailOf(message)}`);
  return { info: told, warn: told, error: told };
}

function textOf(notes: UpdateInfo['releaseNotes']): string {
  if (typeof notes === 'string') return notes;
  return (notes ?? []).map(({ note }) => note ?? '').join('\n');
}

/** The folder of electron-updater's cache, as the build has named it. */
function cacheName(): string {
  const name = /^updaterCacheDirName:\s*(['"]?)([\w.-]+)\1\s*$/m.exec(readFileSync(feedFile(), 'utf8'))?.[2];
  if (name === undefined) throw new UpdateError('other', 'app-update.yml names no folder for the cache');
  return name;
}
