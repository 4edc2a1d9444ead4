// A small menu-bar app in the manner of the real one, made of menubar and electron-store as they come from the registry.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { app, clipboard, dialog, ipcMain, Menu, nativeImage, powerMonitor, session, shell, Tray } from 'electron';
import Store from 'electron-store';
import { menubar } from 'menubar';

interface Settings {
  readonly enabled: boolean;
  readonly asked: number;
}

const here = import.meta.dirname;
const page = pathToFileURL(path.join(here, 'page.html')).href;
const policy = "default-src 'none'; script-src 'self'; style-src 'self'";

app.setName('Sample');
if (!app.requestSingleInstanceLock()) app.exit(0);

const store = new Store<Settings>({
  name: 'settings',
  schema: { enabled: { type: 'boolean', default: true }, asked: { type: 'integer', default: 0 } },
});

ipcMain.handle('ask', (event, question: unknown) => {
  if (event.senderFrame?.url !== page) throw new Error('This page may not ask');
  if (typeof question !== 'string') throw new TypeError('A question is a string');
  store.set('asked', store.get('asked') + 1);
  return { answer: question.toUpperCase(), at: new Date(0), asked: store.get('asked') };
});

app.on('window-all-closed', () => undefined);

void app.whenReady().then(() => {
  session.defaultSession.webRequest.onHeadersReceived(({ responseHeaders }, done) => {
    done({ responseHeaders: { ...responseHeaders, 'content-security-policy': [policy] } });
  });

  const tray = new Tray(nativeImage.createFromPath(path.join(here, 'iconTemplate.png')));
  const bar = menubar({
    tray,
    index: page,
    preloadWindow: true,
    tooltip: 'Sample',
    browserWindow: { width: 360, height: 240, webPreferences: { preload: path.join(here, 'preload.cjs') } },
  });
  bar.on('after-create-window', () => {
    bar.window?.webContents.on('will-navigate', (event) => event.preventDefault());
    bar.window?.webContents.setWindowOpenHandler(({ url }) => {
      void shell.openExternal(url);
      return { action: 'deny' };
    });
  });

  const menu = Menu.buildFromTemplate([
    {
      id: 'enabled',
      label: 'Enabled',
      type: 'checkbox',
      checked: store.get('enabled'),
      click: ({ checked }) => {
        store.set('enabled', checked);
        tray.setTitle(checked ? '' : 'off');
        bar.window?.webContents.send('enabled', checked);
      },
    },
    { type: 'separator' },
    { id: 'busy', label: 'Busy', enabled: false },
    { id: 'quit', label: 'Quit', click: () => app.quit() },
  ]);
  tray.on('right-click', () => tray.popUpContextMenu(menu));
  powerMonitor.on('resume', () => tray.setTitle('awake'));

  const exportTo = async (): Promise<void> => {
    const { filePath } = await dialog.showSaveDialog({});
    await clipboard.writeText(filePath);
  };
  const file = { label: 'File', submenu: [{ id: 'export', label: 'Export', click: () => void exportTo() }] };
  Menu.setApplicationMenu(Menu.buildFromTemplate([{ role: 'appMenu' }, file, { role: 'editMenu' }]));
  app.on('second-instance', () => void bar.showWindow());
});
