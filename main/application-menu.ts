import { Menu } from 'electron';
import type { AppText } from '../app/i18n/app.ts';
import type { TextSizeStep } from './text-size.ts';

export interface MenuBarActions {
  readonly settings: () => void;
  readonly logs: () => void;
  readonly activity: () => void;
  readonly quit: () => void;
  readonly textSize: (step: TextSizeStep) => void;
}

/** macOS takes the shortcuts for cut, copy and paste from this menu: without it they do not work, with or without a Dock icon. */
export function setApplicationMenu(text: AppText, actions: MenuBarActions): void {
  const words = text.menu;
  const larger = (): void => actions.textSize('larger');
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      {
        label: 'MCP Gangway',
        submenu: [
          { role: 'about', label: words.about },
          { type: 'separator' },
          { id: 'settings', label: words.settings, accelerator: 'Command+,', click: actions.settings },
          {
            id: 'activity',
            label: words.activity,
            accelerator: 'Command+Shift+L',
            click: actions.activity,
          },
          { id: 'logs', label: words.logs, accelerator: 'Command+L', click: actions.logs },
          { type: 'separator' },
          { role: 'hide' },
          { role: 'hideOthers' },
          { role: 'unhide' },
          { type: 'separator' },
          // Its role would have AppKit quit past our own question.
          { id: 'quit', label: words.quit, accelerator: 'Command+Q', click: actions.quit },
        ],
      },
      {
        label: words.edit,
        submenu: [
          { role: 'undo' },
          { role: 'redo' },
          { type: 'separator' },
          { role: 'cut' },
          { role: 'copy' },
          { role: 'paste' },
          { role: 'selectAll' },
        ],
      },
      {
        label: words.view,
        submenu: [
          { id: 'text-larger', label: words.largerText, accelerator: 'Command+Plus', click: larger },
          // The same key without Shift, on keyboards where the sign is above the equals sign.
          { label: words.largerText, accelerator: 'Command+=', visible: false, click: larger },
          {
            id: 'text-smaller',
            label: words.smallerText,
            accelerator: 'Command+-',
            click: () => actions.textSize('smaller'),
          },
          {
            id: 'text-actual',
            label: words.actualSize,
            accelerator: 'Command+0',
            click: () => actions.textSize('actual'),
          },
        ],
      },
      { label: words.window, submenu: [{ role: 'close', label: words.closeWindow }, { role: 'minimize' }] },
    ]),
  );
}
