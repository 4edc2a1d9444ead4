import { hash } from 'node:crypto';
import { basename, join } from 'node:path';
import type { Log } from '../../log/log.ts';
import { type FileRecord, isHeld } from '../plan/index.ts';
import type { Client } from '../table/index.ts';
import { type Disk, errnoOf, PRIVATE, replaceFile } from './disk.ts';
import { type JournalEntry, parseJournalEntry } from './journal-entry.ts';

/**
 * What we remember about the files we changed: a page for each, in a folder of ours, and a copy of every file as it was
 * before each change. What is about to be done is written down before it is done, so that an interruption in between can
 * be told from either side.
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

  /** What holds for a file with these contents. */
  async recall(client: Client, file: string, digest: string, text: string): Promise<FileRecord | null> {
    const page = await this.#read(client, file);
    if (page === null) return null;
    const { record, pending } = page;
    if (pending === null || digest === pending.before) return record;
    if (digest === pending.after) return pending.record;
    // Interrupted, and the file changed by somebody else since: what can be seen in it tells how far we had come.
    const candidates = [pending.record, record].sort((left, right) => sizeOf(right) - sizeOf(left));
    const held = candidates.find((each) => each !== null && isHeld(client, text, each));
    return held ?? candidates.at(-1) ?? null;
  }

  /** Notes what is about to be written. */
  async announce(client: Client, file: string, page: JournalEntry): Promise<void> {
    await this.#write(client, file, page);
  }

  /** Notes what holds from now on. */
  async settle(client: Client, file: string, record: FileRecord | null): Promise<void> {
    if (record === null) await this.#disk.remove(this.#pageOf(client, file));
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
    const path = this.#pageOf(client, file);
    let bytes: Buffer;
    try {
      bytes = await this.#disk.read(path);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null;
      throw error;
    }
    const page = parseJournalEntry(bytes.toString('utf8'));
    if (page !== null && page.file === file) return page;
    // Never guess at what to undo. The page is kept aside, and so are the copies of the file.
    await this.#disk.rename(path, `${path}.broken`);
    this.#log.error('What was remembered about a client’s file cannot be read; it is kept aside', {
      client: client.id,
    });
    return null;
  }

  async #write(client: Client, file: string, page: JournalEntry): Promise<void> {
    await this.#disk.makeFolder(this.#folder);
    await replaceFile(this.#disk, this.#pageOf(client, file), Buffer.from(JSON.stringify(page)), PRIVATE);
    await this.#disk.syncFolder(this.#folder);
  }

  #pageOf(client: Client, file: string): string {
    return join(this.#folder, `${client.id}-${hash('sha256', file, 'hex').slice(0, 16)}.json`);
  }
}

function sizeOf(record: FileRecord | null): number {
  return record?.patches.length ?? 0;
}
