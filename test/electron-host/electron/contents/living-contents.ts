import type { WebContents } from './web-contents.ts';

/** Every page that has not been destroyed, by id. */
export const livingContents = new Map<number, WebContents>();

/** What Electron exports under this name; a WebContents is never made by hand. */
export const webContents = {
  getAllWebContents: () => [...livingContents.values()],
  fromId: (id: number) => livingContents.get(id),
  getFocusedWebContents: () => [...livingContents.values()].find((contents) => contents.isFocused()) ?? null,
};
