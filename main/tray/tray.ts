import { Menu, type MenuItemConstructorOptions, type NativeImage, nativeImage, Tray } from 'electron';
import type { AppController } from '../../app/desktop/index.ts';
import { type Light, lightOf, titleOf, tooltipOf } from '../../app/ipc/index.ts';
import { places } from '../places.ts';
import type { MenuAction, MenuRow } from './menu-view.ts';

/** The native menu for these rows. */
function buildMenu(rows: readonly MenuRow[], perform: (action: MenuAction) => void): Menu {
  return Menu.buildFromTemplate(rows.map((row) => itemFor(row, perform)));
}

function itemFor(row: MenuRow, perform: (action: MenuAction) => void): MenuItemConstructorOptions {
  switch (row.kind) {
    case 'line':
      return { type: 'separator' };
    case 'words':
      return { id: row.id, label: literal(row.label), enabled: false };
    case 'action':
      return {
        id: row.id,
        label: literal(row.label),
        ...(row.checked === undefined ? {} : { type: 'checkbox', checked: row.checked }),
        ...(row.accelerator === undefined ? {} : { accelerator: row.accelerator, registerAccelerator: false }),
        click: () => perform(row.action),
      };
    case 'submenu':
      return { id: row.id, label: literal(row.label), submenu: row.rows.map((inner) => itemFor(inner, perform)) };
    default:
      return row satisfies never;
  }
}

/** `&` would mark a mnemonic, and vanish: names of servers and hosts are shown as they are. */
function literal(label: string): string {
  return label.replaceAll('&', '&&');
}

export interface TrayOptions {
  readonly controller: AppController;
  /** The rows of the menu as they are at this moment. */
  readonly rows: () => readonly MenuRow[];
  readonly perform: (action: MenuAction) => void;
}

/** The icon in the menu bar. The caller has to hold it: a tray that is garbage-collected disappears. */
export function createTray({ controller, rows, perform }: TrayOptions): Tray {
  const images = new Map<Light, NativeImage>();
  const image = (light: Light): NativeImage => {
    const known = images.get(light) ?? templateImage(light);
    images.set(light, known);
    return known;
  };
  let shown = lightOf(controller.state());
  const tray = new Tray(image(shown));
  // Else the second click of a double-click hides what the first has shown.
  tray.setIgnoreDoubleClickEvents(true);

  let title = '';
  let words = tooltipOf(controller.state(), controller.text, Date.now());
  const show = (): void => {
    const state = controller.state();
    const light = lightOf(state);
    // macOS redraws the whole menu bar for every one of these.
    if (light !== shown) tray.setImage(image(light));
    shown = light;
    const now = Date.now();
    const beside = titleOf(state, controller.text, now);
    if (beside !== title) tray.setTitle(beside, { fontType: 'monospacedDigit' });
    title = beside;
    const said = tooltipOf(state, controller.text, now);
    if (said !== words) tray.setToolTip(said);
    words = said;
  };
  tray.setToolTip(words);
  show();
  controller.subscribe(show);
  // popUpContextMenu lets Node go on while the menu is open; setContextMenu would stop the proxy (electron#13820).
  tray.on('right-click', () => tray.popUpContextMenu(buildMenu(rows(), perform)));
  return tray;
}

function templateImage(light: Light): NativeImage {
  const image = nativeImage.createFromPath(places().trayImage(light));
  image.setTemplateImage(true);
  return image;
}
