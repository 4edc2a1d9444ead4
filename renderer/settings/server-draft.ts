import { read } from '../../app/base/schema/index.ts';
import type { AppText } from '../../app/i18n/app.ts';
import { joinCommandLine, splitCommandLine } from '../../app/settings/command-line.ts';
import { isFreeField, serverName } from '../../app/settings/schema.ts';
import { isServerAddress, looksLikeUrl } from '../../app/settings/server-url.ts';
import type { RemoteSetting, ServerSetting } from '../../app/settings/settings.ts';

/** A server as it is typed. */
export interface ServerDraft {
  readonly name: string;
  /** Kept as it is: what its owner called it when it came from a client. */
  readonly title?: string;
  /** Or the URL of a server that is reached over HTTP. */
  readonly commandLine: string;
  /** A variable a line; of a URL, a header a line. */
  readonly env: string;
  readonly cwd: string;
  readonly era: ServerSetting['era'];
  readonly spare: boolean;
  readonly isDefault: boolean;
  /** Kept as it is, of a URL. */
  readonly transport?: RemoteSetting['transport'];
  readonly oauth?: NonNullable<RemoteSetting['oauth']>;
  readonly tls?: NonNullable<RemoteSetting['tls']>;
}

function linesOf(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');
}

export function draftOf(server: ServerSetting | null, isDefault: boolean): ServerDraft {
  if (server === null) {
    return { name: '', commandLine: '', env: '', cwd: '', era: 'auto', spare: false, isDefault };
  }
  const { name, title, era } = server;
  const common = { name, ...(title === undefined ? {} : { title }), era, isDefault };
  if ('url' in server) {
    const { url, headers, transport, oauth, tls } = server;
    const kept = { transport, ...(oauth === undefined ? {} : { oauth }), ...(tls === undefined ? {} : { tls }) };
    return { ...common, commandLine: url, env: linesOf(headers), cwd: '', spare: false, ...kept };
  }
  const { command, args, env, cwd, spare } = server;
  return { ...common, commandLine: joinCommandLine([command, ...args]), env: linesOf(env), cwd: cwd ?? '', spare };
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
  const url = draft.commandLine.trim();
  const isUrl = looksLikeUrl(url);
  if (isUrl && !isServerAddress(url)) {
    return { ok: false, field: 'commandLine', sentence: words['not-a-server-address'] };
  }
  const line = splitCommandLine(draft.commandLine);
  if (!line.ok) return { ok: false, field: 'commandLine', sentence: words.quotes };
  const [command, ...args] = line.words;
  if (command === undefined || command === '') return { ok: false, field: 'commandLine', sentence: words.missing };
  const env: Record<string, string> = {};
  for (const [at, entry] of draft.env.split('\n').entries()) {
    if (entry.trim() === '') continue;
    // `Name: value` is how headers are written everywhere else.
    const match = (isUrl ? /^\s*([^\s=:]+)\s*[=:]\s*(.*?)\s*$/ : /^\s*([^\s=]+)=(.*)$/).exec(entry);
    if (match === null || (isUrl && !isFreeField(match[1] ?? '')))
      return { ok: false, field: 'env', sentence: words.env(at + 1) };
    env[match[1] ?? ''] = match[2] ?? '';
  }
  const title = draft.title === undefined || draft.title === name ? {} : { title: draft.title };
  if (isUrl) {
    const { era, transport = 'auto', oauth, tls } = draft;
    const kept = { ...(oauth === undefined ? {} : { oauth }), ...(tls === undefined ? {} : { tls }) };
    return { ok: true, server: { name, ...title, url, transport, headers: env, era, ...kept } };
  }
  const cwd = draft.cwd.trim() === '' ? null : draft.cwd.trim();
  return { ok: true, server: { name, ...title, command, args, env, cwd, era: draft.era, spare: draft.spare } };
}
