import type { CipherSource } from '../../base/cipher.ts';
import { isObject } from '../../base/schema/index.ts';

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
