import { hash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { CipherSource } from '../../base/cipher.ts';
import { codeOf } from '../../base/errno.ts';
import type { Log } from '../../base/log.ts';
import { isObject } from '../../base/schema/index.ts';
import { LockBusyError, withLock } from '../../platform/lock/index.ts';
import { isHeld } from '../plan/ground.ts';
import type { Plan } from '../plan/plan.ts';
import { contentOf, digestOf, type FileRecord, isSameEntry, type ModeChange, patchesOf } from '../plan/record.ts';
import type { Refusal } from '../plan/refusal.ts';
import type { Client, ClientId } from '../table/client.ts';
import { clientOf } from '../table/clients.ts';
import { Copies, KeyError, type Sealing, sealedIn } from './copies.ts';
import { type Disk, PRIVATE, replaceFile } from './disk.ts';
import { type JournalEntry, parseJournalEntry } from './journal-entry.ts';

export type Applied =
  /** `backup` is the copy of the file as it was; null when the file did not have to change, or has nothing of ours in it any more. */
  | { readonly kind: 'written'; readonly backup: string | null; readonly mode: ModeChange | null }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface FileWriterContext {
  readonly disk: Disk;
  /** A folder of ours for what has to be remembered. It need not be there. */
  readonly folder: string;
  readonly log: Log;
  /** Whether other processes may write as well: then a lock in `folder` keeps them apart. */
  readonly isShared?: boolean;
  /** What encrypts what is remembered. Left out where the process has no way to the system's key. */
  readonly cipher?: CipherSource;
  now(): Date;
}

type Planned = Plan & { readonly kind: 'change' | 'unchanged' };

/** Name of the lock in the folder of the journal. */
const LOCK = 'writing.lock';

/** Writes what was planned into a client's file: only over the bytes that the plan was made for, with a journal entry and a copy before. */
export class FileWriter {
  readonly #context: FileWriterContext;
  readonly #journal: Journal;
  readonly #changed: (client: ClientId, file: string) => Promise<void>;

  /** @param changed told of a file once it has something of ours in it */
  constructor(
    context: FileWriterContext,
    journal: Journal,
    changed: (client: ClientId, file: string) => Promise<void>,
  ) {
    this.#context = context;
    this.#journal = journal;
    this.#changed = changed;
  }

  /** Unless the file has changed since. Calls must not overlap. */
  async apply(plan: Planned, client: Client): Promise<Applied> {
    const { folder, isShared } = this.#context;
    await this.#journal.prepare();
    const apply = (): Promise<Applied> => this.#apply(plan, client);
    return isShared === true ? this.#locked(join(folder, LOCK), plan, apply) : apply();
  }

  /** Ends undos that were interrupted, and encrypts what is remembered in clear where the system keeps a key. Faults are logged. */
  async tidyUp(): Promise<void> {
    const { folder, isShared, log } = this.#context;
    const tidy = (): Promise<void> => this.#journal.tidyUp();
    try {
      if (!(await this.#journal.isUntidy())) return;
      await (isShared === true ? withLock(join(folder, LOCK), tidy) : tidy());
    } catch (error) {
      const code = error instanceof LockBusyError ? 'busy' : error instanceof KeyError ? error.kind : codeOf(error);
      if (code === null) throw error;
      log.warn('Copies of clients’ files could not be deleted or encrypted', { code });
    }
  }

  async #locked(lock: string, { file }: Planned, apply: () => Promise<Applied>): Promise<Applied> {
    try {
      return await withLock(lock, apply);
    } catch (error) {
      if (error instanceof LockBusyError) return { kind: 'refused', refusal: { kind: 'busy', file } };
      const code = codeOf(error);
      if (code === null) throw error;
      return { kind: 'refused', refusal: { kind: 'not-written', file, code } };
    }
  }

  async #apply(plan: Planned, client: Client): Promise<Applied> {
    try {
      return await this.#write(client, plan);
    } catch (error) {
      if (error instanceof KeyError) return { kind: 'refused', refusal: keyRefusal(plan.file, error) };
      const code = codeOf(error);
      if (code === null) throw error;
      return { kind: 'refused', refusal: { kind: 'not-written', file: plan.file, code } };
    }
  }

  async #write(client: Client, plan: Planned): Promise<Applied> {
    const { file, digest } = plan;
    const { disk } = this.#context;
    const real = await disk.realPath(file);
    const subject = { client, file, real };
    const old = await disk.read(real);
    if (digestOf(old) !== digest) return { kind: 'refused', refusal: { kind: 'changed', file } };
    if (plan.kind === 'unchanged') {
      await this.#journal.settle(subject, plan.record);
      return { kind: 'written', backup: null, mode: null };
    }
    const facts = await disk.facts(real);
    if ((facts.mode & 0o222) === 0) return { kind: 'refused', refusal: { kind: 'read-only', file } };
    // A rename would part the two names, and the other one would keep the old content.
    if ((facts.links ?? 1) > 1) return { kind: 'refused', refusal: { kind: 'hard-link', file } };
    const record = await this.#journal.recall(subject, digest, contentOf(old)?.text ?? '');
    const backup = await this.#journal.copies.keep(subject, old, this.#context.now());
    const pending = { before: digest, after: digestOf(plan.bytes), record: plan.record };
    await this.#journal.announce(subject, { record, pending });
    const isSame = async (): Promise<boolean> => digestOf(await disk.read(real)) === digest;
    const { mode } = plan;
    // Nothing is opened up that was closed since the plan was made.
    const bits = mode === null || mode.from === facts.mode ? (mode?.to ?? facts.mode) : facts.mode & mode.to;
    if (!(await replaceFile(disk, real, plan.bytes, { ...facts, mode: bits }, isSame))) {
      return { kind: 'refused', refusal: { kind: 'changed', file } };
    }
    const isSettled = await this.#settle(subject, plan);
    if (plan.record !== null) await this.#changed(client.id, file);
    return { kind: 'written', backup: isSettled && plan.record === null ? null : backup, mode };
  }

  /** The file has changed, and the pending journal entry records it: an error here is only logged. */
  async #settle(subject: JournalSubject, { record }: Plan & { kind: 'change' }): Promise<boolean> {
    try {
      await this.#context.disk.syncFolder(dirname(subject.real));
      await this.#journal.settle(subject, record);
      return true;
    } catch (error) {
      const code = error instanceof KeyError ? error.kind : codeOf(error);
      if (code === null) throw error;
      this.#context.log.warn('A client’s file is changed, but the note of it is not', {
        client: subject.client.id,
        code,
      });
      return false;
    }
  }
}

/** Why a file is left alone whose journal entry cannot be decrypted: without it, what was there before would be lost. */
export function keyRefusal(file: string, { kind, kept }: KeyError): Refusal {
  return kind === 'elsewhere' ? { kind: 'key-elsewhere', file } : { kind: 'key-locked', file, kept };
}

/** A client's file, by the client's own way to it and by the path behind all links, which is the same for every client. */
export interface JournalSubject {
  readonly client: Client;
  readonly file: string;
  readonly real: string;
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
    await this.#adopt(subject, await this.#formerPaths(subject));
    // Beside an entry that cannot be read the copies are all there is of what was before.
    if (!(await this.#isBroken(subject))) {
      await this.copies.removeOf(subject, await this.#isOnlyOne(basename(file), real));
    }
    await this.#disk.remove(this.#pathOf(nameOf(real)));
    await this.#disk.remove(this.#pathOf(oldNameOf(subject)));
  }

  /** Asks for the system's key, which may wait for the person: to be done before a lock is taken. */
  async prepare(): Promise<void> {
    await this.#sealing.hasKey();
  }

  /** Whether there is something for `tidyUp`. */
  async isUntidy(): Promise<boolean> {
    if ((await this.#unfinished()).length > 0) return true;
    const hasClear = (await this.copies.list()).some(({ isSealed }) => !isSealed);
    return (hasClear || (await this.#entriesInClear()).length > 0) && (await this.#sealing.hasKey());
  }

  /**
   * Takes away what an interruption has left of files without anything of ours in them, and encrypts what an earlier version, or a process
   * without the key, has left in clear. Rejects with the first error, once the rest is done.
   */
  async tidyUp(): Promise<void> {
    for (const subject of await this.#unfinished()) await this.settle(subject, null);
    if (!(await this.#sealing.hasKey())) return;
    for (const [name, entry] of await this.#entriesInClear()) await this.#replace(name, entry);
    await this.copies.sealAll();
  }

  /** Files that are as they were before a first change, or as they are after the last undo, and have an entry still. */
  async #unfinished(): Promise<readonly JournalSubject[]> {
    const subjects: JournalSubject[] = [];
    for (const name of await this.#entryNames()) {
      try {
        const { file, record, pending } = parseJournalEntry((await this.#text(name)) ?? '') ?? NOTHING;
        const by = (record ?? pending?.record)?.client;
        if (pending === null || by === undefined) continue;
        const digest = digestOf(await this.#disk.read(file));
        const isOver =
          digest === pending.after ? pending.record === null : digest === pending.before && record === null;
        if (isOver) subjects.push({ client: clientOf(by), file, real: await this.#disk.realPath(file) });
      } catch (error) {
        // One that cannot be decrypted, and one whose file is not there, may still be needed.
        if (!(error instanceof KeyError) && codeOf(error) === null) throw error;
      }
    }
    return subjects;
  }

  async #entriesInClear(): Promise<readonly (readonly [string, JournalEntry])[]> {
    const entries = (await this.#entryNames()).map(
      async (name): Promise<readonly (readonly [string, JournalEntry])[]> => {
        const bytes = await this.#disk.read(this.#pathOf(name)).catch((error: unknown) => {
          // Gone meanwhile, or none of ours.
          if (codeOf(error) === null) throw error;
          return null;
        });
        const entry = bytes === null || sealedIn(bytes) !== null ? null : parseJournalEntry(bytes.toString('utf8'));
        return entry === null ? [] : [[name, entry]];
      },
    );
    return (await Promise.all(entries)).flat();
  }

  async #entryNames(): Promise<readonly string[]> {
    return (await this.#disk.list(this.#folder)).filter((name) => ENTRY_NAME.test(name));
  }

  async #isBroken(subject: JournalSubject): Promise<boolean> {
    const names = await this.#disk.list(this.#folder);
    return [nameOf(subject.real), oldNameOf(subject)].some((name) => names.includes(`${name}.broken`));
  }

  /** Where the file was when it was changed before: behind a link that leads elsewhere now, or where the link is now. */
  async #formerPaths(subject: JournalSubject): Promise<readonly string[]> {
    const { file, real } = subject;
    const target = await this.#target(subject);
    const isMoved = target !== null && target !== real && !(await this.#isThere(target));
    return [...(file === real ? [] : [file]), ...(isMoved ? [target] : [])];
  }

  async #isThere(path: string): Promise<boolean> {
    try {
      await this.#disk.facts(path);
      return true;
    } catch (error) {
      if (codeOf(error) === null) throw error;
      return false;
    }
  }

  /** What is kept of the file by its former paths goes by its path now, so that it goes with the undo. */
  async #adopt({ real }: JournalSubject, former: readonly string[]): Promise<void> {
    for (const path of former) {
      await this.copies.move(path, real);
      await this.#disk.remove(this.#pathOf(nameOf(path)));
    }
  }

  /** Whether no other file of this name is in the journal. One that cannot be read may be. */
  async #isOnlyOne(name: string, real: string): Promise<boolean> {
    try {
      for (const entry of await this.#entryNames()) {
        if (entry === nameOf(real)) continue;
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
    // Undo is never guessed. The broken journal entry is kept aside, in the place of an older one, and so are the copies of the file.
    const path = this.#pathOf(name);
    const kept = `${path}.broken`;
    await this.#disk.rename(path, kept);
    this.#log.error('What was remembered about a client’s file cannot be read; it is kept aside', {
      client: client.id,
      kept,
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
    const former = await this.#formerPaths(subject);
    await this.#replace(nameOf(real), { file: real, ...entry });
    await this.#adopt(subject, former);
    if (file === real) await this.#disk.remove(this.#pathOf(oldNameOf(subject)));
    else await this.#replace(oldNameOf(subject), { link: file, real } satisfies Link);
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

/** In the place of an entry that cannot be read. */
const NOTHING: JournalEntry = { file: '', record: null, pending: null };

/** Where a client's way to its file led. */
interface Link {
  readonly link: string;
  readonly real: string;
}

function linkIn(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    const { link, real } = isObject(value) ? value : {};
    return typeof link === 'string' && typeof real === 'string' ? real : null;
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
