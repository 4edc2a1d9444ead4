import { isTable, type Path, type Table, valueAt } from '../document/index.ts';
import type { Client } from '../table/client.ts';

/** A program and how it is started, whatever the client calls the keys. */
export interface Program {
  readonly kind: 'program';
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | null;
}

/** What an entry of a client leads to. */
export type Launch =
  | Program
  /** A server behind an address, which the client connects to itself. */
  | { readonly kind: 'address'; readonly url: string }
  /** An extension the client brings along, or a notation of its own: shown, and left alone. */
  | { readonly kind: 'foreign' };

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
}

/** The keys that clients have an address under, in all their versions. */
const ADDRESSES = ['url', 'httpUrl', 'serverUrl', 'uri', 'baseUrl'];

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
  const project = path.length > 1 ? String(path.at(-2)) : null;
  const { name } = client;
  if (name?.list === true) {
    return (Array.isArray(holder) ? holder : []).flatMap((entry: unknown, index) => {
      const title = isTable(entry) ? entry[name.key] : undefined;
      return typeof title === 'string' ? [entryFrom(client, title, [...path, index], project, entry)] : [];
    });
  }
  if (!isTable(holder)) return [];
  return Object.entries(holder).map(([key, entry]) => entryFrom(client, key, [...path, key], project, entry));
}

function entryFrom(client: Client, name: string, path: Path, project: string | null, entry: unknown): Entry {
  const { disabled } = client;
  const enabled = !(isTable(entry) && disabled !== null && entry[disabled.key] === disabled.value);
  return { name, path, project, enabled, launch: isTable(entry) ? launchOf(client, entry) : { kind: 'foreign' } };
}

function launchOf(client: Client, entry: Table): Launch {
  const program = programOf(client, entry);
  if (program !== null) return program;
  const url = ADDRESSES.map((key) => entry[key]).find((value) => typeof value === 'string' && value !== '');
  return typeof url === 'string' ? { kind: 'address', url } : { kind: 'foreign' };
}

function programOf({ stdio }: Client, entry: Table): Program | null {
  const written = entry[stdio.command];
  const line = stdio.args === null ? written : [written, ...list(entry[stdio.args])];
  if (!Array.isArray(line) || !line.every((word) => typeof word === 'string')) return null;
  const [command, ...args] = line;
  if (command === undefined || command === '') return null;
  const cwd = stdio.cwd === null ? undefined : entry[stdio.cwd];
  return {
    kind: 'program',
    command,
    args,
    env: environment(entry[stdio.env]),
    cwd: typeof cwd === 'string' ? cwd : null,
  };
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
