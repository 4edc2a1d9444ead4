import type * as Electron from 'electron';
import { requireString } from '../contract/arguments.ts';
import { refuseOtherMembers } from '../contract/unsimulated.ts';

let text = '';

/** Plain text only. Its methods answer with promises since Electron 44. */
export const clipboard = refuseOtherMembers(
  {
    readText: async () => text,
    writeText: async (written: string) => {
      text = requireString('clipboard.writeText', written);
    },
    clear: () => {
      text = '';
    },
  } satisfies Pick<typeof Electron.clipboard, 'readText' | 'writeText' | 'clear'>,
  'Clipboard',
);
