import type * as Electron from 'electron';
import { DeclaredEmitter } from '../../contract/declared-emitter.ts';
import type { Like } from '../../contract/like.ts';
import { preventable } from '../../contract/preventable.ts';
import { refuseOtherMembers } from '../../contract/unsimulated.ts';
import { appFolder } from '../contents/index.ts';
import { surroundRoles } from '../menu/index.ts';
import { closeChromium, isReady } from '../runtime.ts';
import { openWindows } from '../windows/index.ts';
import { Dock } from './dock.ts';
import { Folders } from './folders.ts';
import { InstanceLock } from './instance-lock.ts';
import { LoginItem } from './login-item.ts';
import { Quitting } from './quitting.ts';
import { Switches } from './switches.ts';

/** Node's own: process.exit is app.exit in Electron, so the boot replaces it. */
const endProcess = process.exit.bind(process);

/** What the boot finds out about the app before its first line runs. */
export interface AppDescription {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  readonly packaged: boolean;
}

export class App
  extends DeclaredEmitter
  implements
    Like<
      Electron.App,
      | 'name'
      | 'isPackaged'
      | 'commandLine'
      | 'dock'
      | 'whenReady'
      | 'isReady'
      | 'quit'
      | 'exit'
      | 'relaunch'
      | 'getName'
      | 'setName'
      | 'getVersion'
      | 'getAppPath'
      | 'getPath'
      | 'setPath'
      | 'setAppLogsPath'
      | 'getLocale'
      | 'getSystemLocale'
      | 'getPreferredSystemLanguages'
      | 'requestSingleInstanceLock'
      | 'hasSingleInstanceLock'
      | 'releaseSingleInstanceLock'
      | 'setLoginItemSettings'
      | 'getLoginItemSettings'
      | 'setActivationPolicy'
      | 'focus'
      | 'hide'
      | 'show'
      | 'isHidden'
      | 'isActive'
      | 'enableSandbox'
      | 'setAboutPanelOptions'
      | 'isInApplicationsFolder'
    >
{
  readonly commandLine = new Switches();
  readonly dock = new Dock();
  /** For tests, which are the system here. */
  readonly loginItem = new LoginItem();
  isPackaged = false;
  /** For tests: how often a new start was asked for. */
  relaunches = 0;
  /** For tests. */
  activationPolicy: 'regular' | 'accessory' | 'prohibited' = 'regular';
  #name = 'Electron';
  #version = '';
  #hidden = false;
  #exiting = false;
  readonly #ready = Promise.withResolvers<void>();
  readonly #lock = new InstanceLock();
  readonly #folders = new Folders(
    () => this.#name,
    () => this.commandLine.getSwitchValue('user-data-dir'),
  );
  readonly #quitting = new Quitting({
    allows: (event) => this.#allows(event),
    windowCount: () => openWindows.all.length,
    closeWindows: () => this.#closeWindows(),
    exit: () => this.exit(typeof process.exitCode === 'number' ? process.exitCode : 0),
  });

  constructor() {
    super('App');
    surroundRoles({ appName: () => this.#name, quit: () => this.quit() });
    openWindows.on('created', (window) => {
      this.fire('web-contents-created', preventable(), window.webContents);
      this.fire('browser-window-created', preventable(), window);
    });
    openWindows.on('focused', (window) => this.fire('browser-window-focus', preventable(), window));
    openWindows.on('blurred', (window) => this.fire('browser-window-blur', preventable(), window));
    openWindows.on('close-refused', () => this.#quitting.closeRefused());
    openWindows.on('all-closed', () => this.#allClosed());
  }

  /** Called by the boot. */
  describe({ name, version, folder, packaged }: AppDescription): void {
    this.#name = name;
    this.#version = version;
    this.isPackaged = packaged;
    appFolder.path = folder;
  }

  /** Called by the boot, when the main module has been loaded and Chromium runs. */
  becomeReady(): void {
    this.fire('will-finish-launching');
    this.fire('ready', preventable(), {});
    this.#ready.resolve();
  }

  isReady(): boolean {
    return isReady();
  }

  whenReady(): Promise<void> {
    return this.#ready.promise;
  }

  quit(): void {
    if (!this.#exiting) this.#quitting.begin();
  }

  exit(code = 0): void {
    if (this.#exiting) return;
    this.#exiting = true;
    for (const window of openWindows.all) window.destroy();
    this.fire('quit', preventable(), code);
    this.releaseSingleInstanceLock();
    void closeChromium().finally(() => endProcess(code));
  }

  /** Noted for a test: nothing is started. */
  relaunch(_options?: Electron.RelaunchOptions): void {
    this.relaunches++;
  }

  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#name = name;
  }

  getName(): string {
    return this.#name;
  }

  setName(name: string): void {
    this.#name = name;
  }

  getVersion(): string {
    return this.#version;
  }

  getAppPath(): string {
    return appFolder.path;
  }

  getPath(name: string): string {
    return this.#folders.get(name);
  }

  setPath(name: string, folder: string): void {
    this.#folders.set(name, folder);
  }

  setAppLogsPath(folder?: string): void {
    if (folder !== undefined) this.#folders.set('logs', folder);
  }

  /** What --lang asks for; the stand-in has no system language. */
  getLocale(): string {
    return this.commandLine.getSwitchValue('lang') || 'en-US';
  }

  getSystemLocale(): string {
    return this.getLocale();
  }

  getPreferredSystemLanguages(): string[] {
    return [this.getLocale()];
  }

  requestSingleInstanceLock(additionalData?: object): boolean {
    const note = { argv: process.argv, workingDirectory: process.cwd(), additionalData };
    return this.#lock.acquire(this.getPath('userData'), note, (second) => {
      this.fire('second-instance', preventable(), second.argv, second.workingDirectory, second.additionalData);
    });
  }

  hasSingleInstanceLock(): boolean {
    return this.#lock.held;
  }

  releaseSingleInstanceLock(): void {
    this.#lock.release();
  }

  setLoginItemSettings(settings: Electron.Settings): void {
    this.loginItem.change(settings, this.isPackaged);
  }

  getLoginItemSettings(_options?: Electron.LoginItemSettingsOptions): Electron.LoginItemSettings {
    return this.loginItem.settings;
  }

  /** Decides about a Dock icon and a menu bar that are not drawn here. */
  setActivationPolicy(policy: 'regular' | 'accessory' | 'prohibited'): void {
    this.activationPolicy = policy;
  }

  focus(_options?: Electron.FocusOptions): void {
    // The only app there is has the focus already.
  }

  hide(): void {
    this.#hidden = true;
  }

  show(): void {
    this.#hidden = false;
  }

  isHidden(): boolean {
    return this.#hidden;
  }

  isActive(): boolean {
    return openWindows.focused !== null;
  }

  enableSandbox(): void {
    if (this.isReady()) throw new Error('app.enableSandbox has to come before the app is ready');
  }

  setAboutPanelOptions(_options: Electron.AboutPanelOptionsOptions): void {
    // The panel is AppKit's.
  }

  isInApplicationsFolder(): boolean {
    return this.isPackaged;
  }

  #allows(name: 'before-quit' | 'will-quit'): boolean {
    const event = preventable();
    this.fire(name, event);
    return !event.defaultPrevented;
  }

  /** Stops asking as soon as one refuses. */
  #closeWindows(): void {
    for (const window of openWindows.all) {
      if (this.#quitting.underWay) window.close();
    }
  }

  #allClosed(): void {
    if (this.#exiting) return;
    if (this.#quitting.underWay) this.#quitting.allClosed();
    else if (this.listenerCount('window-all-closed') > 0) this.fire('window-all-closed');
    else this.quit();
  }
}

refuseOtherMembers(App.prototype, 'App');

export const app = new App();
