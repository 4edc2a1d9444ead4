import {
  type Edit,
  edited,
  editText,
  type Format,
  isTable,
  type Parsed,
  type Path,
  sameValue,
  UneditableError,
  valueAt,
} from '../document/index.ts';
import { type Entry, readEntries } from '../entry/entry.ts';
import type { Client } from '../table/client.ts';
import { type EntryKey, isSameEntry, type Patch, type TextChange } from './record.ts';

/** The entry with this key, wherever it stands by now; null when it is not there. */
export function entryAt(client: Client, value: unknown, key: EntryKey): Entry | null {
  return readEntries(client, value).find((entry) => isSameEntry(keyOf(entry), key)) ?? null;
}

/** Whether several entries have this key, as a list of entries allows it. */
export function isAmbiguous(client: Client, value: unknown, key: EntryKey): boolean {
  return readEntries(client, value).filter((entry) => isSameEntry(keyOf(entry), key)).length > 1;
}

/**
 * The entry that a patch was made in, wherever the client has put it since: under its key, else the only one of its name that
 * shows what the patch wrote, else the only one of any name. Null when there is none.
 */
export function patchedEntry(client: Client, value: unknown, patch: Patch): Entry | null {
  const all = readEntries(client, value);
  const named = all.filter((entry) => isSameEntry(keyOf(entry), patch.entry));
  const showing = (entry: Entry): boolean => isShown(value, entry, patch);
  const [own] = named.length > 1 ? named.filter(showing) : named;
  if (own !== undefined) return own;
  const moved = all.filter(showing);
  const sameName = moved.filter(({ name }) => name === patch.entry.name);
  const [only, another] = sameName.length > 0 ? sameName : moved;
  return another === undefined ? (only ?? null) : null;
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
  const changes = draft.edits.map((edit) => change(edit.path, old, valueAt(done.value, now)));
  const made = draft.edits.flatMap((edit) => missing(edit.path, old));
  const stretch = changedText(format, parsed.text, done.text, now);
  return { parsed: done, patch: { ...draft, changes, made, stretch } };
}

/**
 * Undoes one patch and nothing else. Later changes to the entry stay, and so does the text around it; where our text is
 * unchanged, the exact characters from before are restored.
 */
export function undone(client: Client, format: Format, parsed: Parsed, patch: Patch): Parsed {
  const path = patchedEntry(client, parsed.value, patch)?.path;
  if (path === undefined) return parsed;
  const exact = restored(format, parsed.text, path, patch);
  const edits = inverse(patch, valueAt(parsed.value, path)).map((edit) => below(path, edit));
  const wanted = edits.reduce(edited, parsed.value);
  const reading = exact === null ? null : format.read(exact);
  const isExact = exact !== null && reading?.kind === 'value' && sameValue(reading.value, wanted);
  return isExact ? { text: exact, value: reading.value } : editText(format, parsed, edits);
}

function below(path: Path, edit: Edit): Edit {
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

function sameOrBothMissing(left: unknown, right: unknown): boolean {
  return left === undefined || right === undefined ? left === right : sameValue(left, right);
}

/** The difference between two texts, relative to the start of the entry. */
function changedText(format: Format, before: string, after: string, path: Path): TextChange {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const start = format.span(after, path)?.start ?? 0;
  return {
    offset: head - start,
    before: before.slice(head, before.length - tail),
    after: after.slice(head, after.length - tail),
  };
}

/** The text with the old span restored; null when what we wrote is not there any more. */
function restored(format: Format, text: string, path: Path, { stretch }: Patch): string | null {
  const start = (format.span(text, path)?.start ?? 0) + stretch.offset;
  const end = start + stretch.after.length;
  if (start < 0 || text.slice(start, end) !== stretch.after) return null;
  return text.slice(0, start) + stretch.before + text.slice(end);
}
