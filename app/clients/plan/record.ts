import { hash } from 'node:crypto';
import type { ForwardSetting, ServerSetting } from '../../settings/settings.ts';
import {
  type Edit,
  edited,
  editText,
  type Format,
  isTable,
  type Parsed,
  type Path,
  type Span,
  sameValue,
  type TextEdit,
  UneditableError,
  valueAt,
  withEdits,
} from '../document/index.ts';
import { type Entry, readEntries } from '../entry/entry.ts';
import type { Gateway } from '../our-addresses.ts';
import type { Client, ClientId } from '../table/client.ts';

/** A file's text, and what it takes to write it back as it was. */
export interface Content {
  readonly text: string;
  /** Whether the file begins with a byte order mark, as Windows' editors leave it. */
  readonly mark: boolean;
}

const MARK = '\ufeff';

/** Null when the bytes are not UTF-8: editing them would ruin them. */
export function contentOf(bytes: Uint8Array): Content | null {
  const whole = Buffer.from(bytes).toString('utf8');
  if (!Buffer.from(whole, 'utf8').equals(bytes)) return null;
  const mark = whole.startsWith(MARK);
  return { text: mark ? whole.slice(MARK.length) : whole, mark };
}

export function bytesOf({ text, mark }: Content): Buffer {
  return Buffer.from(mark ? `${MARK}${text}` : text, 'utf8');
}

/** SHA-256, in hex. */
export function digestOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

/** What a person wants of one entry of a client's file. */
export type DesiredMode =
  /** As they wrote it. */
  | { readonly kind: 'off' }
  | { readonly kind: 'through' }
  /** `by` a program that connects to us, or by our address where the client can dial one. */
  | { readonly kind: 'run'; readonly by: 'shim' | 'address' }
  /** By a TCP forward of ours, in place of the address it stands for. */
  | { readonly kind: 'forward'; readonly forward: ForwardSetting }
  /** A new entry that leads to a server of ours. */
  | { readonly kind: 'add'; readonly server: string; readonly by: 'shim' | 'address' };

/** What a plan depends on besides the file. */
export interface PlanEnvironment {
  readonly gateway: Gateway;
  /** The program that connects a client's stdio to a server of ours, by absolute path; the server's name is added to `args`. */
  readonly shim: { readonly command: string; readonly args: readonly string[] };
  /** The servers we have. */
  readonly servers: readonly ServerSetting[];
  /** Name of the one behind `/mcp`. */
  readonly defaultServer: string | null;
  /** The environment that the client would fill variables in from. */
  readonly env: NodeJS.ProcessEnv;
}

/** Which entry, whatever else moves around it: the map or list it is in, and its name. */
export interface EntryKey {
  readonly holder: Path;
  readonly name: string;
}

/** One value that a patch changed, below its entry. A missing `before` or `after` means that nothing was or is there. */
export interface Change {
  readonly path: Path;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** The text that a patch changed. `offset` counts UTF-16 units from the start of the entry. */
export interface TextChange {
  readonly offset: number;
  readonly before: string;
  readonly after: string;
}

/** What we did to one entry, with all that is needed to undo it. */
export interface Patch {
  readonly entry: EntryKey;
  /** `cleared`: variables that led to our port were taken out of an entry that the person had edited by hand. */
  readonly kind: 'through' | 'run' | 'added' | 'cleared' | 'forward';
  /** Below the entry. */
  readonly edits: readonly Edit[];
  readonly changes: readonly Change[];
  /** Maps and lists that were made for the edits. */
  readonly made: readonly Path[];
  /** Stored in the journal under this name. */
  readonly stretch: TextChange;
  /** The server of ours that `run` leads to; null for the others. */
  readonly server: string | null;
  /** The TCP forward that `forward` leads to. */
  readonly forward?: ForwardSetting;
  /** Set when it puts a token of ours into the file. */
  readonly isSecret?: true;
  /** In whose notation it was made; that of the record where it is missing. Two clients may read one file. */
  readonly client?: ClientId;
}

/** What we did to one file. */
export interface FileRecord {
  /** Through which it was changed last. */
  readonly client: ClientId;
  /** The text before our first patch; null once another program has changed the file in between. */
  readonly base: string | null;
  /** SHA-256, in hex, of the bytes we wrote last. */
  readonly written: string;
  /** In the order in which they were made. One at most for an entry. */
  readonly patches: readonly Patch[];
  /** Permission bits from before a token came into the file, to be given back when the last one leaves. */
  readonly mode?: number;
}

/** Permission bits of a file before and after a change. */
export interface ModeChange {
  readonly from: number;
  readonly to: number;
}

/** The patches of a record, each with the client that it was made for. */
export function patchesOf(record: FileRecord | null): readonly (Patch & { readonly client: ClientId })[] {
  return record === null ? [] : record.patches.map((patch) => ({ ...patch, client: patch.client ?? record.client }));
}

export function isSameEntry(left: EntryKey, right: EntryKey): boolean {
  return left.name === right.name && left.holder.join('\0') === right.holder.join('\0');
}

/** The entry with this key, wherever it stands by now; null when it is not there. */
function entryAt(client: Client, value: unknown, key: EntryKey): Entry | null {
  return new Entries(client, value).at(key);
}

/** A key as one text. */
export function keyText({ holder, name }: EntryKey): string {
  return [...holder, name].join('\0');
}

/** The entries of a document, found by their keys. */
export class Entries {
  readonly #value: unknown;
  readonly #all: readonly Entry[];
  readonly #named: ReadonlyMap<string, readonly Entry[]>;

  constructor(client: Client, value: unknown) {
    this.#value = value;
    this.#all = readEntries(client, value);
    this.#named = Map.groupBy(this.#all, (entry) => keyText(keyOf(entry)));
  }

  /** Null when there is none. */
  at(key: EntryKey): Entry | null {
    return this.#of(key)[0] ?? null;
  }

  /** Whether several entries have this key, as a list of entries allows it. */
  isAmbiguous(key: EntryKey): boolean {
    return this.#of(key).length > 1;
  }

  /**
   * The entry that a patch was made in, wherever the client has put it since: under its key, else the only one of its name that
   * shows what the patch wrote, else the only one of any name. Null when there is none.
   */
  patched(patch: Patch): Entry | null {
    const named = this.#of(patch.entry);
    const showing = (entry: Entry): boolean => isShown(this.#value, entry, patch);
    const [own] = named.length > 1 ? named.filter(showing) : named;
    if (own !== undefined) return own;
    const moved = this.#all.filter(showing);
    const sameName = moved.filter(({ name }) => name === patch.entry.name);
    const [only, another] = sameName.length > 0 ? sameName : moved;
    return another === undefined ? (only ?? null) : null;
  }

  #of(key: EntryKey): readonly Entry[] {
    return this.#named.get(keyText(key)) ?? [];
  }
}

/** The entries of one document, read once for each client that has something in it. */
export class EntriesByClient {
  readonly #value: unknown;
  readonly #known = new Map<Client, Entries>();

  constructor(value: unknown) {
    this.#value = value;
  }

  of(client: Client): Entries {
    const entries = this.#known.get(client) ?? new Entries(client, this.#value);
    this.#known.set(client, entries);
    return entries;
  }
}

/** Whether an entry has every value that a patch wrote, and there were some. */
function isShown(value: unknown, { path }: Entry, { kind, changes, edits }: Patch): boolean {
  const [edit] = edits;
  if (kind === 'added') return edit?.kind === 'set' && sameOrBothMissing(valueAt(value, path), edit.value);
  const written = changes.filter(({ before, after }) => after !== undefined && !sameOrBothMissing(before, after));
  return (
    written.length > 0 &&
    written.every((each) => sameOrBothMissing(valueAt(value, [...path, ...each.path]), each.after))
  );
}

export function keyOf({ name, path }: Entry): EntryKey {
  return { holder: path.slice(0, -1), name };
}

/** A patch before it has met a text. */
export type Draft = Pick<Patch, 'entry' | 'kind' | 'edits' | 'server' | 'forward' | 'isSecret'>;

export interface Patched {
  readonly parsed: Parsed;
  readonly patch: Patch;
}

/** Makes the edits of a draft. The same draft on the same text gives the same text. */
export function applied(client: Client, format: Format, parsed: Parsed, draft: Draft): Patched {
  const path = entryAt(client, parsed.value, draft.entry)?.path ?? null;
  if (draft.kind !== 'added' && path === null) throw new UneditableError(draft.entry.name);
  const edits = path === null ? addition(client, parsed.value, draft) : draft.edits.map((edit) => below(path, edit));
  const done = editText(format, parsed, edits);
  const now = entryAt(client, done.value, draft.entry)?.path ?? [];
  const old = path === null ? undefined : valueAt(parsed.value, path);
  const start = format.spans(done.text, [now])[0]?.start ?? 0;
  const { offset, ...texts } = changedText(parsed.text, done.text);
  const stretch = { offset: offset - start, ...texts };
  return { parsed: done, patch: patchFrom(draft, old, valueAt(done.value, now), stretch) };
}

/** @param old the entry before, undefined when there was none */
export function patchFrom(draft: Draft, old: unknown, now: unknown, stretch: TextChange): Patch {
  const changes = draft.edits.map((edit) => change(edit.path, old, now));
  const made = draft.edits.flatMap((edit) => missing(edit.path, old));
  return { ...draft, changes, made, stretch };
}

/**
 * Undoes one patch and nothing else. Later changes to the entry stay, and so does the text around it; where our text is
 * unchanged, the exact characters from before are restored.
 */
export function undone(client: Client, format: Format, parsed: Parsed, patch: Patch): Parsed {
  const path = new Entries(client, parsed.value).patched(patch)?.path;
  if (path === undefined) return parsed;
  const way = wayBack(patch, path, parsed, format.spans(parsed.text, [path])[0] ?? null);
  const exact = way.exact === null ? null : withEdits(parsed.text, [way.exact]);
  const { edits } = way;
  const wanted = edits.reduce(edited, parsed.value);
  const reading = exact === null ? null : format.read(exact);
  const isExact = exact !== null && reading?.kind === 'value' && sameValue(reading.value, wanted);
  return isExact ? { text: exact, value: reading.value } : editText(format, parsed, edits);
}

/** What undoes a patch: edits, and what brings the exact characters back; null where our text is not there any more. */
export interface WayBack {
  readonly edits: readonly Edit[];
  readonly exact: TextEdit | null;
}

/**
 * @param path where the entry is by now
 * @param span of the entry in the text
 */
export function wayBack(patch: Patch, path: Path, { text, value }: Parsed, span: Span | null): WayBack {
  const edits = inverse(patch, valueAt(value, path)).map((edit) => below(path, edit));
  const { offset, before, after } = patch.stretch;
  const start = (span?.start ?? 0) + offset;
  const end = start + after.length;
  const isThere = start >= 0 && text.slice(start, end) === after;
  return { edits, exact: isThere ? { start, end, text: before } : null };
}

export function below(path: Path, edit: Edit): Edit {
  return { ...edit, path: [...path, ...edit.path] };
}

/** A new entry: a key in a map, an item in a list. */
function addition(client: Client, value: unknown, { entry, edits }: Draft): Edit[] {
  const [edit] = edits;
  const content = edit?.kind === 'set' ? edit.value : {};
  if (client.name?.list !== true) return [{ kind: 'set', path: [...entry.holder, entry.name], value: content }];
  const isList = Array.isArray(valueAt(value, entry.holder));
  return isList
    ? [{ kind: 'append', path: entry.holder, value: content }]
    : [{ kind: 'set', path: entry.holder, value: [content] }];
}

function change(path: Path, old: unknown, now: unknown) {
  const [before, after] = [valueAt(old, path), valueAt(now, path)];
  return { path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

function missing(path: Path, old: unknown): Path[] {
  return path
    .slice(0, -1)
    .map((_, index) => path.slice(0, index + 1))
    .filter((above) => valueAt(old, above) === undefined);
}

/** The edits that lead back, as far as what we wrote is still there. */
function inverse({ kind, changes, made }: Patch, now: unknown): Edit[] {
  if (kind === 'added') return [{ kind: 'remove', path: [] }];
  const back = changes
    .filter(({ path, after }) => sameOrBothMissing(valueAt(now, path), after))
    .map(
      (each): Edit =>
        'before' in each ? { kind: 'set', path: each.path, value: each.before } : { kind: 'remove', path: each.path },
    );
  const gone = new Set(back.filter(({ kind: what }) => what === 'remove').map(({ path }) => path.join('\0')));
  const emptied = made.filter((path) => isEmptied(valueAt(now, path), path, gone));
  const unique = emptied.filter(
    (path, index) => emptied.findIndex((other) => other.join('\0') === path.join('\0')) === index,
  );
  return [...back, ...unique.map((path): Edit => ({ kind: 'remove', path }))];
}

function isEmptied(map: unknown, path: Path, gone: ReadonlySet<string>): boolean {
  return isTable(map) && Object.keys(map).every((key) => gone.has([...path, key].join('\0')));
}

export function sameOrBothMissing(left: unknown, right: unknown): boolean {
  return left === undefined || right === undefined ? left === right : sameValue(left, right);
}

/** The difference between two texts. */
export function changedText(before: string, after: string): TextChange {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  return {
    offset: head,
    before: before.slice(head, before.length - tail),
    after: after.slice(head, after.length - tail),
  };
}
