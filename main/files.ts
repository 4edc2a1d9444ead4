import { open } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { app, dialog } from 'electron';
import { type AppController, diagnosticsText, LINES_IN_DIAGNOSTICS, LONGEST_EXPORT } from '../app/desktop/index.ts';
import type { AppText } from '../app/i18n/app.ts';
import type { RingBuffer } from '../app/log/index.ts';
import { decodedText } from '../app/servers/index.ts';
import { loginItem } from './login-item.ts';

/** Only its owner may read what is written: logs and settings describe a person's network. */
const OWNER_ONLY = 0o600;

/** Asks where, and writes what `content` makes of the answer. The path of the file; null when the person cancelled. */
export async function saveAs(title: string, name: string, content: (file: string) => string): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog({
    title,
    defaultPath: path.join(app.getPath('downloads'), name),
  });
  if (canceled || filePath === '') return null;
  const handle = await open(filePath, 'w', OWNER_ONLY);
  try {
    // A file that was there before has rights of its own.
    await handle.chmod(OWNER_ONLY);
    await handle.writeFile(content(filePath));
  } finally {
    await handle.close();
  }
  return filePath;
}

/** For the name of a file: the day in the time of the person. */
export function today(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}

/** Saves one file for support. Its path; null when the person cancelled. */
export function saveDiagnostics(controller: AppController, ring: RingBuffer): Promise<string | null> {
  const { text, settings } = controller;
  return saveAs(text.diagnostics.dialog, `mcp-gangway-diagnostics-${today()}.txt`, () =>
    diagnosticsText(
      {
        now: Date.now(),
        machine: machine(),
        settings,
        state: controller.state(),
        entries: ring.since(0, LINES_IN_DIAGNOSTICS).map(({ entry }) => entry),
      },
      text,
    ),
  );
}

function machine(): Readonly<Record<string, string | number | boolean>> {
  const { electron = '', chrome = '', node } = process.versions;
  return {
    platform: process.platform,
    architecture: process.arch,
    system: `${os.type()} ${os.release()}`,
    languages: app.getPreferredSystemLanguages().join(', '),
    electron,
    chrome,
    node,
    isPackaged: app.isPackaged,
    launchAtLogin: loginItem(),
    uptimeSeconds: Math.round(process.uptime()),
    memoryBytes: process.memoryUsage.rss(),
  };
}

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
