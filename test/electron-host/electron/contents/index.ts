export type { Page } from './page.ts';
export { appFolder, WebContents, webContents } from './web-contents.ts';
