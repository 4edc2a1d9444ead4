import { open } from 'node:fs/promises';
import path from 'node:path';
import { dialog } from 'electron';
import { LONGEST_EXPORT } from '../app/desktop/index.ts';
import type { AppText } from '../app/i18n/app.ts';
import { decodedText } from '../app/servers/index.ts';
import { saveAs, today } from './diagnostics.ts';

interface ChosenFile {
  /** Its name alone, for sentences. */
  readonly name: string;
  readonly content: string;
}

/** The JSON of a client that the person picks; null when they thought better of it. Rejects when it cannot be read. */
export async function chooseServersFile({ settingsWindow }: AppText): Promise<string | null> {
  const file = await chosenPath(settingsWindow.adding.chooseTitle, 'openFile');
  return file === null ? null : await contentOf(file);
}

/** An export of settings that the person picks; null when they thought better of it. Rejects when it cannot be read. */
export async function chooseExport({ settingsWindow }: AppText): Promise<ChosenFile | null> {
  const file = await chosenPath(settingsWindow.moving.chooseTitle, 'openFile');
  return file === null ? null : { name: path.basename(file), content: await contentOf(file) };
}

/** A folder that the person picks; null when they thought better of it. */
export function chooseFolder({ settingsWindow }: AppText): Promise<string | null> {
  return chosenPath(settingsWindow.servers.cwd.choose, 'openDirectory');
}

/** Writes the settings where the person wants them, for their account alone. The path; null when they thought better of it. */
export function saveExport({ settingsWindow }: AppText, text: string): Promise<string | null> {
  return saveAs(settingsWindow.moving.exportTitle, `mcp-gangway-settings-${today()}.json`, () => text);
}

async function chosenPath(title: string, kind: 'openFile' | 'openDirectory'): Promise<string | null> {
  // Files of clients have names that begin with a dot.
  const { canceled, filePaths } = await dialog.showOpenDialog({ title, properties: [kind, 'showHiddenFiles'] });
  return canceled ? null : (filePaths[0] ?? null);
}

/** Of a file that is far too large, enough to see that it is none. */
async function contentOf(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(Math.min(size, LONGEST_EXPORT + 1));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    return decodedText(bytes.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}
