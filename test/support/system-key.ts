import { randomBytes } from 'node:crypto';
import type { CipherSource } from '../../app/base/cipher.ts';
import { seal, unseal } from '../../app/settings/sealed-secrets.ts';

/** A key as a system keeps it for an account: real encryption, without a keychain. */
export interface SystemKey {
  readonly cipher: CipherSource;
  /** The keychain is locked, or another one is there: nothing is encrypted nor decrypted. */
  isLocked: boolean;
}

export function systemKey(): SystemKey {
  const bytes = randomBytes(32);
  const key: SystemKey = {
    isLocked: false,
    cipher: async () => ({
      seal: async (text) => {
        if (key.isLocked) throw new Error('locked');
        return seal(text, bytes);
      },
      open: async (sealed) => {
        const text = key.isLocked ? null : unseal(sealed, bytes);
        if (text === null) throw new Error('locked');
        return text;
      },
    }),
  };
  return key;
}
