import { randomBytes } from 'node:crypto';

/** A new secret of 256 bits, in letters that fit a header, a URL and a shell. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}
