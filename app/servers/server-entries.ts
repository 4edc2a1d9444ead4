import { nearest } from '../base/nearest.ts';
import { type JsonFault, type JsonNode, readJsonc } from './jsonc.ts';

/** A line and a column, in characters; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** One server of a file, in the words of whichever client it was written for. */
export interface ServerEntry {
  readonly title: string;
  readonly at: number;
  readonly value: JsonNode;
}

/** Formats that people paste where JSON belongs. */
export type OtherFormat = 'empty' | 'yaml' | 'toml' | 'rtf' | 'html';

export type EntriesReading =
  | {
      readonly kind: 'entries';
      readonly entries: readonly ServerEntry[];
      /** The whole text. */
      readonly root: JsonNode;
      /** Titles that stand there once more; the last of them counts, as with the clients. */
      readonly repeated: readonly ServerEntry[];
      readonly placeOf: (at: number) => Place;
    }
  | { readonly kind: 'other-format'; readonly format: OtherFormat }
  | { readonly kind: 'mistake'; readonly fault: JsonFault; readonly place: Place }
  /** JSON, but no servers in it. `wrote` is the name that most likely was meant to be `meant`. */
  | {
      readonly kind: 'no-servers';
      readonly slip: { readonly wrote: string; readonly meant: string; readonly place: Place } | null;
    };

/**
 * Where clients keep their servers: Claude and most others, VS Code (its own file, and its settings), Zed, OpenCode 2 and 1, Amp.
 * The first that is there counts.
 */
const HOLDERS = [
  ['mcpServers'],
  ['mcp', 'mcpServers'],
  ['mcp', 'servers'],
  ['servers'],
  ['context_servers'],
  ['amp.mcpServers'],
  ['mcp'],
] as const;

/** What a single entry has, so that it can be told from a map of them. */
const ENTRY_KEYS: ReadonlySet<string> = new Set(['command', 'cmd', 'url', 'httpUrl', 'serverUrl', 'uri', 'baseUrl']);

/** Of an entry that stands alone and says no name. */
const UNNAMED = 'server';

/**
 * The text of a file in UTF-8 or, as Windows editors save it, UTF-16. A byte order mark is no part of it (RFC 8259 section 8.1).
 */
export function decodedText(bytes: Uint8Array): string {
  const [first = 0, second = 0] = bytes;
  // JSON begins with a character of ASCII: a zero beside it tells UTF-16 without a mark.
  const isLittle = (first === 0xff && second === 0xfe) || (first !== 0 && second === 0 && bytes.length > 1);
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second !== 0);
  return new TextDecoder(isLittle ? 'utf-16le' : isBig ? 'utf-16be' : 'utf-8').decode(bytes);
}

/** Finds the servers in a client's JSON, or in a part of it that was copied: a map of entries, or a single one. */
export function readServerEntries(text: string): EntriesReading {
  const format = otherFormat(text);
  if (format !== null) return { kind: 'other-format', format };
  const reading = readJsonc(text);
  if (!reading.ok) return { kind: 'mistake', fault: reading.fault, place: placeIn(text, reading.fault.at) };
  if (reading.root === null) return { kind: 'other-format', format: 'empty' };
  const found = entriesIn(reading.root);
  if (found === null) return { kind: 'no-servers', slip: slipIn(reading.root, text) };
  const last = new Map(found.map((entry) => [entry.title, entry]));
  return {
    kind: 'entries',
    root: reading.root,
    entries: [...last.values()],
    repeated: found.filter((entry) => last.get(entry.title) !== entry),
    placeOf: (at) => placeIn(text, at),
  };
}

/** The member of an object, the last of that name; undefined where there is none. */
export function member(node: JsonNode | undefined, key: string): JsonNode | undefined {
  if (node?.kind !== 'object') return undefined;
  return node.members.findLast((one) => one.key === key)?.value;
}

function entriesIn(root: JsonNode): readonly ServerEntry[] | null {
  for (const path of HOLDERS) {
    const holder = path.reduce<JsonNode | undefined>((at, key) => member(at, key), root);
    if (holder?.kind === 'object' && !isEntry(holder)) return entriesOf(holder);
    if (holder?.kind === 'array') return listed(holder.items);
  }
  if (root.kind === 'array') return root.items.some(isEntry) ? listed(root.items) : null;
  if (isEntry(root)) return listed([root]);
  const isMap = root.kind === 'object' && root.members.some(({ value }) => isEntry(value));
  return isMap ? entriesOf(root) : null;
}

function entriesOf(holder: JsonNode): readonly ServerEntry[] {
  if (holder.kind !== 'object') return [];
  // A list of variables to ask for stands beside the servers in some files of VS Code.
  return holder.members.map(({ key, at, value }) => ({ title: key, at, value }));
}

/** Continue keeps a list, with the name in each entry. */
function listed(items: readonly JsonNode[]): readonly ServerEntry[] {
  return items.map((value, index) => {
    const name = ['name', 'title', 'id'].map((key) => member(value, key)).find((node) => node !== undefined);
    const title = name?.kind === 'scalar' && name.written !== '' ? name.written : null;
    return { title: title ?? (items.length === 1 ? UNNAMED : `${UNNAMED}-${index + 1}`), at: value.at, value };
  });
}

function isEntry(node: JsonNode): boolean {
  return node.kind === 'object' && node.members.some(({ key, value }) => ENTRY_KEYS.has(key) && !isNest(value));
}

/** A map of servers, of which one is called `command`: its own entry is an object with a command. Zed's is one with a path. */
function isNest(node: JsonNode): boolean {
  return node.kind === 'object' && isEntry(node);
}

function slipIn(root: JsonNode, text: string): { wrote: string; meant: string; place: Place } | null {
  if (root.kind !== 'object') return null;
  const names = HOLDERS.filter((path) => path.length === 1).map(([name]) => name);
  for (const { key, at, value } of root.members) {
    if (value.kind === 'scalar') continue;
    const meant = names.find((name) => name.toLowerCase() === key.toLowerCase()) ?? nearest(key, names);
    if (meant !== null && meant !== key) return { wrote: key, meant, place: placeIn(text, at) };
  }
  return null;
}

/** Characters of a line by which a format is told. */
const LONGEST_LINE = 1000;

/** What it is in place of JSON, judged by its first lines. */
function otherFormat(text: string): OtherFormat | null {
  const start = text.replace(/^\uFEFF/, '').trimStart();
  if (start === '') return 'empty';
  if (start.startsWith('{\\rtf')) return 'rtf';
  if (start.startsWith('<')) return 'html';
  const line = firstLine(start);
  if (
    /^\[{1,2}[\w."'-]+(?:\s*\.\s*[\w"'-]+)*\]{1,2}\s*(?:#.*)?$/.test(line) &&
    !/^\[\s*(?:"[^"]*"|[\d.]+|true|false|null)?\s*\]/.test(line)
  )
    return 'toml';
  if (/^[\w.-]+\s*=/.test(line)) return 'toml';
  return /^(?:---|%YAML|[\w.-]+\s*:(?:\s|$)|-\s)/.test(line) ? 'yaml' : null;
}

/** The first line that says something, without the white space in front of it, and no more of it than a format needs to show. */
function firstLine(text: string): string {
  for (let from = 0; from < text.length; ) {
    const feed = text.indexOf('\n', from);
    const to = feed === -1 ? text.length : feed;
    const line = text.slice(from, to).trim();
    if (line !== '' && !line.startsWith('#')) return line.slice(0, LONGEST_LINE);
    from = to + 1;
  }
  return '';
}

function placeIn(text: string, at: number): Place {
  const before = text.slice(0, at);
  const start = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1;
  const line = before.split(/\r\n|\n|\r/).length;
  return { line, column: [...before.slice(start).replace(/^\uFEFF/, '')].length + 1 };
}
