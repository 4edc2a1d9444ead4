import { isObject, read } from '../../base/schema/index.ts';
import { forwardSchema } from '../../settings/index.ts';
import type { FileRecord, Patch } from '../plan/record.ts';

/** What the journal holds about one file. */
export interface JournalEntry {
  /** Behind all links. Before two clients could share a file: the client's own way to it. */
  readonly file: string;
  readonly record: FileRecord | null;
  /** A change that was begun: digests of the file before and after, and what holds once it is made. */
  readonly pending: { readonly before: string; readonly after: string; readonly record: FileRecord | null } | null;
}

/** Null for anything that is not a whole journal entry. Keys that are unknown here stay: a newer version may have written them. */
export function parseJournalEntry(text: string): JournalEntry | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Journal entries are replaced atomically: a broken one was written by another program.
    return null;
  }
  return isJournalEntry(value) ? value : null;
}

function isJournalEntry(value: unknown): value is JournalEntry {
  if (!isObject(value) || typeof value['file'] !== 'string' || !isRecordOrNull(value['record'])) return false;
  const pending = value['pending'];
  if (pending === null) return true;
  return (
    isObject(pending) && isText(pending['before']) && isText(pending['after']) && isRecordOrNull(pending['record'])
  );
}

function isRecordOrNull(value: unknown): value is FileRecord | null {
  if (value === null) return true;
  if (!isObject(value) || !isText(value['client']) || !isText(value['written'])) return false;
  const { mode } = value;
  if (mode !== undefined && !Number.isInteger(mode)) return false;
  return isTextOrNull(value['base']) && isListOf(value['patches'], isPatch);
}

function isPatch(value: unknown): value is Patch {
  if (!isObject(value) || !isTextOrNull(value['server'])) return false;
  const { entry, kind, edits, changes, made, stretch, forward, isSecret } = value;
  return (
    isObject(entry) &&
    isPath(entry['holder']) &&
    isText(entry['name']) &&
    (kind === 'through' || kind === 'run' || kind === 'added' || kind === 'cleared' || kind === 'forward') &&
    isListOf(edits, isEdit) &&
    isListOf(changes, (change) => isObject(change) && isPath(change['path'])) &&
    isListOf(made, isPath) &&
    isObject(stretch) &&
    Number.isInteger(stretch['offset']) &&
    isText(stretch['before']) &&
    isText(stretch['after']) &&
    (isSecret === undefined || isSecret === true) &&
    (value['client'] === undefined || isText(value['client'])) &&
    (forward === undefined || read(forwardSchema, forward).ok)
  );
}

function isEdit(value: unknown): boolean {
  if (!isObject(value) || !isPath(value['path'])) return false;
  const { kind } = value;
  return kind === 'remove' || ((kind === 'set' || kind === 'append') && 'value' in value);
}

function isPath(value: unknown): boolean {
  return isListOf(value, (step) => typeof step === 'string' || Number.isInteger(step));
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || isText(value);
}
