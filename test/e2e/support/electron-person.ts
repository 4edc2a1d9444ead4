import type * as Electron from 'electron';
import type { ElectronApplication } from 'playwright-core';
import type { MenuEntry } from './driver.ts';
import type { Person } from './person.ts';

declare global {
  // Kept in the main process, where the functions below run.
  var __e2e: {
    readonly trayPrototype: object;
    readonly opened: string[];
    trays: readonly Electron.Tray[];
    menu: Electron.Menu | null;
  };
}

/**
 * Real Electron lets no test near the menu bar: events and `item.click()` stand in for the person, and a native menu,
 * which would hold up the main process, is not opened but remembered. Only public interfaces are used.
 */
export async function electronPerson(app: ElectronApplication): Promise<Person> {
  await app.evaluate(({ Tray, shell }) => {
    globalThis.__e2e = { trayPrototype: Tray.prototype, opened: [], trays: [], menu: null };
    const keep = (target: string) => void globalThis.__e2e.opened.push(target);
    shell.openExternal = async (url) => keep(url);
    shell.showItemInFolder = keep;
    shell.openPath = async (file) => {
      keep(file);
      return '';
    };
    Tray.prototype.popUpContextMenu = (menu) => {
      globalThis.__e2e.menu = menu ?? null;
    };
  });

  /** Calls the function with the app's tray icon. Nothing leads from outside to it but the heap of the main process. */
  const withTray = async <Result>(act: (tray: Electron.Tray) => Result): Promise<Result> => {
    await app.evaluate(() => {
      const { Session } = process.getBuiltinModule('node:inspector');
      const session = new Session();
      session.connect();
      session.post('Runtime.evaluate', { expression: 'globalThis.__e2e.trayPrototype' }, (_error, prototype) => {
        const prototypeObjectId = prototype.result.objectId ?? '';
        session.post('Runtime.queryObjects', { prototypeObjectId }, (_failed, { objects }) => {
          const functionDeclaration = 'function () { globalThis.__e2e.trays = this; }';
          session.post('Runtime.callFunctionOn', { functionDeclaration, objectId: objects.objectId ?? '' });
        });
      });
      session.disconnect();
    });
    const tray = await app.evaluateHandle(() => {
      const living = globalThis.__e2e.trays.find((one) => !one.isDestroyed());
      if (living === undefined) throw new Error('There is no icon in the menu bar');
      return living;
    });
    return tray.evaluate(act);
  };

  return {
    tray: {
      click: () => withTray((tray) => void tray.emit('click', {}, tray.getBounds(), { x: 0, y: 0 })),
      openMenu: async () => {
        await withTray((tray) => void tray.emit('right-click', {}, tray.getBounds()));
        return app.evaluate(() => {
          const read = (menu: Electron.Menu | null | undefined): MenuEntry[] =>
            (menu?.items ?? []).map(({ id, label, sublabel, type, checked, enabled, visible, submenu }) => {
              return { id, label, sublabel, type, checked, enabled, visible, submenu: read(submenu) };
            });
          return read(globalThis.__e2e.menu);
        });
      },
      pick: (id) =>
        app.evaluate((_electron, wanted) => {
          const item = globalThis.__e2e.menu?.getMenuItemById(wanted);
          if (!item?.enabled || !item.visible) throw new Error(`Nobody can pick '${wanted}'`);
          item.click();
        }, id),
      title: () => withTray((tray) => tray.getTitle()),
    },
    pickFromMenuBar: (id) =>
      app.evaluate(({ Menu }, wanted) => {
        const item = Menu.getApplicationMenu()?.getMenuItemById(wanted);
        if (!item?.enabled || !item.visible) throw new Error(`Nobody can pick '${wanted}'`);
        item.click();
      }, id),
    clickOutside: () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getFocusedWindow()?.blur()),
    opened: () => app.evaluate(() => globalThis.__e2e.opened),
    power: (event) => app.evaluate(({ powerMonitor }, name) => void powerMonitor.emit(name), event),
    activate: () =>
      app.evaluate((electron) => {
        const anyVisible = electron.BrowserWindow.getAllWindows().some((one) => one.isVisible());
        electron.app.emit('activate', {}, anyVisible);
      }),
  };
}
