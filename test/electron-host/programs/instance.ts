// One of several: the first stays until it is killed, the others are turned away.
import { app, BrowserWindow } from 'electron';

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', (_event, argv) => console.log(`HEARD ${argv.at(-1)}`));
  void app.whenReady().then(() => {
    new BrowserWindow({ show: false });
    console.log('READY');
  });
} else {
  app.exit(7);
}
