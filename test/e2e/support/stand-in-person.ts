import type { ElectronApplication } from 'playwright-core';
import type { Controls } from '../../electron-host/controls.ts';
import type { MenuEntry } from './driver.ts';
import type { Person } from './person.ts';

declare global {
  // The stand-in's door for tests, in the main process that the functions below run in.
  var __electronHost: Controls;
}

/** The stand-in lets a test do what a person does, and refuses what a person could not do. */
export function standInPerson(app: ElectronApplication): Person {
  return {
    tray: {
      click: () => app.evaluate(() => globalThis.__electronHost.tray().userClick()),
      openMenu: () =>
        app.evaluate(() => {
          const tray = globalThis.__electronHost.tray();
          // A person opens one menu at a time.
          tray.closeContextMenu();
          tray.userRightClick();
          const read = (items: readonly MenuItemLike[]): MenuEntry[] =>
            items.map(({ id, label, sublabel, type, checked, enabled, visible, submenu }) => {
              return { id, label, sublabel, type, checked, enabled, visible, submenu: read(submenu?.items ?? []) };
            });
          return read(tray.shown.menu?.items ?? []);
        }),
      pick: (id) => app.evaluate((_electron, wanted) => globalThis.__electronHost.pickFromOpenMenu(wanted), id),
      title: () => app.evaluate(() => globalThis.__electronHost.tray().getTitle()),
    },
    pickFromMenuBar: (id) => app.evaluate((_electron, wanted) => globalThis.__electronHost.pickFromMenuBar(wanted), id),
    clickOutside: () => app.evaluate(() => globalThis.__electronHost.clickOutside()),
    opened: () => app.evaluate(() => globalThis.__electronHost.opened.map(({ target }) => target)),
    power: (event) => app.evaluate((_electron, name) => globalThis.__electronHost.firePower(name), event),
    activate: () => app.evaluate(() => globalThis.__electronHost.activate()),
  };
}

interface MenuItemLike extends Omit<MenuEntry, 'submenu'> {
  readonly submenu?: { readonly items: readonly MenuItemLike[] } | undefined;
}
