import os from 'node:os';
import { app } from 'electron';
import { diagnosticsText, LINES_IN_DIAGNOSTICS } from '../app/diagnostics/index.ts';
import type { RingBuffer } from '../app/log/index.ts';
import type { Operation } from '../app/operation/index.ts';
import { loginItem } from './login-item.ts';
import { saveAs, today } from './save.ts';

/** One file for people who help. Its path; null when the person thought better of it. */
export function saveDiagnostics(operation: Operation, ring: RingBuffer): Promise<string | null> {
  const { text, settings } = operation;
  return saveAs(text.diagnostics.dialog, `mcp-gangway-diagnostics-${today()}.txt`, () =>
    diagnosticsText(
      {
        now: Date.now(),
        machine: machine(),
        settings,
        state: operation.state(),
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
