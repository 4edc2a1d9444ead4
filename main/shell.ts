import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { app, clipboard, dialog, shell } from 'electron';
import type { Fix, WindowPlace } from '../app/ipc/index.ts';
import { consoleLine, jsonLine, type RingBuffer, type RunningLog } from '../app/log/index.ts';
import type { Operation } from '../app/operation/index.ts';
import { snippetsFor } from './snippets.ts';

/** What menu, windows and notifications have in common: everything that reaches beyond the engine. */
export interface Shell {
  open(place: WindowPlace): void;
  copyText(text: string): Promise<void>;
  /** False when there is no such snippet any more. */
  copySnippet(id: string): Promise<boolean>;
  mend(fix: Fix): Promise<void>;
  exportLog(): Promise<string | null>;
  revealLog(): void;
}

export interface ShellOptions {
  readonly operation: Operation;
  readonly running: RunningLog;
  readonly ring: RingBuffer;
  readonly logFile: string;
  readonly open: (place: WindowPlace) => void;
}

export function createShell({ operation, running, ring, logFile, open }: ShellOptions): Shell {
  return {
    open,
    copyText: (text) => clipboard.writeText(text),
    async copySnippet(id) {
      const snippet = snippetsFor(operation).find((one) => one.id === id);
      if (snippet === undefined) return false;
      await clipboard.writeText(snippet.text);
      return true;
    },
    async mend(fix) {
      if (fix.kind === 'show-log') open({ window: 'logs', part: fix.source });
      else if (fix.kind === 'open-settings') open({ window: 'settings', part: null });
      else if (fix.kind === 'allow-local-network') open({ window: 'settings', part: 'network' });
      else if (fix.kind === 'doctor') open({ window: 'doctor', part: fix.target });
      else await operation.mend(fix);
    },
    async exportLog() {
      const day = new Date().toISOString().slice(0, 10);
      const answer = await dialog.showSaveDialog({
        title: operation.text.menu.exportTitle,
        defaultPath: path.join(app.getPath('downloads'), `mcp-gangway-${day}.log`),
      });
      if (answer.canceled || answer.filePath === '') return null;
      const asJson = answer.filePath.endsWith('.jsonl');
      const lines = ring.since(0).map(({ entry }) => (asJson ? jsonLine(entry) : consoleLine(entry, false)));
      await writeFile(answer.filePath, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
      return answer.filePath;
    },
    revealLog() {
      running.flush();
      shell.showItemInFolder(logFile);
    },
  };
}
