import type * as Electron from 'electron';
import type { Like } from '../../contract/like.ts';
import { type Preventable, preventable } from '../../contract/preventable.ts';
import { refuseOtherMembers, refuseOtherStatics } from '../../contract/unsimulated.ts';
import { WebContents } from '../contents/index.ts';
import type { NativeImage } from '../image/native-image.ts';
import { isReady } from '../runtime.ts';
import { openWindows } from './open-windows.ts';
import { middle, PlacedWindow } from './placed-window.ts';
import { Placement } from './placement.ts';

let lastId = 0;

export class BrowserWindow
  extends PlacedWindow
  implements
    Like<
      Electron.BrowserWindow,
      | 'id'
      | 'webContents'
      | 'loadFile'
      | 'loadURL'
      | 'capturePage'
      | 'show'
      | 'showInactive'
      | 'hide'
      | 'focus'
      | 'blur'
      | 'close'
      | 'destroy'
      | 'minimize'
      | 'restore'
      | 'isVisible'
      | 'isFocused'
      | 'isMinimized'
      | 'isDestroyed'
      | 'getTitle'
      | 'setTitle'
    >
{
  readonly id = ++lastId;
  readonly webContents: WebContents;
  readonly #placement: Placement;
  #title: string;
  #visible = false;
  #minimized = false;
  #destroyed = false;
  #announcedReady = false;

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super(options);
    if (!isReady()) throw new Error('A window has to wait for app.whenReady()');
    const { width = 800, height = 600, x = middle('width', width), y = middle('height', height) } = options;
    this.#title = options.title ?? '';
    this.webContents = new WebContents(
      {
        close: () => this.close(),
        focus: () => this.focus(),
        isFocused: () => this.isFocused(),
        readyToShow: () => this.#readyToShow(),
        titleChanged: (title, event) => this.#titleChanged(title, event),
      },
      options.webPreferences ?? {},
      { width, height },
    );
    this.#placement = new Placement(this.webContents.page, { x, y, width, height });
    openWindows.add(this);
    if (options.show !== false) this.show();
  }

  static getAllWindows(): BrowserWindow[] {
    return openWindows.all;
  }

  static getFocusedWindow(): BrowserWindow | null {
    return openWindows.focused;
  }

  static fromId(id: number): BrowserWindow | null {
    return openWindows.find(id);
  }

  static fromWebContents(contents: unknown): BrowserWindow | null {
    return openWindows.all.find((window) => window.webContents === contents) ?? null;
  }

  loadURL(url: string, options?: Electron.LoadURLOptions): Promise<void> {
    return this.webContents.loadURL(url, options);
  }

  loadFile(file: string, options?: Electron.LoadFileOptions): Promise<void> {
    return this.webContents.loadFile(file, options);
  }

  capturePage(): Promise<NativeImage> {
    return this.webContents.capturePage();
  }

  show(): void {
    this.showInactive();
    this.focus();
  }

  showInactive(): void {
    this.#mustLive();
    if (this.#visible) return;
    this.#visible = true;
    this.#placement.setHidden(false);
    this.fire('show');
  }

  hide(): void {
    this.#mustLive();
    if (!this.#visible) return;
    this.#visible = false;
    this.blur();
    this.#placement.setHidden(true);
    this.fire('hide');
  }

  focus(): void {
    this.#mustLive();
    const before = openWindows.focused;
    if (!this.#visible || before === this) return;
    before?.blur();
    openWindows.setFocused(this);
    this.#placement.bringToFront();
    this.fire('focus');
    openWindows.emit('focused', this);
  }

  blur(): void {
    this.#mustLive();
    if (!this.isFocused()) return;
    openWindows.setFocused(null);
    this.fire('blur');
    openWindows.emit('blurred', this);
  }

  close(): void {
    if (this.#destroyed) return;
    const event = preventable();
    this.fire('close', event);
    if (event.defaultPrevented) openWindows.emit('close-refused');
    else this.destroy();
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#visible = false;
    this.webContents.destroyWithWindow();
    openWindows.remove(this);
    this.fire('closed');
  }

  minimize(): void {
    this.#mustLive();
    this.#minimized = true;
    this.#placement.setHidden(true);
    this.fire('minimize');
  }

  restore(): void {
    this.#mustLive();
    this.#minimized = false;
    this.#placement.setHidden(!this.#visible);
    this.fire('restore');
  }

  isVisible(): boolean {
    this.#mustLive();
    return this.#visible;
  }

  isFocused(): boolean {
    return openWindows.focused === this;
  }

  isMinimized(): boolean {
    return this.#minimized;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  getTitle(): string {
    return this.#title;
  }

  setTitle(title: string): void {
    this.#title = title;
  }

  #readyToShow(): void {
    if (this.#announcedReady) return;
    this.#announcedReady = true;
    this.fire('ready-to-show');
  }

  #titleChanged(title: string, ofPage: Preventable): void {
    const event = preventable();
    this.fire('page-title-updated', event, title, true);
    if (!event.defaultPrevented && !ofPage.defaultPrevented) this.#title = title;
  }

  protected livingPlacement(): Placement {
    this.#mustLive();
    return this.#placement;
  }

  #mustLive(): void {
    if (this.#destroyed) throw new TypeError('The window has been destroyed');
  }
}

refuseOtherMembers(BrowserWindow.prototype, 'BrowserWindow');
refuseOtherStatics(BrowserWindow, 'BrowserWindow');
