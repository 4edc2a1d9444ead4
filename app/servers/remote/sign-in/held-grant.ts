import type { Text } from '../../../i18n/index.ts';
import type { Log } from '../../../log/index.ts';
import type { OAuthSetting } from '../../../settings/settings.ts';
import { isSameIssuer } from './addresses.ts';
import type { AuthorizationHttp, HttpFor } from './authorization-http.ts';
import type { Challenge } from './challenge.ts';
import type { SignInDesk } from './desk.ts';
import { isPassingFault, SignInError, type SignInFault, signInSentence } from './fault.ts';
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
    const { desk, server, url, oauth, log } = this.#context;
    try {
      const grant = grantOf(await desk.store.read(), server, url);
      // A client that the settings name no more is another one's tokens.
      const { clientId } = oauth;
      this.#current = grant === null || (clientId !== undefined && grant.client.id !== clientId) ? null : grant;
    } catch (error) {
      if (!(error instanceof SignInError)) throw error;
      log.warn(this.#sentence(error.fault));
    }
  }

  /** New tokens are kept before they are used: a refresh token that was rotated is not valid again. */
  async keep(grant: Grant, tokens: Tokens, refreshToken: string | null): Promise<void> {
    const whole = { ...grant, accessToken: tokens.accessToken, refreshToken: tokens.refreshToken ?? refreshToken };
    await this.#context.desk.store.change((kept) => withGrant(kept, whole));
    this.#current = whole;
    this.#context.changed();
  }

  async refresh(http: AuthorizationHttp): Promise<void> {
    const { refresh } = await protocol();
    const { desk, server, url } = this.#context;
    // Another process may have renewed them: then those count.
    const kept = grantOf(await desk.store.read(), server, url);
    const before = this.#current;
    if (kept !== null && kept.refreshToken !== before?.refreshToken && kept.issuer === before?.issuer) {
      this.#current = kept;
      if (kept.accessToken !== null && !isDue(kept, Date.now())) return;
    }
    const grant = this.#current;
    if (grant === null || grant.refreshToken === null) return;
    try {
      const tokens = await refresh(tokenRequestOf(http, grant), grant.refreshToken, this.secretFor(grant.client));
      await this.keep({ ...grant, ...lifeOf(tokens), scope: tokens.scope ?? grant.scope }, tokens, grant.refreshToken);
    } catch (error) {
      if (error instanceof SignInError && !isPassingFault(error.fault)) {
        await this.#drop(grant, isUnknownClient(error.fault));
      }
      throw error;
    }
  }

  /** What was presented is not shown again. Another process may have got new ones with it meanwhile. */
  async #drop(grant: Grant, withClient: boolean): Promise<void> {
    const { desk, server, url } = this.#context;
    const after = await desk.store.change((kept) => {
      const now = grantOf(kept, server, url);
      if (now === null || now.refreshToken !== grant.refreshToken) return kept;
      const dropped = withGrant(kept, { ...now, accessToken: null, refreshToken: null, expiresAt: null });
      return withClient ? withoutRegistration(dropped, grant) : dropped;
    });
    this.#current = grantOf(after, server, url);
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
    const grant = this.#current;
    await desk.store.change((kept) => withoutGrant(kept, server, url));
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

/** How long tokens are valid, as of now. */
export function lifeOf({ lifetime }: Tokens): Pick<Grant, 'expiresAt' | 'lifetime'> {
  if (lifetime === null) return { expiresAt: null, lifetime: 0 };
  return { expiresAt: Math.round(Date.now() + lifetime * 1000), lifetime: Math.round(lifetime) };
}
