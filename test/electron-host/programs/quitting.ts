// The order of quitting, and who may call it off.
import { app, BrowserWindow } from 'electron';
import { note, runProgram } from './program.ts';

const order: string[] = [];
app.on('before-quit', () => order.push('before-quit'));
app.on('will-quit', () => order.push('will-quit'));
app.on('quit', () => order.push('quit'));
app.on('window-all-closed', () => order.push('window-all-closed'));
process.on('exit', () => note('order', order));

runProgram(async () => {
  const window = new BrowserWindow({ show: false });
  app.once('before-quit', (event) => event.preventDefault());
  app.quit();
  note('preventedByApp', window.isDestroyed());
  window.once('close', (event) => event.preventDefault());
  app.quit();
  note('preventedByWindow', window.isDestroyed());
  process.exit(3);
});
