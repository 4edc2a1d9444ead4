import { read } from '../../app/base/schema/index.ts';
import type { AppText } from '../../app/i18n/app.ts';
import { joinCommandLine, splitCommandLine } from '../../app/settings/command-line.ts';
import { serverName } from '../../app/settings/schema.ts';
import type { ServerSetting } from '../../app/settings/settings.ts';

/** A server as it is typed. */
export interface ServerDraft {
  readonly name: string;
  /** Kept as it is: what its owner called it when it came from a client. */
  readonly title?: string;
  readonly commandLine: string;
  readonly env: string;
  readonly cwd: string;
  readonly era: ServerSetting['era'];
  readonly spare: boolean;
  readonly isDefault: boolean;
}

export function draftOf(server: ServerSetting | null, isDefault: boolean): ServerDraft {
  if (server === null) {
    return { name: '', commandLine: '', env: '', cwd: '', era: 'auto', spare: false, isDefault };
  }
  const { name, title, command, args, env, cwd, era, spare } = server;
  return {
    name,
    ...(title === undefined ? {} : { title }),
    commandLine: joinCommandLine([command, ...args]),
    env: Object.entries(env)
      .map(([key, value]) => `${key}=${value}`)
      .join('\n'),
    cwd: cwd ?? '',
    era,
    spare,
    isDefault,
  };
}

export type DraftField = 'name' | 'commandLine' | 'env' | 'cwd';

export type ReadDraft =
  | { readonly ok: true; readonly server: ServerSetting }
  | { readonly ok: false; readonly field: DraftField; readonly sentence: string };

/** The setting that a draft stands for, or what is wrong with it and where. */
export function readDraft(draft: ServerDraft, text: AppText): ReadDraft {
  const words = text.settingsWindow.faults;
  const name = draft.name.trim().normalize('NFC');
  if (name === '') return { ok: false, field: 'name', sentence: words.missing };
  if (!read(serverName, name).ok) return { ok: false, field: 'name', sentence: words.pattern };
  const line = splitCommandLine(draft.commandLine);
  if (!line.ok) return { ok: false, field: 'commandLine', sentence: words.quotes };
  const [command, ...args] = line.words;
  if (command === undefined || command === '') return { ok: false, field: 'commandLine', sentence: words.missing };
  const env: Record<string, string> = {};
  for (const [at, entry] of draft.env.split('\n').entries()) {
    if (entry.trim() === '') continue;
    const match = /^\s*([^\s=]+)=(.*)$/.exec(entry);
    if (match === null) return { ok: false, field: 'env', sentence: words.env(at + 1) };
    env[match[1] ?? ''] = match[2] ?? '';
  }
  const title = draft.title === undefined || draft.title === name ? {} : { title: draft.title };
  const cwd = draft.cwd.trim() === '' ? null : draft.cwd.trim();
  return { ok: true, server: { name, ...title, command, args, env, cwd, era: draft.era, spare: draft.spare } };
}
