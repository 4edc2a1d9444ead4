import type * as Electron from 'electron';
import { refuseArgument, requireString } from '../contract/arguments.ts';
import { DeclaredEmitter } from '../contract/declared-emitter.ts';
import type { Like } from '../contract/like.ts';
import { refuseOtherMembers } from '../contract/unsimulated.ts';
import { violation } from '../contract/violations.ts';
import { settings } from '../settings.ts';
import { imageFrom, type NativeImage } from './image/native-image.ts';
import { Menu } from './menu/index.ts';
import { isReady } from './runtime.ts';
import { menuBarHeight } from './screen.ts';

/** The tallest icon macOS draws in full, in points. */
const tallestIcon = 22;

/** The icons in the menu bar, oldest first. */
export const trays = new Set<Tray>();

/** Modifier keys held during a click. */
export type Modifiers = Partial<Record<'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey', boolean>>;

export class Tray
  extends DeclaredEmitter
  implements
    Like<
      Electron.Tray,
      | 'setImage'
      | 'setPressedImage'
      | 'setToolTip'
      | 'setTitle'
      | 'getTitle'
      | 'setContextMenu'
      | 'popUpContextMenu'
      | 'closeContextMenu'
      | 'getBounds'
      | 'destroy'
      | 'isDestroyed'
      | 'setIgnoreDoubleClickEvents'
      | 'getIgnoreDoubleClickEvents'
    >
{
  #image: NativeImage;
  #title = '';
  #toolTip = '';
  #contextMenu: Menu | null = null;
  #openMenu: Menu | null = null;
  #ignoresDoubleClicks = false;
  #destroyed = false;

  constructor(image: unknown, _guid?: string) {
    super('Tray');
    if (!isReady()) throw new Error('A tray icon has to wait for app.whenReady()');
    this.#image = checkIcon(image);
    trays.add(this);
  }

  /** For tests: the icon shown now, the words under the pointer, the menu that is open. */
  get shown(): { readonly icon: NativeImage; readonly toolTip: string; readonly menu: Menu | null } {
    return { icon: this.#image, toolTip: this.#toolTip, menu: this.#openMenu };
  }

  setImage(image: unknown): void {
    this.#mustLive();
    this.#image = checkIcon(image);
  }

  setPressedImage(image: unknown): void {
    this.#mustLive();
    checkIcon(image);
  }

  setToolTip(toolTip: string): void {
    this.#mustLive();
    this.#toolTip = requireString('tray.setToolTip', toolTip);
  }

  setTitle(title: string, _options?: Electron.TitleOptions): void {
    this.#mustLive();
    this.#title = requireString('tray.setTitle', title);
  }

  getTitle(): string {
    this.#mustLive();
    return this.#title;
  }

  setContextMenu(menu: unknown): void {
    this.#mustLive();
    this.#contextMenu = menuOrNull('tray.setContextMenu', menu);
  }

  popUpContextMenu(menu?: unknown): void {
    this.#mustLive();
    this.#openMenu = menuOrNull('tray.popUpContextMenu', menu ?? this.#contextMenu);
    this.#openMenu?.popup();
  }

  closeContextMenu(): void {
    this.#openMenu?.closePopup();
    this.#openMenu = null;
  }

  /** A place left of the clock; a title makes it wider. */
  getBounds(): Electron.Rectangle {
    this.#mustLive();
    const width = 30 + 7 * this.#title.length;
    return { x: settings.display.width - 180 - width, y: 0, width, height: menuBarHeight };
  }

  setIgnoreDoubleClickEvents(ignore: boolean): void {
    this.#ignoresDoubleClicks = ignore;
  }

  getIgnoreDoubleClickEvents(): boolean {
    return this.#ignoresDoubleClicks;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  destroy(): void {
    this.#destroyed = true;
    trays.delete(this);
  }

  /** What a person does: the left button. */
  userClick(modifiers: Modifiers = {}): void {
    const bounds = this.getBounds();
    const keys = { altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...modifiers };
    this.fire('click', keys, bounds, { x: bounds.x + bounds.width / 2, y: bounds.height / 2 });
    if (this.#contextMenu === null) return;
    if (this.listenerCount('click') > 0) {
      violation('Tray: it has a context menu and a click listener; on macOS one left click serves both');
    }
    this.popUpContextMenu();
  }

  /** What a person does: the right button, or the left one with the control key. */
  userRightClick(): void {
    this.fire('right-click', {}, this.getBounds());
  }

  #mustLive(): void {
    if (this.#destroyed) throw new TypeError('The tray icon has been destroyed');
  }
}

refuseOtherMembers(Tray.prototype, 'Tray');

function menuOrNull(call: string, menu: unknown): Menu | null {
  if (menu === null || menu === undefined) return null;
  return menu instanceof Menu ? menu : refuseArgument(call, 'a Menu');
}

/** What Electron accepts and the menu bar then shows badly, or not at all. */
function checkIcon(image: unknown): NativeImage {
  const icon = imageFrom('Tray', image);
  if (icon.isEmpty()) {
    violation('Tray: an empty image makes an invisible icon');
  } else if (icon.getSize().height > tallestIcon) {
    violation(`Tray: the icon is ${icon.getSize().height} points high; the menu bar has room for ${tallestIcon}`);
  } else if (!icon.isTemplateImage()) {
    violation('Tray: the icon is no template image, so it cannot follow the light and the dark menu bar');
  }
  return icon;
}
