import { app, shell } from 'electron';
import type { LoginItem } from '../app/ipc/index.ts';

/** The state in the system, read each time: a person can change it in System Settings at any moment. */
export function loginItem(): LoginItem {
  // From its sources it would be Electron itself that is opened at login.
  return app.isPackaged ? app.getLoginItemSettings().status : 'unavailable';
}

export function setLoginItem(openAtLogin: boolean): LoginItem {
  if (app.isPackaged) app.setLoginItemSettings({ openAtLogin });
  return loginItem();
}

/** Where a person approves of it. */
export function openLoginItems(): Promise<void> {
  return shell.openExternal('x-apple.systempreferences:com.apple.LoginItems-Settings.extension');
}
