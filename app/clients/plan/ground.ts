import {
  edited,
  editSeveral,
  type Format,
  json,
  type Parsed,
  type ParsedDocument,
  type Path,
  readText,
  type Span,
  type SyntaxFault,
  sameValue,
  strictMistake,
  toml,
  UneditableError,
  valueAt,
  withEdits,
  yaml,
} from '../document/index.ts';
import type { Client, ClientId } from '../table/client.ts';
import { clientOf } from '../table/clients.ts';
import {
  applied,
  below,
  type Content,
  changedText,
  contentOf,
  type Draft,
  digestOf,
  EntriesByClient,
  type EntryKey,
  type FileRecord,
  isSameEntry,
  type Patch,
  patchesOf,
  patchFrom,
  type TextChange,
  undone,
  wayBack,
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

/** A file's text and its value; refused when it is broken. */
export function opened({
  client,
  file,
  bytes,
}: ReadFile):
  | { readonly kind: 'open'; readonly content: Content; readonly parsed: Parsed }
  | { readonly kind: 'refused'; readonly refusal: Refusal } {
  const content = contentOf(bytes);
  if (content === null) return { kind: 'refused', refusal: { kind: 'not-utf8', file } };
  const { text } = content;
  const reading = formatOf(client).read(text);
  if (reading.kind === 'broken') return { kind: 'refused', refusal: brokenRefusal(client, file, reading.fault) };
  return { kind: 'open', content, parsed: { text, value: reading.value } };
}

/** What is made of a file; refused when it cannot be edited safely. */
export function editable<Made>(
  { file }: ReadFile,
  make: () => Made,
): Made | { readonly kind: 'refused'; readonly refusal: Refusal } {
  try {
    return make();
  } catch (error) {
    // A RangeError: nested deeper than it can be edited.
    if (!(error instanceof UneditableError) && !(error instanceof RangeError)) throw error;
    return { kind: 'refused', refusal: { kind: 'uneditable', file } };
  }
}

/** A file with some of its patches. */
export interface Ground {
  readonly parsed: Parsed;
  /** The text to restore once the last patch is undone; null when it is unknown. */
  readonly base: string | null;
  readonly patches: readonly Patch[];
}

type OwnedPatch = ReturnType<typeof patchesOf>[number];

/** Whether a file is as we left it, with the text of before known. */
function isAsWritten({ bytes, record }: ReadFile): boolean {
  return record !== null && record.base !== null && record.written === digestOf(bytes);
}

/**
 * The file without some of its patches. As long as the file is as we left it, the text of before is taken and the other
 * patches are made again, so that it comes back to the byte whatever the order; else each patch is undone where it stands.
 */
export function without(read: ReadFile, parsed: Parsed, leaves: (patch: Patch) => boolean): Ground {
  const { client, record } = read;
  if (record === null) return { parsed, base: parsed.text, patches: [] };
  const format = formatOf(client);
  const patches = patchesOf(record);
  const staying = patches.filter((patch) => !leaves(patch));
  if (record.base !== null && isAsWritten(read)) {
    const { base } = record;
    // Made again they would be what they are.
    if (staying.length === patches.length && patches.length > 0) return { parsed, base, patches };
    const bare: Ground = { parsed: readText(format, base), base, patches: [] };
    const again = staying.map((patch) => byRule(client, patch));
    const { ground, uneditable } = withDrafts(client, bare, again);
    if (uneditable.length > 0) throw new UneditableError('not a second time');
    return ground;
  }
  const leaving = patches.filter(leaves).map((patch) => byRule(client, patch));
  const left = undoneAll(format, parsed, leaving);
  return { parsed: left, base: staying.length === 0 ? left.text : null, patches: staying };
}

function byRule(client: Client, patch: OwnedPatch): ByClient<OwnedPatch> {
  return { by: clientOf(patch.client, client), of: patch };
}

type OwnedDraft = ByClient<Draft & { readonly client: ClientId }>;

/**
 * With further drafts. Those that the text cannot be edited for are left out.
 * @param client whose notation the file is read in
 */
export function withDrafts<Each extends OwnedDraft>(
  client: Client,
  ground: Ground,
  drafts: readonly Each[],
): { readonly ground: Ground; readonly uneditable: readonly Each[] } {
  const { parsed, patches } = appliedAll(formatOf(client), ground.parsed, drafts);
  const made = drafts.flatMap(({ of }, at) => {
    const patch = patches[at] ?? null;
    return patch === null ? [] : [{ ...patch, client: of.client }];
  });
  const uneditable = drafts.filter((_, at) => (patches[at] ?? null) === null);
  return { ground: { ...ground, parsed, patches: [...ground.patches, ...made] }, uneditable };
}

/** Finds the patches of a file's entries. */
export class PatchFinder {
  /** Of the file as it is. */
  readonly entries: EntriesByClient;
  readonly #client: Client;
  readonly #patches: readonly OwnedPatch[];
  readonly #byPath: ReadonlyMap<string, Patch>;
  readonly #found: ReadonlySet<Patch>;

  constructor({ client, record }: ReadFile, value: unknown) {
    this.entries = new EntriesByClient(value);
    this.#client = client;
    this.#patches = patchesOf(record);
    const found = new Map<string, Patch>();
    for (const patch of this.#patches) {
      const path = this.entries.of(clientOf(patch.client, client)).patched(patch)?.path.join('\0');
      if (path !== undefined && !found.has(path)) found.set(path, patch);
    }
    this.#byPath = found;
    this.#found = new Set(found.values());
  }

  /** Those whose entries are still in the file: what was taken out of it since goes back to no place. */
  get found(): readonly Patch[] {
    return this.#patches.filter((patch) => this.#found.has(patch));
  }

  /** By the entry's path, its steps joined by NUL. */
  get byPath(): ReadonlyMap<string, Patch> {
    return this.#byPath;
  }

  /** The patch that an entry has, which may have been made under another name or in another place; null when it has none. */
  of(key: EntryKey): Patch | null {
    const path = this.entries.of(this.#client).at(key)?.path.join('\0');
    const here = path === undefined ? undefined : this.#byPath.get(path);
    return here ?? this.#patches.find(({ entry }) => isSameEntry(entry, key)) ?? null;
  }
}

/** Whether every patch of a record can still be seen in a file. */
export function isHeld(client: Client, text: string, record: FileRecord): boolean {
  const reading = formatOf(client).read(text);
  if (reading.kind !== 'value') return false;
  const entries = new EntriesByClient(reading.value);
  return patchesOf(record).every((patch) => isSeen(entries, clientOf(patch.client, client), reading.value, patch));
}

function isSeen(entries: EntriesByClient, client: Client, value: unknown, patch: Patch): boolean {
  const { kind, changes } = patch;
  const path = entries.of(client).patched(patch)?.path;
  if (path === undefined) return false;
  return (
    kind === 'added' ||
    changes.some(({ path: below, before, after }) => {
      const now = valueAt(value, [...path, ...below]);
      return !sameValue(before, after) && sameValue(now, after);
    })
  );
}

/** A draft or a patch, and the rule of the client that it is for. */
export interface ByClient<Of> {
  readonly by: Client;
  readonly of: Of;
}

/** What became of several drafts: a patch for each, null where the text could not be edited. */
export interface PatchedTogether {
  readonly parsed: Parsed;
  readonly patches: readonly (Patch | null)[];
}

/**
 * Makes the edits of several drafts, with the text that they would give one after the other, in a handful of readings of the text
 * for all of them. Where that cannot be proved, they are parted into halves, down to one by one.
 */
function appliedAll(format: Format, parsed: Parsed, drafts: readonly ByClient<Draft>[]): PatchedTogether {
  const runs: ByClient<Draft>[][] = [];
  for (const draft of drafts) {
    const run = runs.at(-1);
    // New entries go behind the last one, so that each has to see the one before it.
    const isAlone = draft.of.kind === 'added' || run?.[0]?.of.kind === 'added';
    if (run === undefined || isAlone) runs.push([draft]);
    else run.push(draft);
  }
  return runs.reduce<PatchedTogether>((before, run) => joined(before, appliedRun(format, before.parsed, run)), {
    parsed,
    patches: [],
  });
}

function appliedRun(format: Format, parsed: Parsed, drafts: readonly ByClient<Draft>[]): PatchedTogether {
  const [only, another] = drafts;
  if (only === undefined) return { parsed, patches: [] };
  if (another === undefined) return appliedAlone(format, parsed, only);
  const together = orNull(() => appliedTogether(format, parsed, drafts));
  if (together !== null) return together;
  const half = Math.ceil(drafts.length / 2);
  const first = appliedRun(format, parsed, drafts.slice(0, half));
  return joined(first, appliedRun(format, first.parsed, drafts.slice(half)));
}

function joined(first: PatchedTogether, second: PatchedTogether): PatchedTogether {
  return { parsed: second.parsed, patches: [...first.patches, ...second.patches] };
}

function appliedAlone(format: Format, parsed: Parsed, { by, of }: ByClient<Draft>): PatchedTogether {
  const made = orNull(() => applied(by, format, parsed, of));
  return made === null ? { parsed, patches: [null] } : { parsed: made.parsed, patches: [made.patch] };
}

/** Null where the text cannot be edited, or is nested deeper than it can be. */
function orNull<Made>(make: () => Made): Made | null {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof UneditableError) && !(error instanceof RangeError)) throw error;
    return null;
  }
}

function appliedTogether(format: Format, parsed: Parsed, drafts: readonly ByClient<Draft>[]): PatchedTogether {
  const before = new EntriesByClient(parsed.value);
  const paths = drafts.map(({ by, of }) => before.of(by).at(of.entry)?.path ?? apart());
  if (new Set(paths.map(textOf)).size < paths.length) return apart();
  const edits = drafts.map(({ of }, at) => of.edits.map((edit) => below(paths[at] ?? [], edit)));
  const done = editSeveral(format, parsed, edits);
  // Nothing comes or goes, so each entry is where it was.
  const texts = stretches(format, parsed.text, done.text, paths);
  const patches = drafts.map(({ of }, at) => {
    const path = paths[at] ?? [];
    return patchFrom(of, valueAt(parsed.value, path), valueAt(done.value, path), texts[at] ?? apart());
  });
  return { parsed: done, patches };
}

/** What changed in each entry: between where it begins and where the next one begins that changes, too. */
function stretches(format: Format, before: string, after: string, paths: readonly Path[]): readonly TextChange[] {
  const old = format.spans(before, paths).map((span) => span ?? apart());
  const now = format.spans(after, paths).map((span) => span ?? apart());
  const order = [...paths.keys()].toSorted((left, right) => startOf(old, left) - startOf(old, right));
  const found = new Map<number, TextChange>();
  const [first = 0] = order;
  if (before.slice(0, startOf(old, first)) !== after.slice(0, startOf(now, first))) return apart();
  for (const [position, at] of order.entries()) {
    const next = order[position + 1];
    // The line that the next one begins on, and with it the indentation there, is the end of what changes here.
    const isOwnLine = next === undefined || before.slice(old[at]?.end, startOf(old, next)).includes('\n');
    if (!isOwnLine && (isOverLines(before, old[at]) || isOverLines(after, now[at]))) return apart();
    const [oldEnd, nowEnd] =
      next === undefined ? [before.length, after.length] : [startOf(old, next), startOf(now, next)];
    // A table of TOML may be spread over the file.
    if ((old[at]?.end ?? 0) > oldEnd || (now[at]?.end ?? 0) > nowEnd) return apart();
    found.set(at, changedText(before.slice(startOf(old, at), oldEnd), after.slice(startOf(now, at), nowEnd)));
  }
  return paths.map((_, at) => found.get(at) ?? apart());
}

/** Whether it is on more than one line. */
function isOverLines(text: string, span: Span | undefined): boolean {
  return span !== undefined && text.slice(span.start, span.end).includes('\n');
}

function startOf(spans: readonly Span[], at: number): number {
  return spans[at]?.start ?? 0;
}

/** They have to be seen to apart from each other. */
function apart(): never {
  throw new UneditableError('not together');
}

function textOf(path: Path): string {
  return path.join('\0');
}

/**
 * Undoes several patches, the last one first, and nothing else: as `undone` does it one by one, in a handful of readings of the text.
 * Throws UneditableError when one of them cannot be undone.
 */
function undoneAll(format: Format, parsed: Parsed, patches: readonly ByClient<Patch>[]): Parsed {
  if (patches.length < 2) return undoneInTurn(format, parsed, patches);
  const together = orNull(() => undoneTogether(format, parsed, patches));
  if (together !== null) return together;
  const half = Math.floor(patches.length / 2);
  return undoneAll(format, undoneAll(format, parsed, patches.slice(half)), patches.slice(0, half));
}

function undoneInTurn(format: Format, parsed: Parsed, patches: readonly ByClient<Patch>[]): Parsed {
  return patches.reduceRight((done, { by, of }) => undone(by, format, done, of), parsed);
}

function undoneTogether(format: Format, parsed: Parsed, patches: readonly ByClient<Patch>[]): Parsed {
  const entries = new EntriesByClient(parsed.value);
  // What was added goes with its place, and moves what stands behind it in a list.
  const found = patches.flatMap((one) => {
    const path = one.of.kind === 'added' ? null : (entries.of(one.by).patched(one.of)?.path ?? null);
    return path === null ? [] : [{ one, path }];
  });
  if (new Set(found.map(({ path }) => textOf(path))).size < found.length) return apart();
  const spans = format.spans(
    parsed.text,
    found.map(({ path }) => path),
  );
  const ways = found.map(({ one, path }, at) => wayBack(one.of, path, parsed, spans[at] ?? null));
  const exact = ways.flatMap((way) => (way.exact === null ? [] : [{ ...way, exact: way.exact }]));
  const restored = withEdits(
    parsed.text,
    exact.map((way) => way.exact),
  );
  const reading = format.read(restored);
  const wanted = exact.reduce((before, { edits }) => edits.reduce(edited, before), parsed.value);
  if (reading.kind === 'broken' || !sameValue(reading.value, wanted)) return apart();
  const others = ways.flatMap((way) => (way.exact === null ? [way.edits] : []));
  const done = editSeveral(format, { text: restored, value: reading.value }, others);
  const seenTo = new Set(found.map(({ one }) => one));
  return undoneInTurn(
    format,
    done,
    patches.filter((one) => !seenTo.has(one)),
  );
}
