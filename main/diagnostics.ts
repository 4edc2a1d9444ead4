import { open } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { app, dialog } from 'electron';
import { type AppController, diagnosticsText, LINES_IN_DIAGNOSTICS } from '../app/desktop/index.ts';
import type { RingBuffer } from '../app/log/index.ts';
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
