import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { MenuAction, MenuRow } from './menu-view.ts';

/** The native menu for these rows. */
export function buildMenu(rows: readonly MenuRow[], perform: (action: MenuAction) => void): Menu {
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
