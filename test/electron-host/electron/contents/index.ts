export { webContents } from './living-contents.ts';
export type { Page } from './page.ts';
export { appFolder, WebContents } from './web-contents.ts';
