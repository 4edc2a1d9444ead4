import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { isObject } from '../base/schema/index.ts';
import { originOf, urlInClear } from './server-url.ts';
import { isRemote, type RemoteSetting, type Settings } from './settings.ts';
import type { SettingsStore, Stored } from './stored.ts';

/** What of one server stands in no settings file in clear. */
interface ServerSecrets {
  readonly headers: Readonly<Record<string, string>>;
  readonly clientSecret?: string;
  /** Whole, where it has a query, which may hold a key, or a key in its path. */
  readonly url?: string;
  /** Where they were written for, and no other place gets them; missing in what earlier versions have sealed. */
  readonly origin?: string;
  /** The `authServerMetadataUrl` that the client secret was written for; empty for one that is found out. */
  readonly authServer?: string;
}

type Secrets = Readonly<Record<string, ServerSecrets>>;

export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Text under a key of this account: AES-256-GCM, in base64 with its nonce and its tag. */
export function seal(text: string, key: Uint8Array): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

/** Null for what was sealed with another key, or has been changed since. */
export function unseal(sealed: string, key: Uint8Array): string | null {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    // The tag does not fit: OpenSSL says no more than that.
    return null;
  }
}

/** Whether there is anything in these settings that is to be sealed. */
function hasSecrets(settings: Settings): boolean {
  return Object.keys(secretsIn(settings)).length > 0;
}

/** Where the key comes from. */
export interface SettingsKey {
  /** The same key each time. Rejects when there is none and none can be kept. */
  get(): Promise<Uint8Array>;
}

export interface SealedStore {
  readonly store: SettingsStore;
  /** Whether secrets were found that the key does not open: they are blank in the settings. */
  readonly isLocked: boolean;
}

/**
 * A store whose file holds what headers, sign-ins, and queries and keys in URLs of servers hold in sealed form only. The key is asked for when there is the
 * first secret, not before. Secrets that an earlier version has written in clear are sealed at once.
 */
export async function sealedStore(inner: SettingsStore, keys: SettingsKey): Promise<SealedStore> {
  let key: Uint8Array | null = null;
  let isLocked = false;
  let stored = inner.read();
  if (stored.sealed !== null) {
    key = await keys.get().catch(() => null);
    const text = key === null ? null : unseal(stored.sealed, key);
    isLocked = text === null;
    if (text !== null) stored = { ...stored, settings: withSecrets(stored.settings, parsed(text)) };
  }
  const store: SettingsStore = {
    read: () => stored,
    async prepare(settings) {
      if (hasSecrets(settings)) key ??= await keys.get();
    },
    write(next) {
      inner.write(sealedForm(next, key));
      stored = next;
    },
  };
  if (hasSecrets(inner.read().settings)) {
    await store
      .prepare(stored.settings)
      .then(() => store.write(stored))
      // Without a key, and where nothing can be written, it stays as the earlier version has left it.
      .catch(() => undefined);
  }
  return { store, isLocked };
}

/** Throws when there are secrets and no key: nothing is written in clear. */
function sealedForm(stored: Stored, key: Uint8Array | null): Stored {
  const secrets = secretsIn(stored.settings);
  if (Object.keys(secrets).length === 0) return { ...stored, sealed: null };
  if (key === null) throw new Error('There is no key to encrypt the secrets of servers with');
  return { ...stored, settings: withoutSecrets(stored.settings), sealed: seal(JSON.stringify(secrets), key) };
}

function secretsIn({ servers }: Settings): Secrets {
  const all = servers.filter(isRemote).map((server) => [server.name, ofServer(server)] as const);
  return Object.fromEntries(
    all.filter(
      ([, { headers, clientSecret, url }]) =>
        Object.keys(headers).length > 0 || clientSecret !== undefined || url !== undefined,
    ),
  );
}

function ofServer({ headers, oauth, url }: RemoteSetting): ServerSecrets {
  const filled = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
  const clientSecret = oauth === undefined || oauth === false ? undefined : oauth.clientSecret;
  return {
    headers: filled,
    ...(clientSecret === undefined ? {} : { clientSecret, authServer: authServerOf(oauth) }),
    ...(url === urlInClear(url) ? {} : { url }),
    origin: originOf(url),
  };
}

function authServerOf(oauth: RemoteSetting['oauth']): string {
  return oauth === undefined || oauth === false ? '' : (oauth.authServerMetadataUrl ?? '');
}

function withoutSecrets(settings: Settings): Settings {
  const servers = settings.servers.map((server) => {
    if (!isRemote(server)) return server;
    const { oauth, ...rest } = server;
    const url = urlInClear(server.url);
    const headers = Object.fromEntries(Object.keys(server.headers).map((name) => [name, '']));
    if (oauth === undefined || oauth === false) return { ...server, url, headers };
    const { clientSecret: _secret, ...publicPart } = oauth;
    return { ...rest, url, headers, oauth: publicPart };
  });
  return { ...settings, servers };
}

function withSecrets(settings: Settings, secrets: Secrets): Settings {
  const servers = settings.servers.map((server) => {
    const own = isRemote(server) && Object.hasOwn(secrets, server.name) ? secrets[server.name] : undefined;
    if (!isRemote(server) || own === undefined) return server;
    const { clientSecret, url: whole = server.url, origin, authServer } = own;
    if (origin !== undefined && origin !== originOf(server.url)) return server;
    // A key goes to the address that it was written for only.
    const url = urlInClear(whole) === server.url ? whole : server.url;
    const headers = Object.fromEntries(
      Object.entries(server.headers).map(([name, value]) => [name, value === '' ? (own.headers[name] ?? '') : value]),
    );
    const isKnownTo = authServer === undefined || authServer === authServerOf(server.oauth);
    const oauth =
      server.oauth === false || clientSecret === undefined || !isKnownTo
        ? {}
        : { oauth: { ...server.oauth, clientSecret } };
    return { ...server, url, headers, ...oauth };
  });
  return { ...settings, servers };
}

/** Settings from a file, whose sealed secrets are blank, with the secrets that the servers of the same names have in `other`. */
export function withSecretsOf(settings: Settings, other: Settings): Settings {
  return withSecrets(settings, secretsIn(other));
}

/** Sealed text is authenticated (AES-GCM): what opens was written by this program. */
function parsed(text: string): Secrets {
  const value: unknown = JSON.parse(text);
  return isObject(value) ? (value as Secrets) : {};
}
