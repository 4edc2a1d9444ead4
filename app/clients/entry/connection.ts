import { isTable, type Table } from '../document/index.ts';
import { isFullPath } from './entry.ts';

/** What an entry says of the connection to its address beside headers and sign-in. */
export type Connection =
  | { readonly kind: 'connection'; readonly tls: Partial<Record<'ca' | 'cert' | 'key', string>> }
  /** One that we have no counterpart for, by its way in the entry. */
  | { readonly kind: 'option'; readonly option: string }
  | { readonly kind: 'relative'; readonly path: string };

/** Maps of an entry with options of its requests: Continue's, and those of fetch (Copilot in JetBrains and Xcode). */
export const REQUEST_MAPS: readonly string[] = ['requestOptions', 'requestInit'];

type Meaning = 'verify' | 'trust-all' | 'ca' | 'proxy' | 'client-certificate' | 'client-key';

/** Names without case and separators, in the notations of all clients: `verifySsl`, `ssl_verify`. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  verifyssl: 'verify',
  sslverify: 'verify',
  verifytls: 'verify',
  tlsverify: 'verify',
  rejectunauthorized: 'verify',
  insecure: 'trust-all',
  insecureskipverify: 'trust-all',
  cabundlepath: 'ca',
  cabundle: 'ca',
  cacert: 'ca',
  cafile: 'ca',
  proxy: 'proxy',
  proxyurl: 'proxy',
  clientcertificate: 'client-certificate',
  clientcert: 'client-certificate',
  clientkey: 'client-key',
};

function meaningOf(key: string): Meaning | null {
  const name = key.toLowerCase().replace(/[-_]/g, '');
  return Object.hasOwn(MEANINGS, name) ? (MEANINGS[name] ?? null) : null;
}

/** Whether a key says how its server is reached, so that it means nothing any more in an entry that leads to us. */
export function isConnectionKey(key: string): boolean {
  return meaningOf(key) !== null || /^no[-_]?proxy$/i.test(key);
}

/**
 * How an address is connected to. Certificates count for https alone.
 * @param pathOf a path with everything that its client fills in
 */
export function connectionOf(raw: Table, url: string, pathOf: (written: string) => string): Connection {
  const reading = new ConnectionReading(pathOf, /^https:/i.test(url));
  reading.take(raw, '');
  for (const map of REQUEST_MAPS) {
    const inner = raw[map];
    if (isTable(inner)) reading.take(inner, `${map}.`);
  }
  return reading.result();
}

class ConnectionReading {
  readonly #pathOf: (written: string) => string;
  readonly #isSecure: boolean;
  readonly #tls: Partial<Record<'ca' | 'cert' | 'key', string>> = {};
  #fault: Exclude<Connection, { kind: 'connection' }> | null = null;

  constructor(pathOf: (written: string) => string, isSecure: boolean) {
    this.#pathOf = pathOf;
    this.#isSecure = isSecure;
  }

  take(map: Table, above: string): void {
    for (const [key, value] of Object.entries(map)) {
      const meaning = meaningOf(key);
      if (meaning === null || value === null || value === '') continue;
      if (meaning === 'proxy') this.#refuse(above + key);
      else if (this.#isSecure) this.#certificate(meaning, value, above + key);
    }
  }

  result(): Connection {
    const { cert, key } = this.#tls;
    // Neither is of any use alone.
    if ((cert === undefined) !== (key === undefined)) this.#refuse(cert === undefined ? 'clientKey' : 'clientCert');
    return this.#fault ?? { kind: 'connection', tls: this.#tls };
  }

  #certificate(meaning: Exclude<Meaning, 'proxy'>, value: unknown, option: string): void {
    switch (meaning) {
      case 'verify':
        // Hermes also takes the path of an authority here.
        if (typeof value === 'string' && !/^(?:true|false|0|1|yes|no)$/i.test(value)) this.#file('ca', value, option);
        else if (value !== true && !/^(?:true|1|yes)$/i.test(String(value))) this.#refuse(option);
        return;
      case 'trust-all':
        if (value !== false) this.#refuse(option);
        return;
      case 'ca':
        if (!Array.isArray(value)) this.#file('ca', value, option);
        else if (value.length > 1) this.#refuse(option);
        else if (value.length === 1) this.#file('ca', value[0], option);
        return;
      case 'client-certificate':
        this.#pair(value, option);
        return;
      case 'client-key':
        this.#file('key', value, option);
        return;
      default:
        meaning satisfies never;
    }
  }

  /** One file of both, a certificate and its key in a list, or in a map. A key with a passphrase we cannot use. */
  #pair(value: unknown, option: string): void {
    if (isTable(value)) {
      const { cert, key, ...more } = value;
      if (Object.values(more).some((each) => each !== null && each !== '')) this.#refuse(option);
      this.#file('cert', cert, option);
      this.#file('key', key, option);
    } else if (Array.isArray(value)) {
      if (value.length !== 2) this.#refuse(option);
      this.#file('cert', value[0], option);
      this.#file('key', value[1], option);
    } else this.#file('cert', value, option);
  }

  #file(field: 'ca' | 'cert' | 'key', value: unknown, option: string): void {
    if (typeof value !== 'string' || value === '' || /[\r\n]/.test(value)) return this.#refuse(option);
    const path = this.#pathOf(value);
    if (!isFullPath(path)) this.#fault ??= { kind: 'relative', path };
    this.#tls[field] = path;
  }

  #refuse(option: string): void {
    this.#fault ??= { kind: 'option', option };
  }
}
