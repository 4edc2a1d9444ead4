export { BrowserWindow } from './browser-window.ts';
export { openWindows } from './open-windows.ts';
