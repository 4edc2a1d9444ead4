// The menu bar: menus, the tray icon, and what a person does with them.
import path from 'node:path';
import { Menu, nativeImage, Tray } from 'electron';
import { controls, failureOf, note, runProgram } from './program.ts';

const icon = path.join(import.meta.dirname, '..', 'sample', 'iconTemplate.png');
const labels = (menu: Menu) => menu.items.map(({ label, type }) => (type === 'separator' ? '-' : label));

runProgram(async () => {
  const line = { type: 'separator' } as const;
  note('separators', labels(Menu.buildFromTemplate([line, { label: 'a' }, line, line, { role: 'quit' }, line])));
  note('badTemplates', [
    failureOf(() => Reflect.apply(Menu.buildFromTemplate, Menu, ['x'])),
    failureOf(() => Menu.buildFromTemplate([{ type: 'normal' }])),
  ]);
  note('editMenu', labels(Menu.buildFromTemplate([{ role: 'editMenu' }]).items[0]?.submenu ?? new Menu()));
  Menu.buildFromTemplate([{ label: 'x', accelerator: 'Cmd+Nope' }]);

  const clicked: string[] = [];
  const menu = Menu.buildFromTemplate([
    { id: 'on', label: 'On', type: 'checkbox', click: ({ checked }) => clicked.push(`on ${checked}`) },
    { id: 'off', label: 'Off', enabled: false },
    { id: 'left', label: 'Left', type: 'radio', checked: true },
    { id: 'right', label: 'Right', type: 'radio' },
    { label: 'More', submenu: [{ id: 'deep', label: 'Deep', click: () => clicked.push('deep') }] },
  ]);
  const tray = new Tray(nativeImage.createFromPath(icon));
  tray.on('click', () => clicked.push('tray'));
  tray.on('right-click', () => tray.popUpContextMenu(menu));
  controls.tray().userClick();
  for (const id of ['on', 'right', 'deep']) {
    controls.tray().userRightClick();
    controls.pickFromOpenMenu(id);
  }
  note('clicked', clicked);
  note('radio', [menu.getMenuItemById('left')?.checked, menu.getMenuItemById('right')?.checked]);
  controls.tray().userRightClick();
  note(
    'disabled',
    failureOf(() => controls.pickFromOpenMenu('off')),
  );

  tray.setTitle('three');
  note('tray', [tray.getTitle(), tray.getBounds().y, controls.tray().shown.icon.getScaleFactors()]);
  note(
    'noIcon',
    failureOf(() => new Tray('/nowhere.png')),
  );
  tray.setImage(nativeImage.createEmpty());
  Menu.setApplicationMenu(Menu.buildFromTemplate([{ label: 'App', submenu: [{ id: 'quit', role: 'quit' }] }]));
  controls.pickFromMenuBar('quit');
});
