import { electronVersion } from '../contract/files.ts';
import { app } from '../electron/app/index.ts';
import { settings } from '../settings.ts';
import type { LocatedApp } from './locate-app.ts';

/** Makes `process` look like that of Electron's main process on a Mac. */
export function disguiseProcess(
  executable: string,
  args: readonly string[],
  { packaged, resources }: LocatedApp,
): void {
  process.argv = [executable, ...args];
  process.execPath = executable;
  // Electron's process.exit is app.exit: 'quit' is emitted, and the code after the call still runs for a moment.
  process.exit = ((code?: number) => app.exit(code ?? Number(process.exitCode ?? 0))) as typeof process.exit;
  put('platform', settings.platform);
  put('type', 'browser');
  put('resourcesPath', resources);
  put('getSystemVersion', () => '15.0.0');
  if (!packaged) put('defaultApp', true);
  nameChromeVersion('');
}

/** The engine's version is known once Chromium runs. */
export function nameChromeVersion(chrome: string): void {
  put('versions', Object.freeze({ ...process.versions, electron: electronVersion, chrome }));
}

function put(name: string, value: unknown): void {
  Object.defineProperty(process, name, { value, configurable: true, enumerable: true, writable: true });
}
