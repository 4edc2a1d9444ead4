// The smaller modules: what the app hands to the system, and what the system tells the app.
import { app, BrowserWindow, clipboard, dialog, Notification, powerMonitor, session, shell } from 'electron';
import { controls, failureOf, note, runProgram } from './program.ts';

runProgram(async () => {
  await clipboard.writeText('copied');
  note('clipboard', await clipboard.readText());

  await shell.openExternal('https://example.test/docs');
  shell.showItemInFolder('/tmp/a.log');
  note('opened', controls.opened);
  note('noUrl', await shell.openExternal('no url').catch((error: unknown) => String(error)));

  note('dialog', await dialog.showMessageBox({ message: 'Sure?', cancelId: 1 }));

  const shown = new Notification({ title: 'Port lost', body: '28080' });
  const clicked = new Promise((resolve) => shown.once('click', resolve));
  shown.show();
  controls.notifications[0]?.fire('click', {});
  await clicked;
  note(
    'notifications',
    controls.notifications.map(({ title, body }) => `${title}: ${body}`),
  );

  const power: string[] = [];
  powerMonitor.on('suspend', () => power.push('suspend'));
  powerMonitor.on('resume', () => power.push('resume'));
  controls.firePower('suspend');
  controls.firePower('resume');
  note('power', power);

  const activated: boolean[] = [];
  app.on('activate', (_event, hasVisibleWindows) => activated.push(hasVisibleWindows));
  controls.activate();
  note('activated', activated);

  app.setLoginItemSettings({ openAtLogin: true });
  note('login', app.getLoginItemSettings().status);
  controls.decideLoginItem('requires-approval');
  note('loginUndecided', app.getLoginItemSettings().openAtLogin);

  new BrowserWindow({ show: false });
  note('permissionByDefault', await controls.askPermission('notifications', 'http://any.test'));
  session.defaultSession.setPermissionCheckHandler((_contents, permission) => permission === 'fullscreen');
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, grant) => grant(true));
  note('permissionChecked', await controls.askPermission('notifications', 'http://any.test'));
  note('permissionGranted', await controls.askPermission('fullscreen', 'http://any.test'));

  note('locale', app.getLocale());
  note(
    'lateSandbox',
    failureOf(() => app.enableSandbox()),
  );
  app.quit();
});
