import { hash } from 'node:crypto';
import { basename, join } from 'node:path';
import { codeOf } from '../../base/errno.ts';
import { isObject, read } from '../../base/schema/index.ts';
import type { Log } from '../../log/log.ts';
import { forwardSchema } from '../../settings/index.ts';
import { isHeld } from '../plan/plan.ts';
import { type FileRecord, isSameEntry, type Patch, patchesOf } from '../plan/record.ts';
import type { Client } from '../table/client.ts';
import { Copies } from './copies.ts';
import { type Disk, PRIVATE, replaceFile } from './disk.ts';
import { KeyError, type Sealing, sealedIn } from './sealing.ts';

/** A client's file, by the client's own way to it and by the path behind all links, which is the same for every client. */
export interface JournalSubject {
  readonly client: Client;
  readonly file: string;
  readonly real: string;
}

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

/**
 * A write-ahead journal of the files we changed: an entry for each, in a folder of ours, and a copy of every file from before
 * each change. The entry is written before the file, so that after an interruption either state is recognised. Both repeat the
 * secrets of the files: they are encrypted where the system keeps a key, and go once a file has nothing of ours in it.
 */
export class Journal {
  readonly copies: Copies;
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #log: Log;
  readonly #sealing: Sealing;

  constructor(disk: Disk, folder: string, log: Log, sealing: Sealing) {
    this.#disk = disk;
    this.#folder = folder;
    this.#log = log;
    this.#sealing = sealing;
    this.copies = new Copies(disk, join(folder, 'backups'), sealing);
  }

  /** The record that holds for a file with these contents. Rejects with `KeyError` where it cannot be decrypted. */
  async recall(subject: JournalSubject, digest: string, text: string): Promise<FileRecord | null> {
    const { client, file, real } = subject;
    const own = recordIn(await this.#read(nameOf(real), real, client), client, digest, text);
    const older = recordIn(await this.#read(oldNameOf(subject), file, client), client, digest, text);
    if (own !== null || older !== null) return joined(own, older);
    // The file has moved behind the client's way to it, or the link to it has become a file: its content tells.
    for (const before of [file, await this.#target(subject)]) {
      if (before === null || before === real) continue;
      const record = recordIn(await this.#read(nameOf(before), before, client), client, digest, text);
      if (record !== null && (record.written === digest || isHeld(client, text, record))) return record;
    }
    return null;
  }

  /** Writes the entry of a change that is about to be made. */
  async announce(subject: JournalSubject, entry: Omit<JournalEntry, 'file'>): Promise<void> {
    await this.#write(subject, entry);
  }

  /** Writes the record that holds from now on. Null takes away all that is kept of the file. */
  async settle(subject: JournalSubject, record: FileRecord | null): Promise<void> {
    if (record !== null) return this.#write(subject, { record, pending: null });
    const { file, real } = subject;
    await this.copies.removeOf(subject, await this.#isOnlyOne(basename(file), real));
    await this.#disk.remove(this.#pathOf(nameOf(real)));
    await this.#disk.remove(this.#pathOf(oldNameOf(subject)));
  }

  /** Asks for the system's key, which may wait for the person: to be done before a lock is taken. */
  async prepare(): Promise<void> {
    await this.#sealing.hasKey();
  }

  /** Whether an earlier version, or a process without the key, has left something in clear that can be encrypted. */
  async canSeal(): Promise<boolean> {
    const hasClear = (await this.copies.list()).some(({ isSealed }) => !isSealed);
    return (hasClear || (await this.#entriesInClear()).length > 0) && (await this.#sealing.hasKey());
  }

  /** Encrypts what is in clear. */
  async sealAll(): Promise<void> {
    for (const [name, entry] of await this.#entriesInClear()) await this.#replace(name, entry);
    await this.copies.sealAll();
  }

  async #entriesInClear(): Promise<readonly (readonly [string, JournalEntry])[]> {
    const names = (await this.#disk.list(this.#folder)).filter((name) => ENTRY_NAME.test(name));
    const entries = names.map(async (name): Promise<readonly (readonly [string, JournalEntry])[]> => {
      const bytes = await this.#disk.read(this.#pathOf(name));
      const entry = sealedIn(bytes) === null ? parseJournalEntry(bytes.toString('utf8')) : null;
      return entry === null ? [] : [[name, entry]];
    });
    return (await Promise.all(entries)).flat();
  }

  /** Whether no other file of this name is in the journal. One that cannot be read may be. */
  async #isOnlyOne(name: string, real: string): Promise<boolean> {
    try {
      for (const entry of await this.#disk.list(this.#folder)) {
        if (!ENTRY_NAME.test(entry) || entry === nameOf(real)) continue;
        const other = parseJournalEntry((await this.#text(entry)) ?? '');
        if (other !== null && other.file !== real && basename(other.file) === name) return false;
      }
      return true;
    } catch (error) {
      if (!(error instanceof KeyError)) throw error;
      return false;
    }
  }

  async #read(name: string, file: string, client: Client): Promise<JournalEntry | null> {
    const text = await this.#text(name);
    if (text === null || linkIn(text) !== null) return null;
    const entry = parseJournalEntry(text);
    if (entry !== null && entry.file === file) return entry;
    // Undo is never guessed. The broken journal entry is kept aside, and so are the copies of the file.
    const path = this.#pathOf(name);
    await this.#disk.rename(path, `${path}.broken`);
    this.#log.error('What was remembered about a client’s file cannot be read; it is kept aside', {
      client: client.id,
    });
    return null;
  }

  /** What the client's way to its file led to when it was changed last; null when it was no link. */
  async #target(subject: JournalSubject): Promise<string | null> {
    const text = await this.#text(oldNameOf(subject));
    return text === null ? null : linkIn(text);
  }

  async #text(name: string): Promise<string | null> {
    const path = this.#pathOf(name);
    try {
      const bytes = await this.#disk.read(path);
      const sealed = sealedIn(bytes);
      return (sealed === null ? bytes : await this.#sealing.opened(sealed, path)).toString('utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    }
  }

  /** The entry goes by the file itself. What says the same under another name is taken away, or replaced by where a link leads. */
  async #write(subject: JournalSubject, entry: Omit<JournalEntry, 'file'>): Promise<void> {
    const { file, real } = subject;
    await this.#disk.makeFolder(this.#folder);
    await this.#replace(nameOf(real), { file: real, ...entry });
    if (file === real) {
      await this.#disk.remove(this.#pathOf(oldNameOf(subject)));
    } else {
      await this.#replace(oldNameOf(subject), { link: file, real } satisfies Link);
      await this.#disk.remove(this.#pathOf(nameOf(file)));
    }
    await this.#disk.syncFolder(this.#folder);
  }

  async #replace(name: string, value: JournalEntry | Link): Promise<void> {
    const path = this.#pathOf(name);
    const bytes = Buffer.from(JSON.stringify(value));
    // Where a link led is no secret.
    const sealed = 'link' in value ? null : await this.#sealing.sealed(bytes, path);
    await replaceFile(this.#disk, path, sealed ?? bytes, PRIVATE);
  }

  #pathOf(name: string): string {
    return join(this.#folder, name);
  }
}

/** Names of entries, by either way of naming them. */
const ENTRY_NAME = /^[a-z0-9-]+-[0-9a-f]{16}\.json$/;

/** Where a client's way to its file led. */
interface Link {
  readonly link: string;
  readonly real: string;
}

function linkIn(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && isText(value['link']) && isText(value['real']) ? value['real'] : null;
  } catch {
    // Then it is no entry of the journal either, and is kept aside as such.
    return null;
  }
}

function nameOf(real: string): string {
  return `file-${hash('sha256', real, 'hex').slice(0, 16)}.json`;
}

/** Versions up to 0.2 named an entry after the client and its way to the file; links are named so still. */
function oldNameOf({ client, file }: JournalSubject): string {
  return `${client.id}-${hash('sha256', file, 'hex').slice(0, 16)}.json`;
}

function recordIn(entry: JournalEntry | null, client: Client, digest: string, text: string): FileRecord | null {
  if (entry === null) return null;
  const { record, pending } = entry;
  if (pending === null || digest === pending.before) return record;
  if (digest === pending.after) return pending.record;
  // Interrupted, and another program has changed the file since: the patches found in it tell which record holds.
  const candidates = [pending.record, record].sort((left, right) => sizeOf(right) - sizeOf(left));
  const held = candidates.find((each) => each !== null && isHeld(client, text, each));
  return held ?? candidates.at(-1) ?? null;
}

/** Two clients changed one file before its entry went by the file itself: the text from before both is not known. */
function joined(own: FileRecord | null, older: FileRecord | null): FileRecord | null {
  if (own === null || older === null) return own ?? older;
  const known = patchesOf(own);
  const others = patchesOf(older).filter(({ entry }) => known.every((patch) => !isSameEntry(patch.entry, entry)));
  return others.length === 0 ? own : { ...own, base: null, patches: [...known, ...others] };
}

function sizeOf(record: FileRecord | null): number {
  return record?.patches.length ?? 0;
}
