import type * as Electron from 'electron';
import { refuseOtherMembers } from '../contract/unsimulated.ts';
import { violation } from '../contract/violations.ts';

/**
 * There is no person at the screen, so a dialog is a mistake of the spec: it has to put its own function in place of the
 * one that will be called (the driver's answerDialog does it). Left alone, every dialog is cancelled.
 */
export const dialog = refuseOtherMembers(
  {
    showMessageBox: async (...args: unknown[]) => {
      unanswered('showMessageBox', args);
      return { response: cancelButton(args.at(-1)), checkboxChecked: false };
    },
    showOpenDialog: async (...args: unknown[]) => {
      unanswered('showOpenDialog', args);
      return { canceled: true, filePaths: [] };
    },
    showSaveDialog: async (...args: unknown[]) => {
      unanswered('showSaveDialog', args);
      return { canceled: true, filePath: '' };
    },
    showErrorBox: (title: string, content: string) => {
      unanswered('showErrorBox', [title, content]);
    },
  } satisfies Pick<typeof Electron.dialog, 'showMessageBox' | 'showOpenDialog' | 'showSaveDialog' | 'showErrorBox'>,
  'Dialog',
);

function unanswered(name: string, args: readonly unknown[]): void {
  // The first argument may be a window, which has no JSON worth reading.
  violation(`dialog.${name} appeared and no spec answered it: ${JSON.stringify(args.at(-1))}`);
}

function cancelButton(options: unknown): number {
  const named = typeof options === 'object' && options !== null && 'cancelId' in options ? options.cancelId : 0;
  return typeof named === 'number' ? named : 0;
}
