import { hash } from 'node:crypto';
import { basename, join } from 'node:path';
import type { CipherSource } from '../../base/cipher.ts';
import { codeOf } from '../../base/errno.ts';
import { isObject } from '../../base/schema/index.ts';
import type { Client } from '../table/client.ts';
import { type Disk, PRIVATE } from './disk.ts';

/** What is kept in this file cannot be decrypted here and now. */
export class KeyError extends Error {
  /** `elsewhere`: only the app has the key. `locked`: the system does not give it. */
  readonly kind: 'elsewhere' | 'locked';
  readonly kept: string;

  constructor(kind: KeyError['kind'], kept: string) {
    super(`${kept} cannot be decrypted`);
    this.kind = kind;
    this.kept = kept;
  }
}

/** Encrypts what is kept of clients' files, which repeats the secrets in them, where the system keeps a key for that. */
export class Sealing {
  readonly #source: CipherSource | null;

  /** @param source null for a process that has no way to the system's key: it reads and writes in clear. */
  constructor(source: CipherSource | null) {
    this.#source = source;
  }

  /** Whether the system keeps a key. It may ask the person for it. */
  async hasKey(): Promise<boolean> {
    return (await this.#cipher()) !== null;
  }

  /** What to write in the place of these bytes; null where they are written as they are. Rejects with `KeyError`. */
  async sealed(bytes: Uint8Array, file: string): Promise<Buffer | null> {
    const cipher = await this.#cipher();
    if (cipher === null) return null;
    try {
      const sealed = await cipher.seal(Buffer.from(bytes).toString('base64'));
      return Buffer.from(`${JSON.stringify({ sealed })}\n`);
    } catch {
      // The system does not say why.
      throw new KeyError('locked', file);
    }
  }

  /** What was written in the place of these bytes. Rejects with `KeyError`. */
  async opened(sealed: string, file: string): Promise<Buffer> {
    const cipher = await this.#cipher();
    if (cipher === null) throw new KeyError(this.#source === null ? 'elsewhere' : 'locked', file);
    try {
      return Buffer.from(await cipher.open(sealed), 'base64');
    } catch {
      throw new KeyError('locked', file);
    }
  }

  async #cipher() {
    try {
      return (await this.#source?.()) ?? null;
    } catch {
      // The same as no key: what is sealed stays, and is told of.
      return null;
    }
  }
}

/** The sealed part of a file that `Sealing` has made; null for any other. */
export function sealedIn(bytes: Uint8Array): string | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    const sealed = isObject(value) && Object.keys(value).length === 1 ? value['sealed'] : null;
    return typeof sealed === 'string' ? sealed : null;
  } catch {
    // Not JSON, so none of ours.
    return null;
  }
}

/** A client's file, by the client's own way to it and by the path behind all links. */
interface Subject {
  readonly client: Client;
  readonly file: string;
  readonly real: string;
}

/** A client's file as it was before a change. */
export interface Copy {
  /** Of the copy, in the folder of copies. */
  readonly name: string;
  /** Id of the client through which the file was changed. */
  readonly client: string;
  /** Name of the client's file, without its folder. */
  readonly file: string;
  /** When it was changed: ISO 8601, UTC. */
  readonly at: string;
  readonly isSealed: boolean;
}

const SEALED = '.sealed';

/** Time, client, which file of that name (left out up to 0.2), name of the file. */
const NAME = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d\.\d{3}Z) ([a-z0-9-]+) (?:([0-9a-f]{8}) )?([^/\\]+?)(\.sealed)?$/;

/** Copies of clients' files, each from before a change. They go once nothing of ours is left in the file. */
export class Copies {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #sealing: Sealing;

  /** @param folder for the copies alone. It need not be there. */
  constructor(disk: Disk, folder: string, sealing: Sealing) {
    this.#disk = disk;
    this.#folder = folder;
    this.#sealing = sealing;
  }

  /** Keeps a copy of a file. Returns where. Rejects with `KeyError` where it cannot be sealed. */
  async keep({ client, file, real }: Subject, bytes: Uint8Array, now: Date): Promise<string> {
    await this.#disk.makeFolder(this.#folder);
    const names = await this.#disk.list(this.#folder);
    const about = `${client.id} ${idOf(real)} ${nameFor(basename(file))}`;
    let at = now.getTime();
    // The clock may say what it said at the copy before.
    while (names.some((name) => name.startsWith(`${stampOf(at)} ${about}`))) at += 1;
    return this.#write(`${stampOf(at)} ${about}`, bytes);
  }

  /** Every copy, oldest first. */
  async list(): Promise<readonly Copy[]> {
    return (await this.#disk.list(this.#folder)).flatMap((name) => copyNamed(name) ?? []);
  }

  /** The file as it was; null when there is no such copy. Rejects with `KeyError`. */
  async read(name: string): Promise<Buffer | null> {
    // A name that leads elsewhere is none of a copy.
    if (copyNamed(name) === null) return null;
    const path = join(this.#folder, name);
    try {
      const bytes = await this.#disk.read(path);
      if (!name.endsWith(SEALED)) return bytes;
      const sealed = sealedIn(bytes);
      if (sealed === null) throw new KeyError('locked', path);
      return await this.#sealing.opened(sealed, path);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    }
  }

  /**
   * Takes away every copy of a file.
   * @param isOnly whether no other file of this name has something of ours in it: then copies that do not say whose they are go as well
   */
  async removeOf({ client, file, real }: Subject, isOnly: boolean): Promise<void> {
    for (const name of await this.#disk.list(this.#folder)) {
      const [, , , , by, id, named] = NAME.exec(name) ?? [];
      const isOlder = id === undefined && isOnly && by === client.id && named === basename(file);
      if (id === idOf(real) || isOlder) await this.#disk.remove(join(this.#folder, name));
    }
    await this.#sync();
  }

  /** Gives the copies of a file that has moved to where it is now. */
  async move(from: string, to: string): Promise<void> {
    for (const name of await this.#disk.list(this.#folder)) {
      if (NAME.exec(name)?.[5] !== idOf(from)) continue;
      await this.#disk.rename(join(this.#folder, name), join(this.#folder, name.replace(idOf(from), idOf(to))));
    }
  }

  /**
   * Seals those that an earlier version, or a process without the key, has written in clear. Rejects with the first error, once the others
   * are sealed.
   */
  async sealAll(): Promise<void> {
    const errors: unknown[] = [];
    for (const { name, isSealed } of await this.list()) {
      if (!isSealed) await this.#sealOne(name).catch((error: unknown) => errors.push(error));
    }
    await this.#sync();
    if (errors.length > 0) throw errors[0];
  }

  async #sealOne(name: string): Promise<void> {
    const path = join(this.#folder, name);
    await this.#write(name, await this.#disk.read(path));
    await this.#disk.remove(path);
  }

  async #write(name: string, bytes: Uint8Array): Promise<string> {
    const clear = join(this.#folder, name);
    const sealed = await this.#sealing.sealed(bytes, clear);
    const path = sealed === null ? clear : `${clear}${SEALED}`;
    await this.#disk.remove(path);
    await this.#disk.create(path, sealed ?? bytes, PRIVATE);
    await this.#disk.syncFolder(this.#folder);
    return path;
  }

  async #sync(): Promise<void> {
    try {
      await this.#disk.syncFolder(this.#folder);
    } catch (error) {
      // There was no folder.
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
}

function copyNamed(name: string): Copy | null {
  const [, hour, minute, second, client, , file, sealed] = NAME.exec(name) ?? [];
  if (client === undefined || file === undefined) return null;
  return { name, client, file, at: `${hour}:${minute}:${second}`, isSealed: sealed !== undefined };
}

function stampOf(at: number): string {
  return new Date(at).toISOString().replaceAll(':', '-');
}

/** Bytes of a file's name in that of its copy: file systems end at 255, and the rest takes some 70. */
const LONGEST = 160;

/** What every file system takes in a name, without an ending that means something here. */
function nameFor(file: string): string {
  const plain = file.replace(/[\\/\p{Cc}]/gu, '_').replace(/\.sealed$/, '_sealed');
  return Buffer.from(plain)
    .subarray(0, LONGEST)
    .toString('utf8')
    .replace(/\uFFFD$/, '_');
}

function idOf(real: string): string {
  return hash('sha256', real, 'hex').slice(0, 8);
}
