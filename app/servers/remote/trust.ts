import { readFileSync } from 'node:fs';
import { codeOf, errnoOf } from '../../base/errno.ts';
import type { Log } from '../../base/log.ts';
import { isObject } from '../../base/schema/index.ts';
import type { Text } from '../../i18n/index.ts';
import type { RemoteSetting, TlsSetting } from '../../settings/settings.ts';
import { isOpenToOthers, writeOwnerFile } from '../owner-file.ts';
import { type RemoteFault, remoteCause } from './end.ts';
import type { RemoteHttp } from './http.ts';
import { probe, SignInError } from './sign-in/index.ts';
import { bare, withColons } from './tls.ts';

/** A certificate that a person trusts, of one server at one origin. Fingerprints are SHA-256 in hex: lower case, 64 digits. */
interface Pin {
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
function memoryPins(): Pins {
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

/** The certificate that a server shows now, and which is not trusted. Fingerprints are SHA-256, as `AA:BB:…`. */
export interface CertificateFacts {
  readonly shown: string;
  /** The one that is trusted; null for none. */
  readonly trusted: string | null;
  /** OpenSSL's code for what is wrong with it; null where it is another than the trusted one. */
  readonly reason: string | null;
}

/** Why there is no certificate to be trusted. */
export type TrustFault =
  | { readonly kind: 'not-remote' }
  /** Its URL is no https. */
  | { readonly kind: 'no-tls' }
  /** It shows a certificate that is trusted already. */
  | { readonly kind: 'trusted' }
  /** It shows none. */
  | { readonly kind: 'none-shown'; readonly fault: RemoteFault }
  /** It shows another one than the person has seen. */
  | { readonly kind: 'changed'; readonly shown: string }
  /** It cannot be kept; `code` is an errno. */
  | { readonly kind: 'store'; readonly code: string };

export class TrustError extends Error {
  override readonly name = 'TrustError';
  readonly fault: TrustFault;

  constructor(fault: TrustFault) {
    super(fault.kind);
    this.fault = fault;
  }
}

/** What happened and what helps. */
export function trustSentence(server: string, fault: TrustFault, text: Text): string {
  const words = text.servers.remote.trust;
  switch (fault.kind) {
    case 'not-remote':
      return words.notRemote(server);
    case 'no-tls':
      return words.noTls(server);
    case 'trusted':
      return words.trusted(server);
    case 'none-shown':
      return words.noneShown(server, remoteCause(fault.fault, text));
    case 'changed':
      return words.changed(server, fault.shown);
    case 'store':
      return words.store(fault.code);
    default:
      return fault satisfies never;
  }
}

/** By which certificates one server is trusted: what the settings say, and the one that a person has trusted since they were made. */
export class CertificateTrust {
  readonly #server: string;
  readonly #pins: Pins;
  #setting: RemoteSetting;
  #pin: Pin | null;

  /** `pins` is where trusted certificates are kept; they are forgotten with this object if undefined. */
  constructor(setting: RemoteSetting, pins: Pins | undefined) {
    this.#server = setting.name;
    this.#pins = pins ?? memoryPins();
    this.#setting = setting;
    this.#pin = this.#pins.of(setting.name, new URL(setting.url).origin);
  }

  /** Takes another definition of the server over. */
  apply(setting: RemoteSetting): void {
    this.#setting = setting;
    this.#pin = this.#pins.of(setting.name, new URL(setting.url).origin);
  }

  /** The settings, with the certificate that a person has trusted since they were made. */
  get tls(): TlsSetting | undefined {
    const { tls } = this.#setting;
    const pin = this.#pin;
    if (pin === null || pin.instead !== (tls?.fingerprint ?? null)) return tls;
    return { ...tls, fingerprint: pin.fingerprint };
  }

  /** Whether a person trusts one certificate by its fingerprint, and no other. */
  get isPinned(): boolean {
    return this.tls?.fingerprint !== undefined;
  }

  /** What the server shows now and is not trusted. Rejects with TrustError where there is no such thing. */
  async shown(http: RemoteHttp): Promise<CertificateFacts> {
    const { url, transport } = this.#setting;
    if (!url.startsWith('https:')) throw new TrustError({ kind: 'no-tls' });
    try {
      await probe(http, new URL(url), transport === 'sse');
    } catch (error) {
      const fault = error instanceof SignInError && error.fault.kind === 'unreachable' ? error.fault.fault : null;
      if (fault === null) throw error;
      if (fault.kind === 'other-certificate' && fault.shown !== '') {
        return { shown: withColons(fault.shown), trusted: fault.trusted, reason: null };
      }
      if (fault.kind === 'tls' && fault.fingerprint !== null) {
        return { shown: fault.fingerprint, trusted: null, reason: fault.reason };
      }
      throw new TrustError({ kind: 'none-shown', fault });
    }
    throw new TrustError({ kind: 'trusted' });
  }

  /** Trusts the certificate that a person has seen, from now on and no other; answers its fingerprint. Rejects with TrustError. */
  async pin(fingerprint: string, http: RemoteHttp): Promise<string> {
    const { shown } = await this.shown(http);
    if (bare(shown) !== bare(fingerprint)) throw new TrustError({ kind: 'changed', shown });
    const { url, tls } = this.#setting;
    const pin = { fingerprint: bare(shown), instead: tls?.fingerprint ?? null };
    try {
      this.#pins.pin(this.#server, new URL(url).origin, pin);
    } catch (error) {
      throw new TrustError({ kind: 'store', code: errnoOf(error) });
    }
    this.#pin = pin;
    return shown;
  }

  /** Takes back what `pin` did; false when there was nothing. Throws TrustError. */
  unpin(): boolean {
    if (this.#pin === null) return false;
    try {
      this.#pins.forget(this.#server, new URL(this.#setting.url).origin);
    } catch (error) {
      throw new TrustError({ kind: 'store', code: errnoOf(error) });
    }
    this.#pin = null;
    return true;
  }
}
