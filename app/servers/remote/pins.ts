import { readFileSync } from 'node:fs';
import { codeOf, errnoOf } from '../../base/errno.ts';
import { isObject } from '../../base/schema/index.ts';
import type { Log } from '../../log/index.ts';
import { isOpenToOthers, writeOwnerFile } from '../owner-file.ts';

/** A certificate that a person trusts, of one server at one origin. Fingerprints are SHA-256 in hex: lower case, 64 digits. */
export interface Pin {
  readonly fingerprint: string;
  /** The fingerprint of the settings that it was trusted in place of; null for none. Another one there is a newer word. */
  readonly instead: string | null;
}

/** Where trusted certificates outlive the process. */
export interface Pins {
  of(server: string, origin: string): Pin | null;
  /** Throws what writing throws: then nothing is trusted. */
  pin(server: string, origin: string, pin: Pin): void;
  /** Throws what writing throws: then it is trusted still. */
  forget(server: string, origin: string): void;
}

/** Certificates that are forgotten with the process. */
export function memoryPins(): Pins {
  const known = new Map<string, Pin>();
  return {
    of: (server, origin) => known.get(`${server} ${origin}`) ?? null,
    pin: (server, origin, pin) => void known.set(`${server} ${origin}`, pin),
    forget: (server, origin) => void known.delete(`${server} ${origin}`),
  };
}

/** Certificates that are kept; the oldest make room. */
const MOST = 1024;

/**
 * Trusted certificates in a file. It is read whenever it is asked: two processes may use it. One that is damaged, or that others could have
 * changed, counts as empty, so that nothing is trusted by it.
 */
export class PinFile implements Pins {
  readonly #path: string;
  readonly #log: Log;

  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  of(server: string, origin: string): Pin | null {
    return this.#read().get(`${server} ${origin}`) ?? null;
  }

  pin(server: string, origin: string, pin: Pin): void {
    const all = this.#read();
    all.delete(`${server} ${origin}`);
    all.set(`${server} ${origin}`, pin);
    this.#write([...all].slice(-MOST));
  }

  forget(server: string, origin: string): void {
    const all = this.#read();
    if (all.delete(`${server} ${origin}`)) this.#write([...all]);
  }

  #write(pins: readonly (readonly [string, Pin])[]): void {
    writeOwnerFile(this.#path, `${JSON.stringify({ certificates: Object.fromEntries(pins) }, null, 2)}\n`);
  }

  #read(): Map<string, Pin> {
    try {
      if (isOpenToOthers(this.#path)) return this.#ignored('too-wide');
      const value: unknown = JSON.parse(readFileSync(this.#path, 'utf8'));
      if (!isObject(value) || !isObject(value['certificates'])) return this.#ignored('damaged');
      return new Map(Object.entries(value['certificates']).flatMap(([key, pin]) => pinIn(key, pin)));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return new Map();
      return this.#ignored(error instanceof SyntaxError ? 'damaged' : errnoOf(error));
    }
  }

  #ignored(code: string): Map<string, Pin> {
    this.#log.warn('Certificates that were trusted are not known: their file cannot be used', {
      file: this.#path,
      code,
    });
    return new Map();
  }
}

const FINGERPRINT = /^[0-9a-f]{64}$/;

function pinIn(key: string, value: unknown): readonly (readonly [string, Pin])[] {
  if (!isObject(value)) return [];
  const { fingerprint, instead } = value;
  if (typeof fingerprint !== 'string' || !FINGERPRINT.test(fingerprint)) return [];
  return [[key, { fingerprint, instead: typeof instead === 'string' ? instead : null }]];
}
