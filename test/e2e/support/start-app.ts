import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import type { AppDriver, AppEnd, DriverKind } from './driver.ts';
import { electronPerson } from './electron-person.ts';
import { standInPerson } from './stand-in-person.ts';

const root = path.join(import.meta.dirname, '..', '..', '..');
const standIn = path.join(root, 'test', 'electron-host', 'bin', 'electron');

const { E2E_DRIVER, APP_EXECUTABLE } = process.env;

/** What this run of the specs drives. */
export const driverKind: DriverKind = E2E_DRIVER === 'electron' ? 'electron' : 'stand-in';

export interface StartOptions {
  /** A home that exists already, with settings from an earlier start; otherwise one is made. */
  readonly home?: string;
  /** The app's folder or main file; otherwise this repository. */
  readonly app?: string;
  /** The executable of a packaged app, instead of its sources. */
  readonly executable?: string;
  /** Arguments for the app itself. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Another way to act as the person than this run's: for the test of the drivers themselves. */
  readonly person?: DriverKind;
}

export async function startApp(options: StartOptions = {}): Promise<AppDriver> {
  const home = options.home ?? fs.mkdtempSync(path.join(os.tmpdir(), 'app-home-'));
  const misuseFile = path.join(home, 'misuse.jsonl');
  // An earlier start in the same home has told its own.
  fs.rmSync(misuseFile, { force: true });
  const packaged = options.executable ?? APP_EXECUTABLE;
  const executable = driverKind === 'electron' ? (packaged ?? electronExecutable()) : standIn;
  const args = [
    ...(packaged === undefined ? [options.app ?? root] : []),
    // macOS takes ~/Library from the user's record, not from HOME; Electron itself can be told.
    ...(driverKind === 'electron' ? [`--user-data-dir=${path.join(home, 'userData')}`] : []),
    ...(options.args ?? []),
  ];
  const env = {
    ...definedOnly(process.env),
    HOME: home,
    ELECTRON_HOST_MISUSE: misuseFile,
    // The skeleton's executables cannot run: the stand-in takes their part.
    ...(packaged === undefined ? {} : { ELECTRON_HOST_EXECUTABLE: packaged }),
    ...options.env,
  };
  // Without colorScheme: null playwright would paint every page light, whatever nativeTheme says.
  const app = await _electron.launch({ executablePath: executable, args, env, colorScheme: null, timeout: 30_000 });
  const person = (options.person ?? driverKind) === 'electron' ? await electronPerson(app) : standInPerson(app);
  const child = app.process();
  const ended = endOf(child, misuseFile);
  return {
    kind: driverKind,
    app,
    home,
    ...person,
    ended,
    window: (address) => windowAt(app, address),
    isVisible: (address) =>
      app.evaluate(
        ({ BrowserWindow }, part) =>
          BrowserWindow.getAllWindows().some((one) => one.webContents.getURL().includes(part) && one.isVisible()),
        address,
      ),
    answerDialog: (name, result) =>
      app.evaluate(({ dialog }, answer) => void Object.assign(dialog, { [answer.name]: async () => answer.result }), {
        name,
        result,
      }),
    clipboard: () => app.evaluate(({ clipboard }) => clipboard.readText()),
    userData: () => app.evaluate((electron) => electron.app.getPath('userData')),
    startAgain: (...more) => exitCode(spawn(executable, [...args, ...more], { env, stdio: 'ignore' })),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) await app.close();
      return ended;
    },
  };
}

/** What the package `electron` names as its executable: under plain Node the module is a path. */
function electronExecutable(): string {
  const found: unknown = createRequire(import.meta.url)('electron');
  if (typeof found !== 'string') throw new Error('The package electron names no executable');
  return found;
}

/** A window is reported before it has gone anywhere. */
async function windowAt(app: ElectronApplication, address: string): Promise<Page> {
  const isThere = (page: Page) => page.url().includes(address);
  const found = app.windows().find(isThere);
  if (found !== undefined) return found;
  const { promise, resolve } = Promise.withResolvers<Page>();
  const look = (page: Page): void => {
    page
      .waitForURL((url) => url.href.includes(address), { timeout: 30_000 })
      .then(
        () => resolve(page),
        // Another window, which never went there.
        () => undefined,
      );
  };
  for (const page of app.windows()) look(page);
  app.on('window', look);
  const deadline = AbortSignal.timeout(30_000);
  const late = new Promise<never>((_resolve, reject) => {
    deadline.addEventListener('abort', () => reject(new Error(`No window shows ${address}`)));
  });
  return Promise.race([promise, late]).finally(() => app.off('window', look));
}

async function endOf(child: ChildProcess, misuseFile: string): Promise<AppEnd> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const code = await exitCode(child);
  const lines = fs.existsSync(misuseFile) ? fs.readFileSync(misuseFile, 'utf8').split('\n').filter(Boolean) : [];
  return { code, output, misuse: lines.map((line) => String(JSON.parse(line))) };
}

function exitCode(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', resolve));
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
