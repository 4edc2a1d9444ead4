import fs from 'node:fs';
import type * as Electron from 'electron';
import { refuseOtherMembers } from '../contract/unsimulated.ts';

/** Something the app handed over to the system. */
export interface Opened {
  readonly by: 'openExternal' | 'openPath' | 'showItemInFolder';
  readonly target: string;
}

/** Everything handed over so far, oldest first; nothing is really opened. */
export const opened: Opened[] = [];

export const shell = refuseOtherMembers(
  {
    openExternal: async (url: string) => {
      // Electron rejects what is no URL.
      opened.push({ by: 'openExternal', target: new URL(url).href });
    },
    openPath: async (file: string) => {
      opened.push({ by: 'openPath', target: file });
      return fs.existsSync(file) ? '' : `There is nothing at ${file}`;
    },
    showItemInFolder: (file: string) => {
      opened.push({ by: 'showItemInFolder', target: file });
    },
  } satisfies Pick<typeof Electron.shell, 'openExternal' | 'openPath' | 'showItemInFolder'>,
  'Shell',
);
