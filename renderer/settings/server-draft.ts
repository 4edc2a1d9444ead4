import { read } from '../../app/base/schema/index.ts';
import type { AppText } from '../../app/i18n/app.ts';
import type { FoundRemote } from '../../app/ipc/index.ts';
import { joinCommandLine, splitCommandLine } from '../../app/settings/command-line.ts';
import { isFreeField, isHeaderValue, serverName } from '../../app/settings/schema.ts';
import { isServerAddress, looksLikeUrl } from '../../app/settings/server-url.ts';
import type { RemoteSetting, ServerRules, ServerSetting } from '../../app/settings/settings.ts';
import { slug } from '../../app/settings/slug.ts';

/** A header as it is typed. */
export interface HeaderDraft {
  readonly name: string;
  /** Or what stands for one that is kept and not shown. */
  readonly value: string;
}

/** What clients get of a server, and what becomes of its tools that change. */
export type DraftRules = ServerRules & Pick<ServerSetting, 'changes'>;

/** A server as it is typed. */
export interface ServerDraft {
  readonly name: string;
  /** Kept as it is: what its owner called it when it came from a client. */
  readonly title?: string;
  /** Kept as it is: the first part of its tools' names where it shares an address. */
  readonly alias?: string;
  readonly rules: DraftRules;
  /** Or the URL of a server that is reached over HTTP. */
  readonly commandLine: string;
  /** A variable a line. */
  readonly env: string;
  /** Of a URL. */
  readonly headers: readonly HeaderDraft[];
  readonly cwd: string;
  readonly era: ServerSetting['era'];
  readonly spare: boolean;
  readonly isDefault: boolean;
  /** Whether what its messages say is kept in memory. */
  readonly isRecorded: boolean;
  /** Of a URL. */
  readonly transport: RemoteSetting['transport'];
  /** Of a URL: whether other machines may act for its owner. */
  readonly lanCredentials: boolean;
  /** Kept as it is, of a URL. */
  readonly oauth?: NonNullable<RemoteSetting['oauth']>;
  readonly tls?: NonNullable<RemoteSetting['tls']>;
}

function linesOf(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');
}

const NOTHING = {
  rules: {},
  env: '',
  headers: [],
  cwd: '',
  spare: false,
  transport: 'auto',
  lanCredentials: false,
} as const;

export function draftOf(server: ServerSetting | null, isDefault: boolean, isRecorded = false): ServerDraft {
  if (server === null) {
    return { ...NOTHING, name: '', commandLine: '', era: 'auto', isDefault, isRecorded };
  }
  const { name, title, alias, era } = server;
  const called = { name, ...(title === undefined ? {} : { title }), ...(alias === undefined ? {} : { alias }) };
  const common = { ...called, rules: rulesOf(server), era, isDefault, isRecorded };
  if ('url' in server) {
    const { url, headers, transport, oauth, tls, lanCredentials = false } = server;
    const kept = { ...(oauth === undefined ? {} : { oauth }), ...(tls === undefined ? {} : { tls }) };
    const rows = Object.entries(headers).map(([header, value]) => ({ name: header, value }));
    return { ...NOTHING, ...common, commandLine: url, headers: rows, transport, lanCredentials, ...kept };
  }
  const { command, args, env, cwd, spare } = server;
  const line = joinCommandLine([command, ...args]);
  return { ...NOTHING, ...common, commandLine: line, env: linesOf(env), cwd: cwd ?? '', spare };
}

/** What is not limited is left out. */
function rulesOf({ tools, prompts, resources, changes }: DraftRules): DraftRules {
  return {
    ...(tools === undefined ? {} : { tools }),
    ...(prompts === undefined ? {} : { prompts }),
    ...(resources === undefined ? {} : { resources }),
    ...(changes === undefined ? {} : { changes }),
  };
}

/** Of a Home Assistant that was found in the network: it is signed in to, or given a token, once it is saved. */
export function foundDraft({ url }: FoundRemote, servers: readonly ServerSetting[]): ServerDraft {
  const names = servers.map(({ name }) => name);
  const free = (at: number): string => (at === 1 ? 'home-assistant' : `home-assistant-${at}`);
  let at = 1;
  while (names.includes(free(at))) at += 1;
  const draft = draftOf(null, servers.length === 0);
  return { ...draft, name: free(at), commandLine: url, transport: 'streamable' };
}

export type DraftField = 'name' | 'commandLine' | 'env' | 'headers' | 'cwd';

export type ReadDraft =
  | { readonly ok: true; readonly server: ServerSetting }
  | { readonly ok: false; readonly field: DraftField; readonly sentence: string };

/** The name that a server gets by what is typed: as it is where it can stand in an address, else what of it can. Empty for none. */
export function servedName(typed: string): string {
  const name = typed.trim().normalize('NFC');
  if (read(serverName, name).ok) return name;
  const made = slug(name).slice(0, 64);
  return read(serverName, made).ok ? made : '';
}

/** A word of a command line or a folder, with the home folder in place of `~` at its start. */
export function withHome(word: string, home: string | null): string {
  return home !== null && (word === '~' || word.startsWith('~/')) ? `${home}${word.slice(1)}` : word;
}

/** The setting that a draft stands for, or what is wrong with it and where. `home` is what `~` stands for, null where nothing. */
export function readDraft(draft: ServerDraft, text: AppText, home: string | null = null): ReadDraft {
  const words = text.settingsWindow.faults;
  const typed = draft.name.trim().normalize('NFC');
  if (typed === '') return { ok: false, field: 'name', sentence: words.missing };
  const name = servedName(typed);
  if (name === '') return { ok: false, field: 'name', sentence: words.pattern };
  const url = draft.commandLine.trim();
  const isUrl = looksLikeUrl(url);
  if (isUrl && !isServerAddress(url)) {
    return { ok: false, field: 'commandLine', sentence: words['not-a-server-address'] };
  }
  // What was typed stays as the title where the address has less of it.
  const called = name === typed ? draft.title : typed;
  const title = {
    ...(called === undefined || called === name ? {} : { title: called }),
    ...(draft.alias === undefined ? {} : { alias: draft.alias }),
    ...draft.rules,
  };
  if (isUrl) return readRemote(draft, { name, ...title, url }, text);
  const line = splitCommandLine(draft.commandLine);
  if (!line.ok) return { ok: false, field: 'commandLine', sentence: words.quotes };
  const [command, ...args] = line.words.map((word) => withHome(word, home));
  if (command === undefined || command === '') return { ok: false, field: 'commandLine', sentence: words.missing };
  const env: Record<string, string> = {};
  for (const [at, entry] of draft.env.split('\n').entries()) {
    if (entry.trim() === '') continue;
    const match = /^\s*([^\s=]+)=(.*)$/.exec(entry);
    if (match === null) return { ok: false, field: 'env', sentence: words.env(at + 1) };
    env[match[1] ?? ''] = match[2] ?? '';
  }
  const cwd = draft.cwd.trim() === '' ? null : withHome(draft.cwd.trim(), home);
  return { ok: true, server: { name, ...title, command, args, env, cwd, era: draft.era, spare: draft.spare } };
}

function readRemote(
  draft: ServerDraft,
  named: Pick<RemoteSetting, 'name' | 'title' | 'alias' | 'url' | keyof ServerRules>,
  text: AppText,
): ReadDraft {
  const headers: Record<string, string> = {};
  for (const [at, row] of draft.headers.entries()) {
    const [header, value] = [row.name.trim(), row.value.trim()];
    if (header === '' && value === '') continue;
    if (!isFreeField(header) || value === '' || !isHeaderValue(value)) {
      return { ok: false, field: 'headers', sentence: text.settingsWindow.servers.headers.fault(at + 1) };
    }
    headers[header] = value;
  }
  const { era, transport, oauth, tls, lanCredentials } = draft;
  const shared = lanCredentials ? { lanCredentials } : {};
  const kept = { ...shared, ...(oauth === undefined ? {} : { oauth }), ...(tls === undefined ? {} : { tls }) };
  return { ok: true, server: { ...named, transport, headers, era, ...kept } };
}
