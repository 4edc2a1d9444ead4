import { safeStorage } from 'electron';
import type { Cipher } from '../app/base/cipher.ts';

/**
 * Encryption with a key that the system keeps for this account: the keychain on macOS, DPAPI on Windows, a keyring on Linux. Null where
 * there is none, and where Electron would take a password from its own source (`basic_text`): a file that only its owner can read is
 * as good then.
 */
export async function systemCipher(): Promise<Cipher | null> {
  const isPretence = process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text';
  if (isPretence || !(await safeStorage.isAsyncEncryptionAvailable())) return null;
  return {
    seal: async (text) => (await safeStorage.encryptStringAsync(text)).toString('base64'),
    open: async (sealed) => (await safeStorage.decryptStringAsync(Buffer.from(sealed, 'base64'))).result,
  };
}
