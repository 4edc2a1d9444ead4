import { posix, win32 } from 'node:path';
import { isTable, type Path, type Table, valueAt } from '../document/index.ts';
import type { Client, OutsideKey } from '../table/client.ts';

/** A program and how it is started, whatever the client calls the keys. */
export interface Program {
  readonly kind: 'program';
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The entry's own, else the folder of the project it belongs to; null when only the client knows it. */
  readonly cwd: string | null;
}

/** A server behind an address, which the client connects to itself. */
export interface Address {
  readonly kind: 'address';
  readonly url: string;
}

/** What an entry of a client leads to. */
export type Launch =
  | Program
  | Address
  /** An extension the client brings along, or a notation of its own: shown, and left alone. */
  | {
      readonly kind: 'foreign';
      /** The command of one that the client has installed itself, as its manifest has it. */
      readonly extension?: string;
    };

/** One server in a client's file. */
export interface Entry {
  readonly name: string;
  /** Where it stands. In a list the last step is a position. */
  readonly path: Path;
  /** The project it belongs to, for clients that keep servers per project; null when it is for all of them. */
  readonly project: string | null;
  /** False when the person has switched it off in the client. */
  readonly enabled: boolean;
  readonly launch: Launch;
  /** What of it stands elsewhere; null when it is whole. */
  readonly outside: OutsideValue | null;
}

/** The keys that clients have an address under, in all their versions. */
export const ADDRESSES: readonly string[] = ['url', 'httpUrl', 'serverUrl', 'uri', 'baseUrl'];

/** The servers in a client's file, in its order. */
export function readEntries(client: Client, value: unknown): Entry[] {
  return client.servers.flatMap((pattern) =>
    holdersOf(value, pattern).flatMap((path) => entriesIn(client, valueAt(value, path), path)),
  );
}

/** The ways that a pattern stands for in this value. */
function holdersOf(value: unknown, pattern: readonly string[], above: Path = []): Path[] {
  const [step, ...rest] = pattern;
  if (step === undefined) return [above];
  if (step !== '*') return holdersOf(value, rest, [...above, step]);
  const map = valueAt(value, above);
  return isTable(map) ? Object.keys(map).flatMap((key) => holdersOf(value, rest, [...above, key])) : [];
}

function entriesIn(client: Client, holder: unknown, path: Path): Entry[] {
  const isPerProject = client.servers.some((pattern) => pattern.includes('*') && pattern.length === path.length);
  const project = isPerProject ? String(path.at(-2)) : (client.folder ?? null);
  const { name } = client;
  if (name?.list === true) {
    return (Array.isArray(holder) ? holder : []).flatMap((entry: unknown, index) => {
      const title = isTable(entry) ? entry[name.key] : undefined;
      return typeof title === 'string' ? [entryFrom(client, title, [...path, index], project, entry)] : [];
    });
  }
  // A server may have the name of a map of servers: `mcp.servers`.
  if (!isTable(holder) || (isHolder(client, path) && path.length > 1 && isEntry(client, holder))) return [];
  return Object.entries(holder)
    .filter(([key, entry]) => !isHolder(client, [...path, key]) || isEntry(client, entry))
    .map(([key, entry]) => entryFrom(client, key, [...path, key], project, entry));
}

function isHolder({ servers }: Client, path: Path): boolean {
  return servers.some((pattern) => pattern.length === path.length && pattern.every((step, at) => step === path[at]));
}

function isEntry({ stdio }: Client, value: unknown): boolean {
  if (!isTable(value)) return true;
  return [stdio.command, 'type', ...ADDRESSES].some((key) => key in value && !isTable(value[key]));
}

function entryFrom(client: Client, name: string, path: Path, project: string | null, entry: unknown): Entry {
  const enabled = !(isTable(entry) && client.disabled.some(({ key, value }) => entry[key] === value));
  const launch = isTable(entry) ? launchOf(client, entry, project) : ({ kind: 'foreign' } as const);
  const outside = isTable(entry) ? outsideValue(client, launch, entry) : null;
  return { name, path, project, enabled, launch, outside };
}

/** A key of an entry that says that some of its values stand elsewhere, and where. */
export interface OutsideValue extends OutsideKey {
  /** The names it lists; empty where it is a path or a map of settings. */
  readonly names: readonly string[];
}

/** The first key with values outside the entry; null when the entry is whole. */
function outsideValue(client: Client, launch: Launch, raw: Table): OutsideValue | null {
  const keys = launch.kind === 'program' ? client.stdio.outside : (client.addressOutside ?? []);
  for (const outside of keys) {
    const value = raw[outside.key];
    const isEmpty = Array.isArray(value) || isTable(value) ? Object.keys(value).length === 0 : !value;
    if (!isEmpty && value !== outside.unless) return { ...outside, names: namesIn(value) };
  }
  const signIn = launch.kind === 'address' ? unknownSignIn(raw) : null;
  return signIn === null ? null : { key: signIn, from: 'client', names: [] };
}

/** What of a sign-in Gangway knows, or needs not know: where the client itself listens for the browser. */
const SIGN_IN_KEYS =
  /^(?:client_?id|client_?secret|scopes?|resource|authorizeparams|auth_?server_?metadata_?url|clientmetadataurl|grant_?type|grant|callbackhost|callbackport|redirect_?uri|enabled)$/i;

/** The part of a sign-in that only its client understands, such as the address of a token endpoint; null when there is none. */
function unknownSignIn(raw: Table): string | null {
  for (const key of ['oauth', 'auth'] as const) {
    const value = raw[key];
    if (typeof value === 'string' && value !== '' && value !== 'oauth' && value !== 'none') return key;
    const inner = isTable(value) ? Object.entries(value) : [];
    const unknown = inner.find(([name, set]) => !SIGN_IN_KEYS.test(name) && set !== null && set !== '');
    if (unknown !== undefined) return `${key}.${unknown[0]}`;
  }
  return isTable(raw['oidc']) || raw['oidc'] === true ? 'oidc' : null;
}

function namesIn(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  // Codex also takes `{ name, source }`.
  return value.map((item: unknown) => String(isTable(item) ? item['name'] : item));
}

function launchOf(client: Client, entry: Table, project: string | null): Launch {
  const program = programOf(client, entry, project);
  if (program !== null) return program;
  const url = ADDRESSES.map((key) => entry[key]).find((value) => typeof value === 'string' && value !== '');
  return typeof url === 'string' ? { kind: 'address', url } : { kind: 'foreign' };
}

function programOf({ stdio }: Client, entry: Table, project: string | null): Program | null {
  const written = entry[stdio.command];
  const line = stdio.args === null ? written : [written, ...list(entry[stdio.args])];
  if (!Array.isArray(line) || !line.every((word) => typeof word === 'string')) return null;
  const [command, ...args] = line;
  if (command === undefined || command === '') return null;
  const cwd = [stdio.cwd, stdio.otherCwd ?? null].map((key) => (key === null ? undefined : entry[key])).find(Boolean);
  return {
    kind: 'program',
    command,
    args,
    env: environment(entry[stdio.env]),
    cwd: folderOf(typeof cwd === 'string' && cwd !== '' ? cwd : null, project),
  };
}

/** A server of a project starts in the project's folder. */
function folderOf(own: string | null, project: string | null): string | null {
  if (own === null || project === null || isFullPath(own)) return own ?? project;
  return (project.includes('\\') ? win32 : posix).join(project, own);
}

/** Whether a path is whole, on whichever system it was written. */
export function isFullPath(path: string): boolean {
  return posix.isAbsolute(path) || win32.isAbsolute(path);
}

function list(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** Clients hand numbers and booleans on as text, and leave a null out. */
function environment(value: unknown): Readonly<Record<string, string>> {
  if (!isTable(value)) return {};
  const set = Object.entries(value).filter(([, text]) => text !== null && typeof text !== 'object');
  return Object.fromEntries(set.map(([key, text]) => [key, String(text)]));
}
