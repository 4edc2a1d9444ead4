import type { Text } from '../../../i18n/index.ts';
import type { Log } from '../../../log/index.ts';
import type { OAuthSetting } from '../../../settings/settings.ts';
import type { SignInNeed } from '../end.ts';
import type { Signer } from '../http.ts';
import type { HttpListener, HttpRequest, SentRequest } from '../request.ts';
import type { HttpFor } from './authorization-http.ts';
import { AuthorizationFault, AuthorizedRequest, type Authorizer, type Refusal } from './authorized-request.ts';
import { byBrowser, byDevice, type Errand, type SignInOptions } from './by-person.ts';
import { type Challenge, NO_CHALLENGE, scopeUnion } from './challenge.ts';
import type { CallbackPage, SignInDesk } from './desk.ts';
import { isPassingFault, SignInError, type SignInFault, signInSentence } from './fault.ts';
import {
  type Grant,
  grantOf,
  isDue,
  isOver,
  type Kept,
  type OAuthClient,
  withGrant,
  withoutGrant,
  withoutRegistration,
} from './kept.ts';
import type { Asking, AuthorizationHttp, Discovered, Tokens } from './oauth.ts';

export interface SignInContext {
  /** The server's name and URL. */
  readonly server: string;
  readonly url: string;
  readonly oauth: OAuthSetting;
  readonly httpFor: HttpFor;
  readonly desk: SignInDesk;
  readonly log: Log;
  readonly text: () => Text;
  /** Asks the server without a token; null when it does not refuse that. */
  readonly probe: () => Promise<Challenge | null>;
  /** Something that a snapshot shows is different now. */
  readonly changed: () => void;
  /** There are new tokens. */
  readonly signedIn: () => void;
}

/** What a snapshot shows of it. */
export interface SignInFacts {
  readonly state: 'signed-in' | 'signed-out';
  /** Who has given the tokens; null where there are none. */
  readonly issuer: string | null;
  /** When the access token ends, in milliseconds since the epoch; null when that is not known. */
  readonly until: number | null;
  /** Whether it is renewed without a person. */
  readonly renews: boolean;
}

/** Loaded by its first use: an instance that signs in to nothing does without. */
const protocol = () => import('./oauth.ts');

/** Milliseconds for a revocation: signing out does not wait for a server that is gone. */
const FAREWELL = 3000;

/**
 * The sign-in to one server: its tokens, kept and renewed by one owner, and the ways to get them. A browser is opened by a person's
 * wish only, never because a token has been refused.
 */
export class SignIn implements Signer, Authorizer {
  readonly #context: SignInContext;
  readonly #oauth: OAuthSetting;
  #grant: Grant | null = null;
  #isLoaded = false;
  #loading: Promise<void> | null = null;
  #renewing: Promise<void> | null = null;
  #moving: Promise<boolean> | null = null;
  #need: SignInNeed | null = null;
  /** What the last refusal asked for. */
  #challenge: Challenge | null = null;
  /** New tokens were refused as the old ones: they are not renewed again before a person has signed in. */
  #isFutile = false;
  /** The sign-in under way. */
  #current: AbortController | null = null;

  constructor(context: SignInContext) {
    this.#context = context;
    this.#oauth = context.oauth;
    void this.#load();
  }

  get need(): SignInNeed | null {
    return this.#need;
  }

  /** Whether requests carry a token of ours, or will as soon as they need one. True until what is kept has been read. */
  get mayHoldToken(): boolean {
    const { grantType, clientSecret } = this.#oauth;
    if (!this.#isLoaded || grantType === 'client_credentials' || clientSecret !== undefined) return true;
    return this.#grant !== null && (this.#grant.accessToken !== null || this.#grant.refreshToken !== null);
  }

  /** The tokens that there are now, which nothing that is kept or shown may repeat. */
  get secrets(): readonly string[] {
    const { accessToken = null, refreshToken = null } = this.#grant ?? {};
    return [accessToken, refreshToken].filter((token) => token !== null);
  }

  /** Null where neither the server has asked for a sign-in nor there is one. */
  facts(): SignInFacts | null {
    const grant = this.#grant;
    if (this.#need === null && grant?.accessToken != null) {
      const { issuer, expiresAt } = grant;
      return { state: 'signed-in', issuer, until: expiresAt, renews: this.#isRenewable(grant) };
    }
    if (this.#need === null) return null;
    return { state: 'signed-out', issuer: grant?.issuer ?? null, until: null, renews: false };
  }

  send(
    request: HttpRequest,
    listener: HttpListener,
    send: (request: HttpRequest, listener: HttpListener) => SentRequest,
  ): SentRequest {
    const authorized = new AuthorizedRequest(this, send, request, listener);
    authorized.start();
    return authorized;
  }

  token(): string | null | Promise<string | null> {
    if (!this.#isLoaded) return this.#load().then(() => this.token());
    const grant = this.#grant;
    if (grant === null || grant.accessToken === null) return null;
    if (this.#isFutile || !isDue(grant, Date.now()) || !this.#isRenewable(grant)) return grant.accessToken;
    return this.#renew(null).then(
      () => this.#grant?.accessToken ?? null,
      (error: unknown) => {
        const current = this.#grant?.accessToken ?? null;
        if (current !== null && !isOver(grant, Date.now())) return current;
        throw error;
      },
    );
  }

  accepted(): void {
    if (this.#need === null && !this.#isFutile) return;
    this.#need = null;
    this.#isFutile = false;
    this.#context.changed();
  }

  async refused({ status, challenge, token, isAgain }: Refusal): Promise<boolean> {
    await this.#load();
    const current = this.#grant?.accessToken ?? null;
    // Another request has got a new token meanwhile.
    if (!isAgain && current !== null && current !== token) return true;
    const isScope = status === 403;
    const scope = scopeUnion(this.#grant?.scope ?? null, challenge.scope);
    this.#challenge = isScope ? { ...challenge, scope } : challenge;
    const isMachine = this.#oauth.grantType === 'client_credentials';
    const hasMoved = !isScope && !isMachine && token !== null && (await this.#hasMoved(challenge));
    const grant = this.#grant;
    const canRenew = isMachine || (!isScope && !hasMoved && grant !== null && this.#isRenewable(grant));
    if (isAgain) this.#isFutile = true;
    if (canRenew && !this.#isFutile) {
      await this.#renew(isScope ? scope : null);
      const renewed = this.#grant?.accessToken ?? null;
      if (renewed !== null && renewed !== token) return true;
    }
    this.#ask(isScope ? 'scope' : token === null && !isAgain && this.#grant === null ? 'needed' : 'again');
    return false;
  }

  /** Signs in, by the way that the settings say. Rejects with SignInError. */
  async signIn(options: SignInOptions): Promise<SignInFacts> {
    this.#current?.abort(new SignInError({ kind: 'replaced' }));
    const own = new AbortController();
    this.#current = own;
    const signal = AbortSignal.any([own.signal, options.signal]);
    try {
      const http = await this.#http();
      try {
        await this.#signIn(http, { ...options, signal });
      } finally {
        http.close();
      }
    } finally {
      if (this.#current === own) this.#current = null;
    }
    const facts = this.facts();
    if (facts === null) throw new SignInError({ kind: 'cancelled' });
    return facts;
  }

  /** Revokes the tokens, as far as their server can be reached, and forgets them. False when there were none. */
  async signOut(): Promise<boolean> {
    await this.#load();
    this.#current?.abort(new SignInError({ kind: 'replaced' }));
    const grant = this.#grant;
    const { server, url, desk } = this.#context;
    await desk.store.change((kept) => withoutGrant(kept, server, url));
    this.#grant = null;
    this.#isFutile = false;
    this.#need = grant === null ? this.#need : 'needed';
    this.#context.changed();
    if (grant === null) return false;
    await this.#revoke(grant);
    return grant.accessToken !== null || grant.refreshToken !== null;
  }

  /** Gives up what is under way. */
  close(): void {
    this.#current?.abort(new SignInError({ kind: 'cancelled' }));
  }

  #load(): Promise<void> {
    if (this.#isLoaded) return Promise.resolve();
    this.#loading ??= this.#read().finally(() => {
      this.#isLoaded = true;
      if (this.#grant !== null) this.#context.changed();
    });
    return this.#loading;
  }

  async #read(): Promise<void> {
    const { desk, server, url } = this.#context;
    try {
      const grant = grantOf(await desk.store.read(), server, url);
      // A client that the settings name no more is another one's tokens.
      const { clientId } = this.#oauth;
      this.#grant = grant === null || (clientId !== undefined && grant.client.id !== clientId) ? null : grant;
    } catch (error) {
      if (!(error instanceof SignInError)) throw error;
      this.#context.log.warn(this.#sentence(error.fault));
    }
  }

  #isRenewable({ refreshToken }: Grant): boolean {
    return refreshToken !== null || this.#oauth.grantType === 'client_credentials';
  }

  #ask(need: SignInNeed): void {
    if (this.#need === need) return;
    this.#need = need;
    this.#context.changed();
  }

  /**
   * A refused token may be that of an authorization server that the server has left (MCP 2026-07-28 basic/authorization, Authorization
   * Server Binding): then it is not shown again, and not renewed there. One look at a time for all requests.
   */
  #hasMoved(challenge: Challenge): Promise<boolean> {
    this.#moving ??= this.#dropIfMoved(challenge).finally(() => {
      this.#moving = null;
    });
    return this.#moving;
  }

  async #dropIfMoved(challenge: Challenge): Promise<boolean> {
    const grant = this.#grant;
    if (grant === null) return false;
    const http = await this.#http();
    try {
      const { issuersOf } = await protocol();
      const issuers = await issuersOf(http, new URL(this.#context.url), challenge, this.#oauth);
      if (issuers === null || issuers.includes(grant.issuer)) return false;
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

  /** One at a time for all requests. Rejects with AuthorizationFault where it may succeed later. `scope` widens it. */
  #renew(scope: string | null): Promise<void> {
    this.#renewing ??= this.#renewOnce(scope).finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #renewOnce(scope: string | null): Promise<void> {
    const http = await this.#http();
    try {
      if (this.#oauth.grantType === 'client_credentials') await this.#askAsMachine(http, scope);
      else await this.#refresh(http);
    } catch (error) {
      // What is kept may be damaged: that must end no more than this sign-in.
      const damaged = { kind: 'refused', issuer: this.#grant?.issuer ?? '', code: 'invalid_response' } as const;
      const fault = error instanceof SignInError ? error.fault : damaged;
      if (isPassingFault(fault)) {
        const { origin } = 'origin' in fault ? fault : { origin: this.#grant?.issuer ?? '' };
        throw new AuthorizationFault({ kind: 'sign-in', origin, why: this.#sentence(fault) });
      }
      this.#context.log.warn(this.#sentence(fault));
    } finally {
      http.close();
    }
  }

  async #refresh(http: AuthorizationHttp): Promise<void> {
    const { refresh } = await protocol();
    const { desk, server, url } = this.#context;
    // Another process may have renewed them: then those count.
    const kept = grantOf(await desk.store.read(), server, url);
    const before = this.#grant;
    if (kept !== null && kept.refreshToken !== before?.refreshToken && kept.issuer === before?.issuer) {
      this.#grant = kept;
      if (kept.accessToken !== null && !isDue(kept, Date.now())) return;
    }
    const grant = this.#grant;
    if (grant === null || grant.refreshToken === null) return;
    try {
      const tokens = await refresh(askingOf(http, grant), grant.refreshToken, this.#secretFor(grant.client));
      await this.#keep({ ...grant, ...lifeOf(tokens), scope: tokens.scope ?? grant.scope }, tokens, grant.refreshToken);
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
    this.#grant = grantOf(after, server, url);
  }

  async #askAsMachine(http: AuthorizationHttp, scope: string | null): Promise<void> {
    const { clientCredentials, clientFor, discover, scopeFor } = await protocol();
    const { url, desk } = this.#context;
    const challenge = this.#challenge ?? (await this.#context.probe()) ?? NO_CHALLENGE;
    const found = await discover(http, new URL(url), challenge, this.#oauth);
    const wanted = scope ?? scopeFor(found, challenge.scope, this.#oauth);
    const kept = await desk.store.read();
    const { client } = await clientFor(http, this.#wanted(found, kept));
    this.#checkIssuer(found, client);
    const asking = { http, as: found.as, client, resource: found.resource };
    const tokens = await clientCredentials(asking, wanted, this.#secretFor(client));
    await this.#keep(this.#grantFor(asking, tokens, wanted), tokens, null);
  }

  async #signIn(http: AuthorizationHttp, options: SignInOptions): Promise<void> {
    const { announcesPkce, clientFor, discover, scopeFor } = await protocol();
    await this.#load();
    const { url, desk, probe } = this.#context;
    const asked = this.#challenge ?? (await probe());
    const challenge = asked ?? NO_CHALLENGE;
    const found = await discover(http, new URL(url), challenge, this.#oauth).catch((error: unknown) => {
      const isNone = asked === null && error instanceof SignInError && error.fault.kind === 'not-offered';
      throw isNone ? new SignInError({ kind: 'not-asked' }) : error;
    });
    const { grantType = 'authorization_code' } = this.#oauth;
    let kept = await desk.store.read();
    const { issuer } = found.as;
    if (grantType === 'authorization_code' && !announcesPkce(found.as) && !kept.accepted.includes(issuer)) {
      if (!options.acceptNoPkce) throw new SignInError({ kind: 'no-pkce', issuer });
      kept = await desk.store.change((now) => ({ ...now, accepted: [...new Set([...now.accepted, issuer])] }));
    }
    if (grantType === 'client_credentials') {
      this.#isFutile = false;
      await this.#askAsMachine(http, null);
      return this.#done();
    }
    const { client, redirectUri, registration } = await clientFor(http, this.#wanted(found, kept));
    this.#checkIssuer(found, client);
    if (registration !== null) {
      await desk.store.change((now) => ({ ...now, registrations: [...now.registrations, registration] }));
    }
    const scope = scopeFor(found, challenge.scope, this.#oauth);
    const asking = { http, as: found.as, client, resource: found.resource };
    const errand: Errand = {
      asking,
      scope,
      secret: this.#secretFor(client),
      options,
      given: async (tokens) => {
        await this.#keep(this.#grantFor(asking, tokens, scope), tokens, null);
        this.#done();
      },
    };
    if (grantType === 'device_code') return byDevice(errand);
    return byBrowser(errand, {
      server: this.#context.server,
      desk,
      redirectUri,
      oauth: this.#oauth,
      done: () => this.#page(null),
      failed: async (fault) => {
        await this.#forgetClient(asking, fault).catch(() => undefined);
        return this.#page(fault);
      },
    });
  }

  /** An authorization server that does not know its registration any more makes a new one the next time. */
  async #forgetClient({ as, client }: Asking, fault: SignInFault): Promise<void> {
    if (!isUnknownClient(fault)) return;
    await this.#context.desk.store.change((kept) => withoutRegistration(kept, { issuer: as.issuer, client }));
  }

  /** A client that was registered by hand is one authorization server's; another must not be shown it (MCP 2026-07-28, Client Registration). */
  #checkIssuer({ as: { issuer } }: Discovered, client: OAuthClient): void {
    const before = this.#grant;
    if (this.#oauth.clientId === undefined || before === null || before.client.id !== client.id) return;
    if (before.issuer !== issuer) {
      throw new SignInError({ kind: 'issuer-changed', before: before.issuer, now: issuer });
    }
  }

  /** New tokens are kept before they are used: a refresh token that was rotated is not valid again. */
  async #keep(grant: Grant, tokens: Tokens, refreshToken: string | null): Promise<void> {
    const whole = { ...grant, accessToken: tokens.accessToken, refreshToken: tokens.refreshToken ?? refreshToken };
    await this.#context.desk.store.change((kept) => withGrant(kept, whole));
    this.#grant = whole;
    this.#context.changed();
  }

  #done(): void {
    this.#need = null;
    this.#challenge = null;
    this.#isFutile = false;
    this.#context.signedIn();
  }

  #grantFor({ as, client, resource }: Asking, tokens: Tokens, scope: string): Grant {
    const { server, url } = this.#context;
    return {
      server,
      url,
      issuer: as.issuer,
      client,
      resource,
      scope: tokens.scope ?? scope,
      accessToken: null,
      refreshToken: null,
      ...lifeOf(tokens),
      tokenEndpoint: as.token_endpoint ?? '',
      revocationEndpoint: as.revocation_endpoint ?? null,
    };
  }

  #wanted({ as }: Discovered, kept: Kept) {
    const { desk, url } = this.#context;
    const redirectUri = (host: string): string => desk.redirectUri(host);
    return { as, server: new URL(url), oauth: this.#oauth, redirectUri, kept, now: Date.now() };
  }

  async #http(patience?: number): Promise<AuthorizationHttp> {
    const { AuthorizationHttp } = await protocol();
    const { httpFor, url } = this.#context;
    return new AuthorizationHttp(httpFor, new URL(url), patience);
  }

  /** The secret of a client of the settings; null for what the client has itself. */
  #secretFor({ id }: OAuthClient): string | null {
    return id === this.#oauth.clientId ? (this.#oauth.clientSecret ?? null) : null;
  }

  async #revoke(grant: Grant): Promise<void> {
    const token = grant.refreshToken ?? grant.accessToken;
    if (token === null || grant.revocationEndpoint === null) return;
    const { revoke } = await protocol();
    const http = await this.#http(FAREWELL);
    try {
      await revoke(askingOf(http, grant), token, this.#secretFor(grant.client));
    } catch (error) {
      if (!(error instanceof SignInError)) throw error;
      // They are gone here; there they end by themselves.
      this.#context.log.info(`The tokens could not be revoked: ${this.#sentence(error.fault)}`);
    } finally {
      http.close();
    }
  }

  #page(fault: SignInFault | null): CallbackPage {
    const { server, text } = this.#context;
    const words = text().servers.remote.signIn.page;
    if (fault === null) return { ok: true, sentence: words.done(server) };
    return { ok: false, sentence: `${words.failed(server)} ${this.#sentence(fault)}` };
  }

  #sentence(fault: SignInFault): string {
    return signInSentence(this.#context.server, fault, this.#context.text());
  }
}

function askingOf(
  http: AuthorizationHttp,
  { issuer, client, resource, tokenEndpoint, revocationEndpoint }: Grant,
): Asking {
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
function isUnknownClient(fault: SignInFault): boolean {
  return fault.kind === 'refused' && /^(?:invalid|unauthorized)_client$/.test(fault.code);
}

function lifeOf({ lifetime }: Tokens): Pick<Grant, 'expiresAt' | 'lifetime'> {
  if (lifetime === null) return { expiresAt: null, lifetime: 0 };
  return { expiresAt: Math.round(Date.now() + lifetime * 1000), lifetime: Math.round(lifetime) };
}
