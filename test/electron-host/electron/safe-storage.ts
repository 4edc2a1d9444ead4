import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type * as Electron from 'electron';
import { absentModule } from '../contract/unsimulated.ts';
import { settings } from '../settings.ts';

const NONCE = 12;
const TAG = 16;

/** A Linux session without a keyring, where Electron would take a password from its own source; or an account with one. */
const known = {
  getSelectedStorageBackend: () => (settings.keyring ? 'gnome_libsecret' : 'basic_text'),
  isAsyncEncryptionAvailable: async () => settings.keyring,
  async encryptStringAsync(text) {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', key(), nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  },
  async decryptStringAsync(sealed) {
    const decipher = createDecipheriv('aes-256-gcm', key(), sealed.subarray(0, NONCE));
    decipher.setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
    const result = Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
    return { result, shouldReEncrypt: false };
  },
} satisfies Pick<
  typeof Electron.safeStorage,
  'getSelectedStorageBackend' | 'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync'
>;

/** The keyring of the home that the app was given. */
function key(): Buffer {
  if (!settings.keyring) throw new Error('Encryption is not available.');
  const file = path.join(os.homedir(), '.stand-in-keyring');
  if (!fs.existsSync(file)) fs.writeFileSync(file, randomBytes(32), { mode: 0o600 });
  return fs.readFileSync(file);
}

const absent = absentModule('safeStorage');

/** What else is asked of it says that it is not simulated. */
export const safeStorage = new Proxy(known, {
  get: (target, key) => (Object.hasOwn(target, key) ? Reflect.get(target, key) : Reflect.get(absent, key)),
});
