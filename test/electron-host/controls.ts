import type * as Electron from 'electron';
import { asElectron } from './contract/like.ts';
import { violations } from './contract/violations.ts';
import { app } from './electron/app/index.ts';
import { appearance, type SystemAppearance } from './electron/appearance.ts';
import { Menu, type MenuItem, openMenus } from './electron/menu/index.ts';
import { notifications } from './electron/notification.ts';
import { powerMonitor } from './electron/power-monitor.ts';
import type { Permission } from './electron/session/index.ts';
import { opened } from './electron/shell.ts';
import { type Tray, trays } from './electron/tray.ts';
import { BrowserWindow } from './electron/windows/index.ts';
import { type LocalNetworkRule, localNetwork } from './system/local-network.ts';

/** What a test may do that no program may: be the person before the screen, be the system, and look behind things. */
export const controls = {
  violations,
  opened,
  notifications,
  localNetwork,

  /** Whether the app is in the Dock and may come to the front like any other. */
  activationPolicy: () => app.activationPolicy,

  /** The menu-bar icon. @throws Error when there is none */
  tray(): Tray {
    const [tray] = trays;
    if (tray === undefined) throw new Error('There is no icon in the menu bar');
    return tray;
  },

  /** Picks an item of the menu that is open. @throws Error when a person could not */
  pickFromOpenMenu(id: string): void {
    const [menu] = openMenus;
    if (menu === undefined) throw new Error('No menu is open');
    const item = pickable(menu, id);
    menu.closePopup();
    item.pick(BrowserWindow.getFocusedWindow());
  },

  /** Picks an item of the menu bar, which a shortcut does as well. @throws Error when a person could not */
  pickFromMenuBar(id: string): void {
    const menu = Menu.getApplicationMenu();
    if (menu === null) throw new Error('The app has no application menu');
    pickable(menu, id).pick(BrowserWindow.getFocusedWindow());
  },

  clickOutside(): void {
    BrowserWindow.getFocusedWindow()?.blur();
  },

  /** A click on the Dock icon, or a second start from Finder. */
  activate(): void {
    app.fire(
      'activate',
      {},
      BrowserWindow.getAllWindows().some((window) => window.isVisible()),
    );
  },

  firePower(event: 'suspend' | 'resume' | 'lock-screen' | 'unlock-screen'): void {
    powerMonitor.fire(event);
  },

  setAppearance(change: Partial<SystemAppearance>): void {
    appearance.changeSystem(change);
  },

  /** What happens from now on when the app uses the local network; the uses so far are forgotten. */
  setLocalNetwork(rule: LocalNetworkRule): void {
    localNetwork.rule = rule;
    localNetwork.uses.length = 0;
  },

  /** What macOS answers when the app wants to be opened at login. */
  decideLoginItem(status: Electron.LoginItemSettings['status']): void {
    app.loginItem.decide(status);
  },

  /** Whether the app would let the first window's page have a permission it asks for. */
  askPermission(permission: Permission, origin: string): Promise<boolean> {
    const [window] = BrowserWindow.getAllWindows();
    if (window === undefined) throw new Error('There is no window whose page could ask');
    const contents = window.webContents;
    return contents.session.answerPermission(asElectron<Electron.WebContents>(contents), permission, origin);
  },
};

export type Controls = typeof controls;

function pickable(menu: Menu, id: string): MenuItem {
  const item = menu.getMenuItemById(id);
  if (item === null) throw new Error(`The menu has no item '${id}'`);
  if (!item.visible || !item.enabled || item.type === 'separator' || item.submenu !== undefined) {
    throw new Error(`Nobody can pick '${item.label}': visible ${item.visible}, enabled ${item.enabled}, ${item.type}`);
  }
  return item;
}
