import { inARow } from '../../../i18n/in-a-row.ts';
import type { OAuthSetting } from '../../../settings/settings.ts';
import type { SignInNeed } from '../end.ts';
import type { Signer } from '../http.ts';
import type { HttpListener, HttpRequest, SentRequest } from '../request.ts';
import { AuthorizationFault, AuthorizedRequest, type Authorizer, type Refusal } from './authorized-request.ts';
import { byBrowser, byDevice, type CallbackPage, type SignInFlow, type SignInOptions } from './by-person.ts';
import { type Challenge, scopeUnion } from './challenge.ts';
import { isPassingSignInFault, SignInError, type SignInFault, signInSentence } from './fault.ts';
import { authorizationHttp, type GrantContext, HeldGrant, isUnknownClient, lifeOf, protocol } from './held-grant.ts';
import type { AuthorizationHttp, Discovered, TokenRequest, Tokens } from './oauth.ts';
import {
  type Grant,
  isDue,
  isOver,
  type OAuthClient,
  type StoredSignIns,
  withoutRegistration,
} from './stored-sign-ins.ts';

/** Characters of the scopes that are asked for beside those that there are. */
const MOST_SCOPES = 4096;

export interface SignInContext extends GrantContext {
  /** Asks the server without a token; null when it does not refuse that. */
  readonly probe: () => Promise<Challenge | null>;
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

/**
 * The sign-in to one server: its tokens, kept and renewed by one owner, and the ways to get them. A browser is opened by a person's
 * wish only, never because a token has been refused.
 */
export class SignIn implements Signer, Authorizer {
  readonly #context: SignInContext;
  readonly #oauth: OAuthSetting;
  readonly #held: HeldGrant;
  #renewing: Promise<void> | null = null;
  #need: SignInNeed | null = null;
  /** What the last refusal asked for. */
  #challenge: Challenge | null = null;
  /** The scopes that calls were refused for since the last sign-in. */
  #missing = '';
  /** New tokens were refused as the old ones: they are not renewed again before a person has signed in. */
  #isFutile = false;
  /** The sign-in under way. */
  #current: AbortController | null = null;

  constructor(context: SignInContext) {
    this.#context = context;
    this.#oauth = context.oauth;
    this.#held = new HeldGrant(context);
    void this.#held.load();
  }

  get need(): SignInNeed | null {
    return this.#need;
  }

  /** Whether requests carry a token of ours, or will as soon as they need one. True until what is kept has been read. */
  get mayHoldToken(): boolean {
    const { grantType, clientSecret } = this.#oauth;
    const { isLoaded, current } = this.#held;
    if (!isLoaded || grantType === 'client_credentials' || clientSecret !== undefined) return true;
    return current !== null && (current.accessToken !== null || current.refreshToken !== null);
  }

  /** The tokens that there are now, and those before them, which nothing that is kept or shown may repeat. */
  get secrets(): readonly string[] {
    const { current, former } = this.#held;
    return [current, former]
      .flatMap((grant) => [grant?.accessToken ?? null, grant?.refreshToken ?? null])
      .filter((token) => token !== null);
  }

  /** Null where neither the server has asked for a sign-in nor there is one. */
  facts(): SignInFacts | null {
    const grant = this.#held.current;
    if (this.#need === null && grant?.accessToken != null) {
      const { issuer, expiresAt } = grant;
      return { state: 'signed-in', issuer, until: expiresAt, renews: this.#held.isRenewable };
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
    if (!this.#held.isLoaded) return this.#held.load().then(() => this.token());
    const grant = this.#held.current;
    if (grant === null || grant.accessToken === null) return null;
    if (this.#isFutile || !isDue(grant, Date.now()) || !this.#held.isRenewable) return grant.accessToken;
    return this.#renew(null).then(
      () => this.#held.current?.accessToken ?? null,
      (error: unknown) => {
        const current = this.#held.current?.accessToken ?? null;
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
    await this.#held.load();
    const current = this.#held.current?.accessToken ?? null;
    const isScope = status === 403;
    const isMachine = this.#oauth.grantType === 'client_credentials';
    const isNarrow = isScope && isMachine && !this.#permits(challenge.scope);
    // Another request has got a new token meanwhile.
    if (!isAgain && !isNarrow && current !== null && current !== token) return true;
    if (isScope) this.#miss(challenge.scope);
    const scope = scopeUnion(this.#held.current?.scope ?? null, this.#missing);
    this.#challenge = isScope ? { ...challenge, scope } : challenge;
    const hasMoved = !isScope && !isMachine && token !== null && (await this.#held.hasMoved(challenge));
    const grant = this.#held.current;
    const canRenew = isMachine || (!isScope && !hasMoved && grant !== null && this.#held.isRenewable);
    if (isAgain) this.#isFutile = true;
    if (canRenew && !this.#isFutile) {
      await this.#renew(isScope ? scope : null);
      const renewed = this.#held.current?.accessToken ?? null;
      if (renewed !== null && renewed !== token) return true;
    }
    // A person may have signed in by another process.
    if (!isAgain && !isMachine && (await this.#held.takeStored(token))) return true;
    this.#ask(isScope ? 'scope' : token === null && !isAgain && this.#held.current === null ? 'needed' : 'again');
    return false;
  }

  /** Signs in, by the way that the settings say. Rejects with SignInError. */
  async signIn(options: SignInOptions): Promise<SignInFacts> {
    this.#current?.abort(new SignInError({ kind: 'replaced' }));
    const own = new AbortController();
    this.#current = own;
    const signal = AbortSignal.any([own.signal, options.signal]);
    try {
      const http = await authorizationHttp(this.#context);
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
    await this.#held.load();
    this.#current?.abort(new SignInError({ kind: 'replaced' }));
    const grant = await this.#held.forget();
    this.#isFutile = false;
    this.#need = grant === null ? this.#need : 'needed';
    this.#context.changed();
    if (grant === null) return false;
    await this.#held.revoke(grant);
    return grant.accessToken !== null || grant.refreshToken !== null;
  }

  /** Gives up what is under way. */
  close(): void {
    this.#current?.abort(new SignInError({ kind: 'cancelled' }));
  }

  #ask(need: SignInNeed): void {
    if (this.#need === need) return;
    this.#need = need;
    this.#context.changed();
  }

  /** One at a time for all requests. Rejects with AuthorizationFault where it may succeed later. `scope` widens it. */
  async #renew(scope: string | null): Promise<void> {
    // What is under way was asked for before this scope was missed.
    if (this.#renewing !== null && scope !== null) await this.#renewing.catch(() => undefined);
    if (scope !== null && this.#permits(scope)) return;
    this.#renewing ??= this.#renewOnce(scope).finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  #miss(scope: string | null): void {
    const all = scopeUnion(this.#missing, scope);
    // A server that names others each time is asked for what it has named last.
    this.#missing = all.length > MOST_SCOPES ? scopeUnion(scope) : all;
  }

  /** Whether the tokens that there are have all of these scopes. */
  #permits(scope: string | null): boolean {
    const held = this.#held.current?.scope ?? null;
    return scopeUnion(held, scope) === scopeUnion(held);
  }

  async #renewOnce(scope: string | null): Promise<void> {
    const http = await authorizationHttp(this.#context);
    try {
      if (this.#oauth.grantType === 'client_credentials') await this.#requestClientCredentials(http, scope);
      else await this.#held.refresh(http);
    } catch (error) {
      // What is kept may be damaged: that must end no more than this sign-in.
      const damaged = { kind: 'refused', issuer: this.#held.current?.issuer ?? '', code: 'invalid_response' } as const;
      const fault = error instanceof SignInError ? error.fault : damaged;
      if (isPassingSignInFault(fault)) {
        const { origin } = 'origin' in fault ? fault : { origin: this.#held.current?.issuer ?? '' };
        throw new AuthorizationFault({ kind: 'sign-in', origin, why: this.#sentence(fault) });
      }
      this.#context.log.warn(this.#sentence(fault));
    } finally {
      http.close();
    }
  }

  async #requestClientCredentials(http: AuthorizationHttp, scope: string | null): Promise<void> {
    const { clientCredentials, clientFor, discover, scopeFor } = await protocol();
    const { url, desk } = this.#context;
    const asked = this.#challenge ?? (await this.#context.probe());
    const found = await discover(http, new URL(url), asked, this.#oauth);
    const wanted = scope ?? scopeFor(found, asked?.scope ?? null, this.#oauth);
    const kept = await desk.store.read();
    const { client } = await clientFor(http, this.#wanted(found, kept));
    this.#checkIssuer(found, client);
    const tokenRequest = { http, as: found.as, client, resource: found.resource };
    const tokens = await clientCredentials(tokenRequest, wanted, this.#held.secretFor(client));
    await this.#held.keep(this.#grantFor(tokenRequest, tokens, wanted), tokens, null, true);
  }

  async #signIn(http: AuthorizationHttp, options: SignInOptions): Promise<void> {
    const { announcesPkce, clientFor, discover, scopeFor } = await protocol();
    await this.#held.load();
    const { url, desk, probe } = this.#context;
    const asked = this.#challenge ?? (await probe());
    const found = await discover(http, new URL(url), asked, this.#oauth).catch((error: unknown) => {
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
      await this.#requestClientCredentials(http, null);
      return this.#done();
    }
    const { client, redirectUri, registration } = await clientFor(http, this.#wanted(found, kept));
    this.#checkIssuer(found, client);
    if (registration !== null) {
      await desk.store.change((now) => ({ ...now, registrations: [...now.registrations, registration] }));
    }
    const scope = scopeFor(found, asked?.scope ?? null, this.#oauth);
    const tokenRequest = { http, as: found.as, client, resource: found.resource };
    const flow: SignInFlow = {
      tokenRequest,
      scope,
      secret: this.#held.secretFor(client),
      options,
      given: async (tokens) => {
        await this.#held.keep(this.#grantFor(tokenRequest, tokens, scope), tokens, null, false);
        this.#done();
      },
    };
    // The browser of a person is there, with a page of the authorization server, and has not come back.
    let isAway = false;
    const told: SignInOptions['told'] = (step) => {
      isAway = true;
      options.told(step);
    };
    try {
      if (grantType === 'device_code') return await byDevice(flow);
      await byBrowser(
        { ...flow, options: { ...options, told } },
        {
          server: this.#context.server,
          desk,
          redirectUri,
          oauth: this.#oauth,
          done: () => this.#page(null),
          failed: (fault) => {
            isAway = false;
            return this.#page(fault);
          },
        },
      );
    } catch (error) {
      const isUnknown = error instanceof SignInError && isUnknownClient(error.fault);
      // RFC 6749 section 4.1.2.1: that it does not know the client, an authorization server tells the person alone, who gives up then.
      if (isUnknown || (isAway && registration === null)) await this.#forgetClient(tokenRequest).catch(() => undefined);
      throw error;
    }
  }

  /** An authorization server that does not know its registration any more makes a new one the next time. */
  async #forgetClient({ as, client }: TokenRequest): Promise<void> {
    await this.#context.desk.store.change((kept) => withoutRegistration(kept, { issuer: as.issuer, client }));
  }

  /** A client that was registered by hand is one authorization server's; another must not be shown it (MCP 2026-07-28, Client Registration). */
  #checkIssuer({ as: { issuer } }: Discovered, client: OAuthClient): void {
    const before = this.#held.current;
    if (this.#oauth.clientId === undefined || before === null || before.client.id !== client.id) return;
    if (before.issuer !== issuer) {
      throw new SignInError({ kind: 'issuer-changed', before: before.issuer, now: issuer });
    }
  }

  #done(): void {
    this.#need = null;
    this.#challenge = null;
    this.#missing = '';
    this.#isFutile = false;
    this.#context.signedIn();
  }

  #grantFor({ as, client, resource }: TokenRequest, tokens: Tokens, scope: string): Grant {
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

  #wanted({ as }: Discovered, kept: StoredSignIns) {
    const { desk, url } = this.#context;
    const redirectUri = (host: string): string => desk.redirectUri(host);
    return { as, server: new URL(url), oauth: this.#oauth, redirectUri, kept, now: Date.now() };
  }

  #page(fault: SignInFault | null): CallbackPage {
    const { server, text } = this.#context;
    const words = text().servers.remote.signIn.page;
    if (fault === null) return { ok: true, sentence: words.done(server) };
    return { ok: false, sentence: inARow(words.failed(server), this.#sentence(fault)) };
  }

  #sentence(fault: SignInFault): string {
    return signInSentence(this.#context.server, fault, this.#context.text());
  }
}
