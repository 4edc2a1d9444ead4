import { BrowserWindow, dialog, type OpenDialogOptions, type WebContents } from 'electron';
import type { ClientSetup } from '../../app/desktop/index.ts';
import type { ChooseAnswer } from '../../app/ipc/index.ts';

/** What the system's dialogs let a person choose. Clients keep their servers in folders that begin with a dot. */
const DIALOGS = {
  folder: { properties: ['openDirectory', 'showHiddenFiles'] },
  file: { properties: ['openFile', 'showHiddenFiles'] },
} as const satisfies Readonly<Record<string, { readonly properties: OpenDialogOptions['properties'] }>>;

/** Lets a person choose a project's folder, or a client's file, over the window that asks. */
export async function chooseClients(
  what: 'folder' | 'file',
  sender: WebContents,
  clients: ClientSetup,
): Promise<ChooseAnswer> {
  const window = BrowserWindow.fromWebContents(sender);
  const options = { properties: [...DIALOGS[what].properties] };
  const { canceled, filePaths } =
    window === null ? await dialog.showOpenDialog(options) : await dialog.showOpenDialog(window, options);
  const [path] = filePaths;
  if (canceled || path === undefined) return { kind: 'cancelled' };
  return clients.choose(
    what === 'folder' ? { kind: 'folder', folder: path } : { kind: 'file', file: path, client: null },
  );
}
