import { dirname, join } from 'node:path';
import type { CipherSource } from '../../base/cipher.ts';
import { codeOf } from '../../base/errno.ts';
import type { Log } from '../../base/log.ts';
import { LockBusyError, withLock } from '../../platform/lock/index.ts';
import type { Plan } from '../plan/plan.ts';
import { contentOf, digestOf, type ModeChange } from '../plan/record.ts';
import type { Refusal } from '../plan/refusal.ts';
import type { Client, ClientId } from '../table/client.ts';
import { KeyError } from './copies.ts';
import { type Disk, replaceFile } from './disk.ts';
import type { Journal, JournalSubject } from './journal.ts';

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
