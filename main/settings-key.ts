import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { CipherSource } from '../app/base/cipher.ts';
import { codeOf } from '../app/base/errno.ts';
import { isObject } from '../app/base/schema/index.ts';
import { replaceFile } from '../app/platform/file/index.ts';
import { KEY_BYTES, type SettingsKey } from '../app/settings/index.ts';

const OTHERS = 0o077;

/**
 * The key for secrets in the settings, in a file beside them: encrypted with a key of the system's where there is one, else readable for
 * this account alone. It is made when it is first asked for.
 */
export function settingsKey(file: string, cipher: CipherSource): SettingsKey {
  let known: Promise<Uint8Array> | null = null;
  const get = async (): Promise<Uint8Array> => (await kept(file, cipher)) ?? (await make(file, cipher));
  return {
    get() {
      known ??= get();
      // A keychain that is locked now may be open when it is next asked for.
      known.catch(() => {
        known = null;
      });
      return known;
    },
  };
}

/** Null when there is no file yet. Rejects for one that cannot be used: making another key would lose what this one has sealed. */
async function kept(file: string, cipher: CipherSource): Promise<Uint8Array | null> {
  let text: string;
  try {
    if (process.platform !== 'win32' && (statSync(file).mode & OTHERS) !== 0)
      throw new Error('others can read the key');
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
  const value: unknown = JSON.parse(text);
  const { sealed, key } = isObject(value) ? value : {};
  const system = typeof sealed === 'string' ? await cipher() : null;
  if (typeof sealed === 'string' && system === null) throw new Error('the system does not give its key');
  const written = typeof sealed === 'string' ? await system?.open(sealed) : key;
  const bytes = Buffer.from(String(written), 'base64');
  if (bytes.length !== KEY_BYTES) throw new Error('the key is damaged');
  return bytes;
}

async function make(file: string, cipher: CipherSource): Promise<Uint8Array> {
  const bytes = randomBytes(KEY_BYTES);
  const written = bytes.toString('base64');
  const system = await cipher();
  const content = system === null ? { key: written } : { sealed: await system.seal(written) };
  // On the disk before anything is sealed with it.
  replaceFile(file, `${JSON.stringify(content)}\n`);
  return bytes;
}
