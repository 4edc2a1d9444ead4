import fs from 'node:fs';
import path from 'node:path';
import type * as Electron from 'electron/main';
import { absentModule } from '../contract/unsimulated.ts';
import { app } from './app/index.ts';
import { AutoUpdater } from './auto-updater.ts';
import { clipboard } from './clipboard.ts';
import { webContents } from './contents/index.ts';
import { dialog } from './dialog.ts';
import { NativeImage } from './image/native-image.ts';
import { ipcMain } from './ipc/ipc-main.ts';
import { Menu, MenuItem } from './menu/index.ts';
import { nativeTheme } from './native-theme.ts';
import { net } from './net.ts';
import { Notification } from './notification.ts';
import { powerMonitor } from './power-monitor.ts';
import { protocol } from './protocol/index.ts';
import { safeStorage } from './safe-storage.ts';
import { screen } from './screen.ts';
import { session } from './session/index.ts';
import { shell } from './shell.ts';
import { systemPreferences } from './system-preferences.ts';
import { Tray } from './tray.ts';
import { BrowserWindow, openWindows } from './windows/index.ts';

type Export = keyof typeof Electron;

/** Electron closes every window first, and waits for the last one. Then the archive is "installed": put where a test finds it. */
const autoUpdater = new AutoUpdater((archive) => {
  const quit = (): void => {
    fs.writeFileSync(path.join(app.getPath('userData'), 'installed.zip'), archive);
    app.quit();
  };
  if (openWindows.all.length === 0) return quit();
  openWindows.once('all-closed', quit);
  for (const window of openWindows.all) window.close();
});

const simulated = {
  app,
  autoUpdater,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  MenuItem,
  nativeImage: NativeImage,
  nativeTheme,
  net,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  systemPreferences,
  Tray,
  webContents,
};

/** They can be imported, and say so when they are touched. What Electron adds or drops no longer compiles here. */
const absent: Readonly<Record<Exclude<Export, keyof typeof simulated>, object>> = {
  BaseWindow: absentModule('BaseWindow'),
  BrowserView: absentModule('BrowserView'),
  ClipboardItem: absentModule('ClipboardItem'),
  ImageView: absentModule('ImageView'),
  IpcMainServiceWorker: absentModule('IpcMainServiceWorker'),
  MessageChannelMain: absentModule('MessageChannelMain'),
  ShareMenu: absentModule('ShareMenu'),
  TouchBar: absentModule('TouchBar'),
  View: absentModule('View'),
  WebContentsView: absentModule('WebContentsView'),
  WebSocket: absentModule('WebSocket'),
  contentTracing: absentModule('contentTracing'),
  desktopCapturer: absentModule('desktopCapturer'),
  globalShortcut: absentModule('globalShortcut'),
  inAppPurchase: absentModule('inAppPurchase'),
  netLog: absentModule('netLog'),
  powerSaveBlocker: absentModule('powerSaveBlocker'),
  pushNotifications: absentModule('pushNotifications'),
  utilityProcess: absentModule('utilityProcess'),
  webFrameMain: absentModule('webFrameMain'),
};

/** What `require('electron')` gives in the main process. */
export const electron: Readonly<Record<Export, unknown>> = { ...simulated, ...absent };
