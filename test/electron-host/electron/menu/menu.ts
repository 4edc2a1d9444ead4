import type * as Electron from 'electron';
import { DeclaredEmitter } from '../../contract/declared-emitter.ts';
import { asElectron, type Like } from '../../contract/like.ts';
import { refuseOtherMembers, refuseOtherStatics } from '../../contract/unsimulated.ts';
import { violation } from '../../contract/violations.ts';
import { acceleratorFault } from './accelerator.ts';
import { findRole, type Role } from './roles.ts';
import { shownEntries } from './template.ts';

type ItemType = Electron.MenuItem['type'];

const itemTypes: readonly string[] = ['normal', 'separator', 'submenu', 'checkbox', 'radio', 'header', 'palette'];

/** What roles need of the app. */
interface RoleSurroundings {
  appName(): string;
  quit(): void;
}

let surroundings: RoleSurroundings = { appName: () => '', quit: () => undefined };

/** Called by the app, which is made after its menus. */
export function surroundRoles(by: RoleSurroundings): void {
  surroundings = by;
}

let lastCommand = 0;

export class MenuItem
  implements
    Like<
      Electron.MenuItem,
      | 'accelerator'
      | 'checked'
      | 'click'
      | 'commandId'
      | 'enabled'
      | 'id'
      | 'label'
      | 'registerAccelerator'
      | 'sublabel'
      | 'toolTip'
      | 'type'
      | 'visible'
    >
{
  readonly id: string;
  readonly type: ItemType;
  readonly role: Electron.MenuItemConstructorOptions['role'];
  readonly accelerator: Electron.MenuItem['accelerator'];
  readonly submenu: Menu | undefined;
  readonly commandId = ++lastCommand;
  readonly click: () => void;
  label: string;
  sublabel: string;
  toolTip: string;
  icon: unknown;
  enabled: boolean;
  visible: boolean;
  registerAccelerator: boolean;
  /** The menu it was put into. */
  menu: Menu | undefined;
  readonly #role: Role | undefined;
  #checked: boolean;

  constructor(options: Electron.MenuItemConstructorOptions) {
    this.#role = roleOf(options);
    this.id = options.id ?? '';
    this.role = options.role;
    this.submenu = submenuOf(options.submenu ?? this.#role?.submenu);
    this.type = checkedType(options.type ?? (this.submenu === undefined ? 'normal' : 'submenu'));
    this.label = options.label ?? labelOf(this.#role);
    this.accelerator = checkedAccelerator(this.label, options.accelerator ?? this.#role?.accelerator);
    this.sublabel = options.sublabel ?? '';
    this.toolTip = options.toolTip ?? '';
    this.icon = options.icon;
    this.enabled = options.enabled ?? true;
    this.visible = options.visible ?? true;
    this.registerAccelerator = options.registerAccelerator ?? true;
    this.#checked = options.checked ?? false;
    // A role is run by AppKit and only when a person picks the item, so calling click() has no effect on one.
    this.click = () => {
      if (this.#role !== undefined) return;
      if (this.type === 'checkbox' || this.type === 'radio') this.checked = !this.checked;
      options.click?.(asElectron<Electron.MenuItem>(this), undefined, plainClick);
    };
  }

  get checked(): boolean {
    return this.#checked;
  }

  /** A radio item cannot be switched off by itself: choosing another of its group does it. */
  set checked(checked: boolean) {
    if (this.type !== 'radio') {
      this.#checked = checked;
    } else if (checked) {
      for (const other of this.menu?.radioGroupOf(this) ?? []) other.#checked = other === this;
      this.#checked = true;
    }
  }

  /** What happens when a person picks it, the work of AppKit included. */
  pick(focused: { close(): void } | null): void {
    this.click();
    if (this.#role?.effect === 'quit') surroundings.quit();
    if (this.#role?.effect === 'close') focused?.close();
  }
}

refuseOtherMembers(MenuItem.prototype, 'MenuItem');

/** Menus that are open on the screen. */
export const openMenus = new Set<Menu>();

export class Menu
  extends DeclaredEmitter
  implements Like<Electron.Menu, 'append' | 'insert' | 'getMenuItemById' | 'popup' | 'closePopup'>
{
  static #application: Menu | null = null;
  readonly items: MenuItem[] = [];

  constructor() {
    super('Menu');
  }

  static buildFromTemplate(template: unknown): Menu {
    const menu = new Menu();
    for (const entry of shownEntries(template))
      menu.append(entry instanceof MenuItem ? entry : new MenuItem(plain(entry)));
    return menu;
  }

  static setApplicationMenu(menu: unknown): void {
    if (menu !== null && !(menu instanceof Menu)) throw new TypeError('The application menu is a Menu or null');
    Menu.#application = menu;
  }

  static getApplicationMenu(): Menu | null {
    return Menu.#application;
  }

  append(item: unknown): void {
    this.insert(this.items.length, item);
  }

  insert(position: number, item: unknown): void {
    if (!(item instanceof MenuItem)) throw new TypeError('A menu is made of MenuItems');
    if (position < 0 || position > this.items.length) throw new RangeError(`The menu has no position ${position}`);
    if (item.id !== '' && this.items.some(({ id }) => id === item.id))
      violation(`Menu: two items are called '${item.id}'`);
    item.menu = this;
    this.items.splice(position, 0, item);
  }

  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }

  /** Neighbouring radio items form a group; any other item ends it. */
  radioGroupOf(item: MenuItem): readonly MenuItem[] {
    const at = this.items.indexOf(item);
    const before = this.items.slice(0, at).findLastIndex(({ type }) => type !== 'radio');
    const after = this.items.findIndex(({ type }, place) => place > at && type !== 'radio');
    return this.items.slice(before + 1, after < 0 ? undefined : after);
  }

  popup(_options?: Electron.PopupOptions): void {
    openMenus.add(this);
    this.fire('menu-will-show', {});
  }

  closePopup(): void {
    if (openMenus.delete(this)) this.fire('menu-will-close', {});
  }
}

refuseOtherMembers(Menu.prototype, 'Menu');
refuseOtherStatics(Menu, 'Menu');

const plainClick = {
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  triggeredByAccelerator: false,
} as const;

function plain(entry: object): Electron.MenuItemConstructorOptions {
  return entry;
}

function roleOf({ role, label }: Electron.MenuItemConstructorOptions): Role | undefined {
  if (role === undefined) return undefined;
  const found = findRole(role);
  if (found === undefined)
    violation(`MenuItem '${label ?? ''}': there is no role '${role}'; Electron shows a dead item`);
  return found;
}

function labelOf(role: Role | undefined): string {
  if (role === undefined) return '';
  return typeof role.label === 'string' ? role.label : role.label(surroundings.appName());
}

function submenuOf(submenu: unknown): Menu | undefined {
  if (submenu === undefined || submenu instanceof Menu) return submenu;
  return Menu.buildFromTemplate(submenu);
}

function checkedType(type: ItemType): ItemType {
  if (!itemTypes.includes(type)) throw new Error(`There is no menu item of type '${type}'`);
  return type;
}

function checkedAccelerator(label: string, accelerator: string | null | undefined): Electron.MenuItem['accelerator'] {
  if (accelerator === undefined || accelerator === null) return null;
  const fault = acceleratorFault(accelerator);
  if (fault !== undefined) violation(`MenuItem '${label}': accelerator ${accelerator}: ${fault}; Electron drops it`);
  return accelerator;
}
