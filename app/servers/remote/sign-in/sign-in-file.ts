import { hash } from 'node:crypto';
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CipherSource } from '../../../base/cipher.ts';
import { codeOf, errnoOf } from '../../../base/errno.ts';
import { makeFolder } from '../../../base/make-folder.ts';
import { Mutex } from '../../../base/mutex.ts';
import { isObject } from '../../../base/schema/index.ts';
import { LockBusyError, withLock } from '../../../platform/lock/index.ts';
import { isOpenToOthers, writeOwnerFile } from '../../owner-file.ts';
import { SignInError } from './fault.ts';
import { type Grant, NO_SIGN_INS, readStored, type SignInStore, type StoredSignIns } from './stored-sign-ins.ts';

const OWNER_ONLY = 0o600;

/** Milliseconds after which a lock is that of a process that has ended: it is held for one read and one write. */
const STALE_LOCK = 5000;
const LOCK_AGAIN = 20;

/** Milliseconds that the renewal of another process is waited for: its answer may take 20 s. */
const RENEWAL = 25_000;

/**
 * Sign-ins in a file that only its owner can read, encrypted where the system offers a key for that. Two processes may use it: each
 * change is read, made and written under a lock, and the file is replaced in one step.
 */
export class SignInFile implements SignInStore {
  readonly #path: string;
  readonly #cipher: CipherSource;
  readonly #mutex = new Mutex();

  /** `cipher` is asked at each use; null leaves the file in clear. */
  constructor(path: string, cipher: CipherSource = async () => null) {
    this.#path = path;
    this.#cipher = cipher;
  }

  async read(): Promise<StoredSignIns> {
    try {
      // What other accounts could read was perhaps theirs to change as well.
      if (isOpenToOthers(this.#path)) throw this.#fault('too-wide');
      return readStored(await this.#opened(readFileSync(this.#path, 'utf8')));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return NO_SIGN_INS;
      throw error instanceof SignInError ? error : this.#fault(errnoOf(error));
    }
  }

  change(edit: (kept: StoredSignIns) => StoredSignIns): Promise<StoredSignIns> {
    return this.#mutex.run(async () => {
      await this.#lock();
      try {
        const kept = edit(await this.read());
        await this.#write(kept);
        return kept;
      } catch (error) {
        throw error instanceof SignInError ? error : this.#fault(errnoOf(error));
      } finally {
        rmSync(`${this.#path}.lock`, { force: true });
      }
    });
  }

  /** Where no lock can be made, or it is held for too long, nothing is kept from being renewed for it. */
  async alone<Result>({ server, url }: Pick<Grant, 'server' | 'url'>, renew: () => Promise<Result>): Promise<Result> {
    const lock = `${this.#path}.${hash('sha256', `${server}\n${url}`, 'hex').slice(0, 16)}.lock`;
    let isOurs = false;
    try {
      return await withLock(
        lock,
        () => {
          isOurs = true;
          return renew();
        },
        RENEWAL,
      );
    } catch (error) {
      if (isOurs || (codeOf(error) === null && !(error instanceof LockBusyError))) throw error;
      return renew();
    }
  }

  /** A damaged file is kept aside. One that cannot be decrypted stays: the key may only be locked. */
  async #opened(written: string): Promise<unknown> {
    const value = jsonOf(written);
    if (value === undefined) {
      renameSync(this.#path, `${this.#path}.unreadable`);
      return {};
    }
    const sealed = isObject(value) ? value['sealed'] : undefined;
    if (typeof sealed !== 'string') return value;
    try {
      const cipher = await this.#cipher();
      if (cipher !== null) return JSON.parse(await cipher.open(sealed));
    } catch {
      // The system does not say why.
    }
    throw this.#fault('locked');
  }

  async #write(kept: StoredSignIns): Promise<void> {
    const json = JSON.stringify(kept, null, 2);
    const cipher = await this.#cipher();
    const text = cipher === null ? json : JSON.stringify({ sealed: await cipher.seal(json) });
    writeOwnerFile(this.#path, `${text}\n`);
  }

  async #lock(): Promise<void> {
    const lock = `${this.#path}.lock`;
    try {
      makeFolder(dirname(this.#path), 0o700);
    } catch (error) {
      throw this.#fault(errnoOf(error));
    }
    for (;;) {
      try {
        return closeSync(openSync(lock, 'wx', OWNER_ONLY));
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw this.#fault(errnoOf(error));
        if (isStale(lock)) removed(lock);
        else await pause(LOCK_AGAIN);
      }
    }
  }

  #fault(code: string): SignInError {
    return new SignInError({ kind: 'store', file: this.#path, code });
  }
}

/** Undefined for what is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Damaged: the caller keeps it aside.
    return undefined;
  }
}

function isStale(lock: string): boolean {
  try {
    // Both are the time of day of one machine; a lock from the future is as stale.
    return Math.abs(statSync(lock).mtimeMs - Date.now()) > STALE_LOCK;
  } catch {
    // It is gone meanwhile.
    return false;
  }
}

function removed(lock: string): void {
  try {
    unlinkSync(lock);
  } catch {
    // Another process was quicker.
  }
}
