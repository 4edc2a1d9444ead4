/** Encryption with a key that the system keeps for this account. */
export interface Cipher {
  /** Rejects where the key cannot be used. */
  seal(text: string): Promise<string>;
  /** Rejects for what was sealed with another key. */
  open(sealed: string): Promise<string>;
}

/** Asked for at the first use; null where the system keeps no key. */
export type CipherSource = () => Promise<Cipher | null>;
