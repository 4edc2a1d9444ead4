import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { percentDecoded } from '../base/percent.ts';
import type { Settings, TokenSetting } from './settings.ts';

/** A new secret of 256 bits, in letters that fit a header, a URL and a shell. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * What is kept of a token: SHA-256, in hex. A slow hash (scrypt, Argon2) is for passwords, which can be guessed; 256 random
 * bits cannot, at whatever speed, and a fast one lets every request be checked.
 */
export function tokenHash(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** A token and what is kept of it. The secret is shown once, and is nowhere afterwards. `created` in ms since the epoch. */
export function makeToken(name: string, client: string | null, created: number) {
  const secret = newToken();
  const setting: TokenSetting = { name, hash: tokenHash(secret), created, client };
  return { secret, setting };
}

/** Whether every client on this machine has to show a token. */
export function isTokenRequired({ token, requireToken }: Pick<Settings, 'token' | 'requireToken'>): boolean {
  return requireToken || token !== null;
}

/** What sessions of the bearer of a token are bound to, by the hash of the token. */
export function principalOf(digest: string): string {
  return `token:${digest.slice(0, 16)}`;
}

/** A token that was shown and is valid. */
export interface KnownToken {
  /** Null for one without a name: the token of the command line, or our own. */
  readonly name: string | null;
  /** What sessions of its bearer are bound to; two tokens never have the same. */
  readonly principal: string;
}

/** Characters of the shortest token there may be. */
const SHORTEST_TOKEN = 16;

/** Every token that lets in, found by its digest: the cost does not depend on how many there are. */
export class ValidTokens {
  readonly #known = new Map<string, { readonly digest: Buffer; readonly token: KnownToken }>();
  readonly #names = new Set<string>();
  readonly #principals = new Set<string>();

  /** `own` is a secret of this process's, for what asks it on its own behalf. */
  constructor({ token, tokens }: Pick<Settings, 'token' | 'tokens'>, own: string | null = null) {
    for (const { name, hash: digest } of tokens) {
      this.#add(digest, name);
      this.#names.add(name);
    }
    for (const secret of [token, own]) if (secret !== null) this.#add(tokenHash(secret), null);
  }

  get size(): number {
    return this.#known.size;
  }

  /** Whether a token bears this name. */
  isName(name: string): boolean {
    return this.#names.has(name);
  }

  /**
   * What a client may be called that calls itself `user`. Only a valid token carries its name; and a token that a program was given
   * in the place of the name is no name: it would be shown, and logged, as one.
   */
  labelOf(user: string): string {
    const isToken = user.length >= SHORTEST_TOKEN && this.find(user) !== null;
    return isToken || this.isName(user) ? '' : user;
  }

  /** Whether a token that is valid binds sessions to this. */
  isPrincipal(principal: string): boolean {
    return this.#principals.has(principal);
  }

  /**
   * The token that is this secret; null when there is none. Percent-encoded it is one too: axios, global-agent and others send
   * what a proxy address has for a password as it is written there.
   */
  find(secret: string): KnownToken | null {
    if (this.#known.size === 0) return null;
    const found = this.#lookUp(secret);
    if (found !== null || !secret.includes('%')) return found;
    const decoded = percentDecoded(secret);
    return decoded === null ? null : this.#lookUp(decoded);
  }

  /** By a digest, which a client cannot steer by what it sends; the time it takes reveals nothing about the tokens that are kept. */
  #lookUp(secret: string): KnownToken | null {
    const digest = hash('sha256', secret, 'buffer');
    const found = this.#known.get(digest.toString('hex'));
    return found !== undefined && timingSafeEqual(found.digest, digest) ? found.token : null;
  }

  #add(digest: string, name: string | null): void {
    const token = { name, principal: principalOf(digest) };
    this.#principals.add(token.principal);
    this.#known.set(digest, { digest: Buffer.from(digest, 'hex'), token });
  }
}
