/** Encryption with a key that the system keeps for this account. */
export interface Cipher {
  /** Rejects where the key cannot be used. */
  seal(text: string): Promise<string>;
  /** Rejects for what was sealed with another key. */
  open(sealed: string): Promise<string>;
}

/** Asked for at the first use; null where the system keeps no key. */
export type CipherSource = () => Promise<Cipher | null>;

/**
 * The system may ask the person for its key: once is enough. Where it gives none it is asked again at the next use, for a keyring that was
 * locked may be open then.
 * @param missing told of it the first time
 */
export function rememberedCipher(ask: CipherSource, missing: () => void): CipherSource {
  let known: Promise<Cipher | null> | null = null;
  let isTold = false;
  return () => {
    known ??= ask().then(
      (cipher) => {
        if (cipher !== null) return cipher;
        known = null;
        if (!isTold) missing();
        isTold = true;
        return null;
      },
      (error: unknown) => {
        known = null;
        throw error;
      },
    );
    return known;
  };
}
