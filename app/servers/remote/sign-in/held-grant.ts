import type { Log } from '../../../base/log.ts';
import type { Text } from '../../../i18n/index.ts';
import type { OAuthSetting } from '../../../settings/settings.ts';
import { isSameIssuer } from './addresses.ts';
import type { AuthorizationHttp, HttpFor } from './authorization-http.ts';
import type { SignInDesk } from './by-person.ts';
import type { Challenge } from './challenge.ts';
import { isPassingSignInFault, SignInError, type SignInFault, signInSentence } from './fault.ts';
import type { TokenRequest, Tokens } from './oauth.ts';
import {
  type Grant,
  grantOf,
  isDue,
  type OAuthClient,
  withGrant,
  withoutGrant,
  withoutRegistration,
} from './stored-sign-ins.ts';

export interface GrantContext {
  /** The server's name and URL. */
  readonly server: string;
  readonly url: string;
  readonly oauth: OAuthSetting;
  readonly httpFor: HttpFor;
  readonly desk: SignInDesk;
  readonly log: Log;
  readonly text: () => Text;
  /** Something that a snapshot shows is different now. */
  readonly changed: () => void;
}

/** Milliseconds for a revocation: signing out does not wait for a server that is gone. */
const REVOKE_TIMEOUT = 3000;

/** Loaded by its first use: an instance that signs in to nothing does without. */
export const protocol = () => import('./oauth.ts');

/** The HTTP client for the authorization servers of one server. `patience` is in milliseconds, the usual one if left out. */
export async function authorizationHttp(
  { httpFor, url }: Pick<GrantContext, 'httpFor' | 'url'>,
  patience?: number,
): Promise<AuthorizationHttp> {
  const { AuthorizationHttp } = await protocol();
  return new AuthorizationHttp(httpFor, new URL(url), patience);
}

/** The tokens of one server, as they are kept in the store: read once, kept before they are used, refreshed, dropped, revoked. */
export class HeldGrant {
  readonly #context: GrantContext;
  #current: Grant | null = null;
  /** What was current before other tokens came: its access token may be valid still. */
  #former: Grant | null = null;
  /** The refresh token in the store, as it was last seen there: a newer one may not have been kept. */
  #stored: string | null = null;
  #isLoaded = false;
  #loading: Promise<void> | null = null;
  #moving: Promise<boolean> | null = null;

  constructor(context: GrantContext) {
    this.#context = context;
  }

  /** Null while there are none, and before `load`. */
  get current(): Grant | null {
    return this.#current;
  }

  get former(): Grant | null {
    return this.#former;
  }

  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Whether there can be a new access token without a person. */
  get isRenewable(): boolean {
    const refreshToken = this.#current?.refreshToken ?? null;
    return this.#current !== null && (refreshToken !== null || this.#context.oauth.grantType === 'client_credentials');
  }

  load(): Promise<void> {
    if (this.#isLoaded) return Promise.resolve();
    this.#loading ??= this.#read().finally(() => {
      this.#isLoaded = true;
      if (this.#current !== null) this.#context.changed();
    });
    return this.#loading;
  }

  async #read(): Promise<void> {
    const { desk, server, url, log } = this.#context;
    try {
      const grant = grantOf(await desk.store.read(), server, url);
      this.#current = grant !== null && this.#isOurs(grant) ? grant : null;
      this.#stored = grant?.refreshToken ?? null;
    } catch (error) {
      if (!(error instanceof SignInError)) throw error;
      log.warn(this.#sentence(error.fault));
    }
  }

  /** Tokens of a client that the settings name no more are another one's. */
  #isOurs({ client }: Grant): boolean {
    const { clientId } = this.#context.oauth;
    return clientId === undefined || client.id === clientId;
  }

  /**
   * New tokens are kept before they are used: a refresh token that was rotated is not valid again. Those of a renewal that cannot be kept,
   * on a full disk, serve as long as this process runs, as the ones before them may not be valid any more. Rejects with SignInError.
   */
  async keep(grant: Grant, tokens: Tokens, refreshToken: string | null, isRenewal: boolean): Promise<void> {
    const whole = { ...grant, accessToken: tokens.accessToken, refreshToken: tokens.refreshToken ?? refreshToken };
    try {
      await this.#context.desk.store.change((kept) => withGrant(kept, whole));
    } catch (error) {
      if (isRenewal) this.#use(whole);
      throw error;
    }
    this.#use(whole);
    this.#stored = whole.refreshToken;
  }

  #use(grant: Grant | null): void {
    if (this.#current !== null && this.#current.accessToken !== grant?.accessToken) this.#former = this.#current;
    this.#current = grant;
    this.#context.changed();
  }

  /** Whether another process has kept tokens since, other than the one that was refused, which is null for none: then they count. */
  async takeStored(refused: string | null): Promise<boolean> {
    const { desk, server, url } = this.#context;
    const kept = await desk.store.read().then(
      (all) => grantOf(all, server, url),
      // It has been told when it was to be read first.
      () => null,
    );
    if (kept === null || kept.accessToken === null || kept.accessToken === refused || !this.#isOurs(kept)) return false;
    // What is the same as before may be older than what there is: that could not be kept.
    if (kept.refreshToken !== null && kept.refreshToken === this.#stored) return false;
    this.#stored = kept.refreshToken;
    this.#use(kept);
    return true;
  }

  refresh(http: AuthorizationHttp): Promise<void> {
    return this.#context.desk.store.alone(this.#context, () => this.#refresh(http));
  }

  async #refresh(http: AuthorizationHttp): Promise<void> {
    const { refresh } = await protocol();
    const { desk, server, url } = this.#context;
    // Another process may have renewed them: then those count. Or it has signed out.
    const kept = grantOf(await desk.store.read(), server, url);
    const before = this.#current;
    if (kept === null && this.#stored !== null) {
      this.#stored = null;
      return this.#use(null);
    }
    if (kept !== null && kept.refreshToken !== this.#stored && kept.issuer === before?.issuer) {
      this.#current = kept;
      this.#stored = kept.refreshToken;
      if (kept.accessToken !== null && !isDue(kept, Date.now())) return;
    }
    const grant = this.#current;
    const stored = this.#stored;
    if (grant === null || grant.refreshToken === null) return;
    let tokens: Tokens;
    try {
      tokens = await refresh(tokenRequestOf(http, grant), grant.refreshToken, this.secretFor(grant.client));
    } catch (error) {
      if (error instanceof SignInError && !isPassingSignInFault(error.fault)) {
        await this.#drop(grant, isUnknownClient(error.fault));
      }
      throw error;
    }
    const { accessToken, refreshToken } = tokens;
    const renewed = { ...grant, ...lifeOf(tokens), scope: tokens.scope ?? grant.scope, accessToken };
    await this.#keepRenewed(grant, stored, { ...renewed, refreshToken: refreshToken ?? grant.refreshToken });
  }

  /**
   * Of a person who has signed in anew while the renewal was under way, here or in another process, the new sign-in counts; of one who has
   * signed out, nothing stays valid. `stored` is the refresh token that the store had before.
   */
  async #keepRenewed(before: Grant, stored: string | null, renewed: Grant): Promise<void> {
    const { desk, server, url } = this.#context;
    try {
      const kept = await desk.store.change((now) =>
        grantOf(now, server, url)?.refreshToken === stored ? withGrant(now, renewed) : now,
      );
      const grant = grantOf(kept, server, url);
      this.#stored = grant?.refreshToken ?? null;
      this.#use(grant);
      if (grant === null) await this.revoke(renewed);
    } catch (error) {
      if (this.#current === before) this.#use(renewed);
      throw error;
    }
  }

  /** What was presented is not shown again. Another process may have got new ones with it meanwhile. */
  async #drop(grant: Grant, withClient: boolean): Promise<void> {
    const { desk, server, url } = this.#context;
    // Also where that cannot be kept.
    if (this.#current === grant) this.#current = withoutTokens(grant);
    const after = await desk.store.change((kept) => {
      const now = grantOf(kept, server, url);
      if (now === null || now.refreshToken !== grant.refreshToken) return kept;
      const dropped = withGrant(kept, withoutTokens(now));
      return withClient ? withoutRegistration(dropped, grant) : dropped;
    });
    this.#current = grantOf(after, server, url);
    this.#stored = this.#current?.refreshToken ?? null;
  }

  /**
   * A refused token may be that of an authorization server that the server has left (MCP 2026-07-28 basic/authorization, Authorization
   * Server Binding): then it is not shown again, and not renewed there. One look at a time for all requests.
   */
  hasMoved(challenge: Challenge): Promise<boolean> {
    this.#moving ??= this.#dropIfMoved(challenge).finally(() => {
      this.#moving = null;
    });
    return this.#moving;
  }

  async #dropIfMoved(challenge: Challenge): Promise<boolean> {
    const grant = this.#current;
    if (grant === null) return false;
    const http = await authorizationHttp(this.#context);
    try {
      const { issuersOf } = await protocol();
      const issuers = await issuersOf(http, new URL(this.#context.url), challenge, this.#context.oauth);
      if (issuers === null || issuers.some((issuer) => isSameIssuer(issuer, grant.issuer))) return false;
      this.#context.log.warn('The remote server has another authorization server now: sign in to it again', {
        before: grant.issuer,
      });
      await this.#drop(grant, false);
      return true;
    } catch (error) {
      if (!(error instanceof SignInError)) throw error;
      // What the server says now is not known: what is known goes on.
      return false;
    } finally {
      http.close();
    }
  }

  /** Forgets the tokens, and answers those that there were, which `revoke` takes. */
  async forget(): Promise<Grant | null> {
    const { server, url, desk } = this.#context;
    await desk.store.change((kept) => withoutGrant(kept, server, url));
    // A renewal may have come to its end while that was waited for.
    const grant = this.#current;
    this.#current = null;
    return grant;
  }

  /** Tells the authorization server that tokens are not used any more, as far as it can be reached. */
  async revoke(grant: Grant): Promise<void> {
    const token = grant.refreshToken ?? grant.accessToken;
    if (token === null || grant.revocationEndpoint === null) return;
    const { revoke } = await protocol();
    const http = await authorizationHttp(this.#context, REVOKE_TIMEOUT);
    try {
      await revoke(tokenRequestOf(http, grant), token, this.secretFor(grant.client));
    } catch (error) {
      if (!(error instanceof SignInError)) throw error;
      // They are gone here; there they end by themselves.
      this.#context.log.info(`The tokens could not be revoked: ${this.#sentence(error.fault)}`);
    } finally {
      http.close();
    }
  }

  /** The secret of a client of the settings; null for what the client has itself. */
  secretFor({ id }: OAuthClient): string | null {
    const { clientId, clientSecret } = this.#context.oauth;
    return id === clientId ? (clientSecret ?? null) : null;
  }

  #sentence(fault: SignInFault): string {
    return signInSentence(this.#context.server, fault, this.#context.text());
  }
}

function withoutTokens(grant: Grant): Grant {
  return { ...grant, accessToken: null, refreshToken: null, expiresAt: null };
}

function tokenRequestOf(
  http: AuthorizationHttp,
  { issuer, client, resource, tokenEndpoint, revocationEndpoint }: Grant,
): TokenRequest {
  // Both were judged when the person signed in.
  http.trust(new URL(tokenEndpoint));
  const as = {
    issuer,
    token_endpoint: tokenEndpoint,
    ...(revocationEndpoint === null ? {} : { revocation_endpoint: revocationEndpoint }),
  };
  return { http, as, client, resource };
}

/** Whether an authorization server does not know us any more. */
export function isUnknownClient(fault: SignInFault): boolean {
  return fault.kind === 'refused' && /^(?:invalid|unauthorized)_client$/.test(fault.code);
}

/** Seconds of the longest life that is believed: a hundred years. What is longer may be no time that a clock knows. */
const LONGEST_LIFE = 100 * 365 * 24 * 3600;

/** How long tokens are valid, as of now. */
export function lifeOf({ lifetime }: Tokens): Pick<Grant, 'expiresAt' | 'lifetime'> {
  if (lifetime === null) return { expiresAt: null, lifetime: 0 };
  const seconds = Math.min(lifetime, LONGEST_LIFE);
  return { expiresAt: Math.round(Date.now() + seconds * 1000), lifetime: Math.round(seconds) };
}
