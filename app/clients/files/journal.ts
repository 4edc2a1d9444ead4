import { hash } from 'node:crypto';
import { basename, join } from 'node:path';
import { codeOf } from '../../base/errno.ts';
import { isObject, read } from '../../base/schema/index.ts';
import type { Log } from '../../log/log.ts';
import { forwardSchema } from '../../settings/index.ts';
import { isHeld } from '../plan/plan.ts';
import type { FileRecord, Patch } from '../plan/record.ts';
import type { Client } from '../table/client.ts';
import { type Disk, PRIVATE, replaceFile } from './disk.ts';

/** What the journal holds about one file. */
export interface JournalEntry {
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

/**
 * A write-ahead journal of the files we changed: an entry for each, in a folder of ours, and a copy of every file from before
 * each change. The entry is written before the file, so that after an interruption either state is recognised.
 */
export class Journal {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #log: Log;

  constructor(disk: Disk, folder: string, log: Log) {
    this.#disk = disk;
    this.#folder = folder;
    this.#log = log;
  }

  /** The record that holds for a file with these contents. */
  async recall(client: Client, file: string, digest: string, text: string): Promise<FileRecord | null> {
    const entry = await this.#read(client, file);
    if (entry === null) return null;
    const { record, pending } = entry;
    if (pending === null || digest === pending.before) return record;
    if (digest === pending.after) return pending.record;
    // Interrupted, and another program has changed the file since: the patches found in it tell which record holds.
    const candidates = [pending.record, record].sort((left, right) => sizeOf(right) - sizeOf(left));
    const held = candidates.find((each) => each !== null && isHeld(client, text, each));
    return held ?? candidates.at(-1) ?? null;
  }

  /** Writes the entry of a change that is about to be made. */
  async announce(client: Client, file: string, entry: JournalEntry): Promise<void> {
    await this.#write(client, file, entry);
  }

  /** Writes the record that holds from now on. */
  async settle(client: Client, file: string, record: FileRecord | null): Promise<void> {
    if (record === null) await this.#disk.remove(this.#pathOf(client, file));
    else await this.#write(client, file, { file, record, pending: null });
  }

  /** Keeps a copy of a file. Returns where. */
  async keep(client: Client, file: string, bytes: Uint8Array, now: Date): Promise<string> {
    const folder = join(this.#folder, 'backups');
    await this.#disk.makeFolder(folder);
    const stamp = now.toISOString().replaceAll(':', '-');
    const copy = join(folder, `${stamp} ${client.id} ${basename(file)}`);
    await this.#disk.remove(copy);
    await this.#disk.create(copy, bytes, PRIVATE);
    await this.#disk.syncFolder(folder);
    return copy;
  }

  async #read(client: Client, file: string): Promise<JournalEntry | null> {
    const path = this.#pathOf(client, file);
    let bytes: Buffer;
    try {
      bytes = await this.#disk.read(path);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    }
    const entry = parseJournalEntry(bytes.toString('utf8'));
    if (entry !== null && entry.file === file) return entry;
    // Undo is never guessed. The broken journal entry is kept aside, and so are the copies of the file.
    await this.#disk.rename(path, `${path}.broken`);
    this.#log.error('What was remembered about a client’s file cannot be read; it is kept aside', {
      client: client.id,
    });
    return null;
  }

  async #write(client: Client, file: string, entry: JournalEntry): Promise<void> {
    await this.#disk.makeFolder(this.#folder);
    await replaceFile(this.#disk, this.#pathOf(client, file), Buffer.from(JSON.stringify(entry)), PRIVATE);
    await this.#disk.syncFolder(this.#folder);
  }

  #pathOf(client: Client, file: string): string {
    return join(this.#folder, `${client.id}-${hash('sha256', file, 'hex').slice(0, 16)}.json`);
  }
}

function sizeOf(record: FileRecord | null): number {
  return record?.patches.length ?? 0;
}
