import { type ForwardSetting, isRemote, type ServerSetting } from '../../settings/settings.ts';
import {
  type Format,
  json,
  type Parsed,
  type ParsedDocument,
  readText,
  type SyntaxFault,
  sameValue,
  strictMistake,
  toml,
  UneditableError,
  valueAt,
  yaml,
} from '../document/index.ts';
import { type Entry, readEntries } from '../entry/entry.ts';
import { ownExceptions, ownProxy } from '../our-addresses.ts';
import type { Client, ClientId } from '../table/client.ts';
import { clientOf } from '../table/clients.ts';
import { draftFor } from './edits.ts';
import {
  applied,
  bytesOf,
  type Content,
  contentOf,
  type DesiredMode,
  type Draft,
  digestOf,
  type EntryKey,
  entryAt,
  type FileRecord,
  isAmbiguous,
  isSameEntry,
  type ModeChange,
  type Patch,
  type PlanEnvironment,
  patchedEntry,
  patchesOf,
  undone,
} from './record.ts';
import type { Refusal } from './refusal.ts';

/** A client's file as it was read, and our record of it. */
export interface ReadFile {
  readonly client: Client;
  readonly file: string;
  /** Which of the client's files it is: 0 for the likeliest, its path where there may be any number. */
  readonly fileIndex: number | string;
  readonly bytes: Uint8Array;
  readonly record: FileRecord | null;
  /** Permission bits; null when they are unknown, or have no meaning on this system. */
  readonly mode: number | null;
}

export type Plan =
  | {
      readonly kind: 'change';
      readonly client: ClientId;
      /** How the client writes its servers in this file. */
      readonly rule: Client;
      readonly file: string;
      /** Of the bytes the plan was made for. It is refused for any others. */
      readonly digest: string;
      readonly bytes: Uint8Array;
      /** Without a byte order mark, for a person to see what would change. They show the file's secrets: never log them. */
      readonly texts: { readonly before: string; readonly after: string };
      /** What to remember from then on; null when nothing of ours is left in the file. */
      readonly record: FileRecord | null;
      /** The server that the entry's definition moved to. It has to be among our servers before the file is written. */
      readonly server: ServerSetting | null;
      /** Servers whose definitions go back to the file: this entry does not refer to them in our settings any more. */
      readonly released: readonly string[];
      /** The TCP forward that the entry leads to from now on. It has to be among our settings before the file is written. */
      readonly forward: ForwardSetting | null;
      /** TCP forwards that the entry does not lead to any more. Others may use them: it is for the person to close them. */
      readonly releasedForwards: readonly ForwardSetting[];
      /** The proxy the person had for this server: it is bypassed unless we take it for our upstream. */
      readonly upstream: string | null;
      /** Targets their NO_PROXY keeps from us. */
      readonly exceptions: readonly string[];
      /** Whether the entry shows our token from then on. It has to be valid before the file is written. */
      readonly isSecret: boolean;
      /** How the permissions of the file change, because a token comes into it or the last one leaves; null when they stay. */
      readonly mode: ModeChange | null;
    }
  /** The file already has the desired content; only our record of it may change. */
  | {
      readonly kind: 'unchanged';
      readonly client: ClientId;
      readonly file: string;
      readonly digest: string;
      readonly record: FileRecord | null;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What the entries of a file say before and after a change, as it is written there. They show the file's secrets: never log them. */
export function entriesIn({ rule, texts }: Plan & { readonly kind: 'change' }): readonly unknown[] {
  return [texts.before, texts.after].flatMap((text) => {
    const reading = formatOf(rule).read(text);
    if (reading.kind === 'broken') return [];
    return readEntries(rule, reading.value).map(({ path }) => valueAt(reading.value, path));
  });
}

/** All but the bits of the group and of others. */
const OWNER_ONLY = 0o7700;

const FORMATS: Readonly<Record<Client['format'], Format>> = { json, yaml, toml };

export function formatOf({ format }: Pick<Client, 'format'>): Format {
  const own = FORMATS[format];
  return { ...own, read: (text) => shallow(own, text) };
}

/** What is nested deeper than the parsers go has been written to break them: no client reads it either. */
function shallow(format: Format, text: string): ParsedDocument {
  try {
    return format.read(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { kind: 'broken', fault: { line: 1, column: 1 } };
  }
}

/** Why a text could not be read. One client takes a wider notation than any that is edited here. */
export function brokenRefusal({ id, title }: Client, file: string, fault: SyntaxFault): Refusal {
  return id === 'openclaw' ? { kind: 'json5', file, client: title, ...fault } : { kind: 'broken', file, ...fault };
}

/** The plan that gives one entry its desired mode. Pure: nothing is written. */
export function planEntry(
  read: ReadFile,
  key: EntryKey,
  desired: DesiredMode,
  nodeVersion: string | null,
  environment: PlanEnvironment,
): Plan {
  return safely(read, (content, parsed) => {
    const { client, fileIndex } = read;
    // What the client itself does not read is left as it is; taking ours out of it again is always possible.
    const strict = desired.kind === 'off' ? null : strictRefusal(read);
    if (strict !== null) return { kind: 'refused', refusal: strict };
    const prior = patchOf(read, parsed.value, key);
    const ground = without(read, parsed, (patch) => isSameEntry(patch.entry, prior?.entry ?? key));
    const { value } = ground.parsed;
    const entry = entryAt(client, value, key);
    // What the patch had put in goes with the patch.
    const isDone = desired.kind === 'off' && prior !== null;
    const subject = { client, fileIndex, key, value, entry, nodeVersion, isAmbiguous: isAmbiguous(client, value, key) };
    const drafted = isDone ? null : draftFor(subject, desired, environment);
    if (drafted?.kind === 'refused') return drafted;
    const draft = drafted?.draft ?? null;
    const after = draft === null ? ground : withDraft(client, ground, { ...draft, client: client.id }, client);
    const launch = entry?.launch;
    // Behind a bridge, the proxy of its environment was the way to the server.
    const isOnItsWay = draft?.kind === 'through' || (drafted?.server != null && isRemote(drafted.server));
    const isThrough = isOnItsWay && launch?.kind === 'program';
    return changed(read, content, after, {
      server: drafted?.server ?? null,
      released: movedBy(prior === null ? [] : [prior]).filter((server) => server !== draft?.server),
      forward: draft?.forward ?? null,
      releasedForwards: forwardsOf(prior === null ? [] : [prior]).filter(({ port }) => port !== draft?.forward?.port),
      upstream: isThrough ? ownProxy(launch.env, environment.gateway) : null,
      exceptions: isThrough ? ownExceptions(launch.env) : [],
      isSecret: draft?.isSecret === true,
    });
  });
}

/** The patch that an entry has, which may have been made under another name or in another place; null when it has none. */
function patchOf({ client, record }: ReadFile, value: unknown, key: EntryKey): Patch | null {
  const path = entryAt(client, value, key)?.path.join('\0');
  const patches = patchesOf(record);
  const here = patches.find(
    (patch) => patchedEntry(clientOf(patch.client, client), value, patch)?.path.join('\0') === path,
  );
  return (path === undefined ? undefined : here) ?? patches.find(({ entry }) => isSameEntry(entry, key)) ?? null;
}

/** Which patch each entry has: by the entry's path, its steps joined by NUL. */
export function patchesByPath({ client, record }: ReadFile, value: unknown): ReadonlyMap<string, Patch> {
  const found = new Map<string, Patch>();
  for (const patch of patchesOf(record)) {
    const path = patchedEntry(clientOf(patch.client, client), value, patch)?.path.join('\0');
    if (path !== undefined && !found.has(path)) found.set(path, patch);
  }
  return found;
}

/** An entry as its person wrote it, without what we did to it; null when there is none, or the file cannot be read. */
export function entryWithoutUs(read: ReadFile, key: EntryKey): Entry | null {
  const content = contentOf(read.bytes);
  const reading = content === null ? null : formatOf(read.client).read(content.text);
  if (content === null || reading?.kind !== 'value') return null;
  const mine = patchOf(read, reading.value, key)?.entry ?? key;
  const ground = without(read, { text: content.text, value: reading.value }, ({ entry }) => isSameEntry(entry, mine));
  return entryAt(read.client, ground.parsed.value, key);
}

/** What it takes to undo everything we did to a file. */
export function planUndo(read: ReadFile): Plan {
  return safely(read, (content, parsed) => {
    const released = movedBy(read.record?.patches ?? []);
    const ground = without(read, parsed, () => true);
    const releasedForwards = forwardsOf(read.record?.patches ?? []);
    const none = { server: null, forward: null, upstream: null, exceptions: [], isSecret: false };
    return changed(read, content, ground, { ...none, released, releasedForwards });
  });
}

/** The servers that came to us by these patches. */
function movedBy(patches: readonly Patch[]): string[] {
  return patches.flatMap(({ kind, server }) => (kind === 'run' && server !== null ? [server] : []));
}

function forwardsOf(patches: readonly Patch[]): ForwardSetting[] {
  return patches.flatMap(({ forward }) => (forward === undefined ? [] : [forward]));
}

interface Ground {
  readonly parsed: Parsed;
  /** The text to restore once the last patch is undone; null when it is unknown. */
  readonly base: string | null;
  readonly patches: readonly Patch[];
}

/**
 * The file without some of its patches. As long as the file is as we left it, the text of before is taken and the other
 * patches are made again, so that it comes back to the byte whatever the order; else each patch is undone where it stands.
 */
function without({ client, bytes, record }: ReadFile, parsed: Parsed, leaves: (patch: Patch) => boolean): Ground {
  if (record === null) return { parsed, base: parsed.text, patches: [] };
  const format = formatOf(client);
  const patches = patchesOf(record);
  const staying = patches.filter((patch) => !leaves(patch));
  if (record.base !== null && record.written === digestOf(bytes)) {
    const start: Ground = { parsed: readText(format, record.base), base: record.base, patches: [] };
    return staying.reduce((ground, patch) => withDraft(client, ground, patch, clientOf(patch.client, client)), start);
  }
  const leaving = patches.filter(leaves);
  const left = leaving.reduceRight(
    (done, patch) => undone(clientOf(patch.client, client), format, done, patch),
    parsed,
  );
  return { parsed: left, base: staying.length === 0 ? left.text : null, patches: staying };
}

/**
 * @param client whose notation the file is read in
 * @param by the rule of the client that the draft is for
 */
function withDraft(client: Client, ground: Ground, draft: Draft & { readonly client: ClientId }, by: Client): Ground {
  const { parsed, patch } = applied(by, formatOf(client), ground.parsed, draft);
  return { ...ground, parsed, patches: [...ground.patches, { ...patch, client: draft.client }] };
}

type Consequences = Pick<
  Plan & { kind: 'change' },
  'server' | 'released' | 'forward' | 'releasedForwards' | 'upstream' | 'exceptions' | 'isSecret'
>;

function changed(
  read: ReadFile,
  content: Content,
  { parsed: { text }, base, patches }: Ground,
  consequences: Consequences,
): Plan {
  const { client, file, bytes } = read;
  const after = bytesOf({ ...content, text });
  const { original, change } = modeFor(
    read,
    patches.some(({ isSecret }) => isSecret === true),
  );
  const remembered = original === null ? {} : { mode: original };
  const record =
    patches.length === 0 ? null : { client: client.id, base, written: digestOf(after), patches, ...remembered };
  const subject = { client: client.id, file, digest: digestOf(bytes), record };
  if (text === content.text) return { kind: 'unchanged', ...subject };
  return {
    kind: 'change',
    ...subject,
    rule: client,
    bytes: after,
    texts: { before: content.text, after: text },
    mode: change,
    ...consequences,
  };
}

/**
 * A file with a token of ours in it is for its owner alone. When the last one leaves, the bits from before come back, unless
 * the person has set others since. `original` is what is to be remembered of them.
 */
function modeFor(
  { mode, record }: ReadFile,
  hasSecret: boolean,
): { readonly original: number | null; readonly change: ModeChange | null } {
  const before = record?.mode ?? null;
  if (mode === null) return { original: before, change: null };
  const narrow = mode & OWNER_ONLY;
  if (hasSecret) {
    return narrow === mode
      ? { original: before, change: null }
      : { original: mode, change: { from: mode, to: narrow } };
  }
  const isOurs = before !== null && mode === (before & OWNER_ONLY);
  return { original: null, change: isOurs && before !== mode ? { from: mode, to: before } : null };
}

/** Why a client would not read a file that others would; null when it does. */
export function strictRefusal({ client, file, bytes }: Pick<ReadFile, 'client' | 'file' | 'bytes'>): Refusal | null {
  const content = client.strict === undefined ? null : contentOf(bytes);
  if (content === null) return null;
  const at = { file, client: client.title };
  if (content.mark && client.strict === 'no-comments-no-mark') {
    return { kind: 'strict', ...at, line: 1, column: 1, mistake: 'mark' };
  }
  const mistake = strictMistake(content.text);
  return mistake === null ? null : { kind: 'strict', ...at, ...mistake };
}

/** A file that is broken or that cannot be edited safely is left alone. */
function safely({ client, file, bytes }: ReadFile, make: (content: Content, parsed: Parsed) => Plan): Plan {
  const content = contentOf(bytes);
  if (content === null) return { kind: 'refused', refusal: { kind: 'not-utf8', file } };
  const { text } = content;
  const reading = formatOf(client).read(text);
  if (reading.kind === 'broken') return { kind: 'refused', refusal: brokenRefusal(client, file, reading.fault) };
  try {
    return make(content, { text, value: reading.value });
  } catch (error) {
    // A RangeError: nested deeper than it can be edited.
    if (!(error instanceof UneditableError) && !(error instanceof RangeError)) throw error;
    return { kind: 'refused', refusal: { kind: 'uneditable', file } };
  }
}

/** Whether every patch of a record can still be seen in a file. */
export function isHeld(client: Client, text: string, record: FileRecord): boolean {
  const reading = formatOf(client).read(text);
  return (
    reading.kind === 'value' &&
    patchesOf(record).every((patch) => isSeen(clientOf(patch.client, client), reading.value, patch))
  );
}

function isSeen(client: Client, value: unknown, patch: Patch): boolean {
  const { kind, changes } = patch;
  const path = patchedEntry(client, value, patch)?.path;
  if (path === undefined) return false;
  return (
    kind === 'added' ||
    changes.some(({ path: below, before, after }) => {
      const now = valueAt(value, [...path, ...below]);
      return !sameValue(before, after) && sameValue(now, after);
    })
  );
}
