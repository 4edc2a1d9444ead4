import { clipboard, shell } from 'electron';
import { type SnippetRequest, snippets } from '../app/clients/index.ts';
import type { AppController } from '../app/desktop/index.ts';
import { inARow } from '../app/i18n/in-a-row.ts';
import { addressOf, type Fix, type Snippet, type WindowDestination } from '../app/ipc/index.ts';
import { consoleLine, jsonLine, type LogEntry, type RingBuffer, type RunningLog } from '../app/log/index.ts';
import { saveAs, saveDiagnostics, today } from './files.ts';
import { shim } from './places.ts';

/** Actions of menu, windows and notifications that reach beyond the engine. */
export interface Shell {
  open(destination: WindowDestination): void;
  copyText(text: string): Promise<void>;
  /** False when there is no such snippet any more. */
  copySnippet(id: string): Promise<boolean>;
  applyFix(fix: Fix): Promise<void>;
  exportLog(): Promise<string | null>;
  revealLog(): void;
  /** Shows a file where it is. */
  reveal(path: string): void;
  revealSettings(): void;
  saveDiagnostics(): Promise<string | null>;
}

export interface ShellOptions {
  readonly controller: AppController;
  readonly running: RunningLog;
  readonly ring: RingBuffer;
  readonly logFile: string;
  readonly settingsFile: string;
  readonly open: (destination: WindowDestination) => void;
}

export function createShell({ controller, running, ring, logFile, settingsFile, open }: ShellOptions): Shell {
  return {
    open,
    copyText: (text) => clipboard.writeText(text),
    async copySnippet(id) {
      const snippet = snippetsFor(controller).find((one) => one.id === id);
      if (snippet === undefined) return false;
      await clipboard.writeText(snippet.text);
      return true;
    },
    async applyFix(fix) {
      if (fix.kind === 'show-log') open({ window: 'logs', part: fix.source });
      else if (fix.kind === 'open-settings') open({ window: 'settings', part: null });
      else if (fix.kind === 'allow-local-network') open({ window: 'settings', part: 'network' });
      else if (fix.kind === 'doctor') open({ window: 'doctor', part: fix.target });
      else await controller.applyFix(fix);
    },
    exportLog: () =>
      saveAs(controller.text.menu.exportTitle, `mcp-gangway-${today()}.log`, (file) => {
        const line = file.endsWith('.jsonl') ? jsonLine : (entry: LogEntry) => consoleLine(entry, false);
        return ring
          .since(0)
          .map(({ entry }) => `${line(entry)}\n`)
          .join('');
      }),
    revealSettings: () => shell.showItemInFolder(settingsFile),
    saveDiagnostics: () => saveDiagnostics(controller, ring),
    revealLog() {
      running.flush();
      shell.showItemInFolder(logFile);
    },
    reveal: (path) => shell.showItemInFolder(path),
  };
}

/** Stands for the token in what is to be pasted. */
const PLACEHOLDER = 'TOKEN';

const KINDS = ['endpoint', 'proxy'] as const satisfies readonly SnippetRequest['kind'][];

/** What clients are given to paste, with the port that is really open. Without servers there is nothing to connect to. */
export function snippetsFor(controller: AppController): readonly Snippet[] {
  const { servers, defaultServer, language, requireToken } = controller.settings;
  // A named token is kept nowhere: the person puts in one of theirs.
  const token = controller.settings.token ?? (requireToken ? PLACEHOLDER : null);
  const words = controller.text.snippets;
  const { port } = addressOf(controller.state());
  const endpoints = servers.map(({ name }) => ({ name, isDefault: name === defaultServer }));
  const offered = KINDS.filter((kind) => kind === 'proxy' || endpoints.length > 0);
  return offered.flatMap((kind) =>
    snippets({ port, token, servers: endpoints, kind, language, platform: process.platform, shim: shim() }).map(
      ({ client, title, where, note, text }) => ({
        id: `${kind}:${client}`,
        kind,
        title,
        where,
        note: token === PLACEHOLDER ? inARow(note ?? '', words.token) : note,
        text,
      }),
    ),
  );
}
