import {
  AuthorizationResponseError,
  type AuthorizationServer,
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  type Client,
  type ClientAuth,
  ClientSecretPost,
  calculatePKCECodeChallenge,
  clientCredentialsGrantRequest,
  customFetch,
  deviceAuthorizationRequest,
  deviceCodeGrantRequest,
  generateRandomCodeVerifier,
  generateRandomState,
  None,
  processAuthorizationCodeResponse,
  processClientCredentialsResponse,
  processDeviceAuthorizationResponse,
  processDeviceCodeResponse,
  processRefreshTokenResponse,
  processRevocationResponse,
  ResponseBodyError,
  refreshTokenGrantRequest,
  revocationRequest,
  type TokenEndpointResponse,
  validateAuthResponse,
} from 'oauth4webapi';
import type { OAuthSetting } from '../../../settings/settings.ts';
import type { AuthorizationHttp } from './authorization-http.ts';
import { scopeUnion } from './challenge.ts';
import { clientFor, errorCode } from './client.ts';
import { type Discovered, discover, issuersOf } from './discovery.ts';
import { NO_OAUTH, SignInError } from './fault.ts';
import type { OAuthClient } from './stored-sign-ins.ts';

export { AuthorizationHttp } from './authorization-http.ts';
export { clientFor, type Discovered, discover, issuersOf };

/** What a token endpoint has given. `lifetime` is in seconds; null where it is not said. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly lifetime: number | null;
  readonly scope: string | null;
}

/** Who asks a token endpoint, and for what. */
export interface TokenRequest {
  readonly http: AuthorizationHttp;
  readonly as: AuthorizationServer;
  readonly client: OAuthClient;
  readonly resource: string | null;
}

/** An authorization request, and what its answer is judged by. It stays in memory, and serves one answer. */
export interface Pending {
  readonly url: string;
  readonly state: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

/** Parameters that are ours: the settings can add others only. */
const OWN_PARAMETERS = new Set([
  'response_type',
  'response_mode',
  'client_id',
  'redirect_uri',
  'state',
  'scope',
  'resource',
  'code_challenge',
  'code_challenge_method',
]);

/** Whether an authorization server says that it checks S256 (RFC 7636; MCP 2026-07-28 basic/authorization, Authorization Code Protection). */
export function announcesPkce({ code_challenge_methods_supported: methods }: AuthorizationServer): boolean {
  return methods?.includes('S256') === true;
}

/**
 * The scopes to ask for: those of the settings, else those of the challenge, else those of the server's metadata, else none.
 * `offline_access` comes with them where the authorization server knows it, so that the sign-in lasts.
 */
export function scopeFor({ as, scopes }: Discovered, challenge: string | null, oauth: OAuthSetting): string {
  if (oauth.scope !== undefined) return oauth.scope;
  const scope = challenge ?? scopes ?? '';
  const isOffline = scope !== '' && as.scopes_supported?.includes('offline_access') === true;
  return isOffline ? scopeUnion(scope, 'offline_access') : scope;
}

/** Throws SignInError where there is no such endpoint. */
export function endpointOf(
  as: AuthorizationServer,
  endpoint: 'authorization_endpoint' | 'token_endpoint' | 'device_authorization_endpoint',
): string {
  const url = as[endpoint];
  if (url === undefined) throw new SignInError({ kind: 'no-endpoint', issuer: as.issuer, endpoint });
  return url;
}

/** RFC 6749 section 4.1.1 with RFC 7636 and RFC 8707. `resource` is written byte for byte. */
export async function authorizationRequest(
  { as, client, resource }: TokenRequest,
  redirectUri: string,
  scope: string,
  oauth: OAuthSetting,
): Promise<Pending> {
  const url = new URL(endpointOf(as, 'authorization_endpoint'));
  const state = generateRandomState();
  const verifier = generateRandomCodeVerifier();
  const parameters = url.searchParams;
  for (const [name, value] of Object.entries(oauth.authorizeParams ?? {})) {
    if (!OWN_PARAMETERS.has(name)) parameters.set(name, value);
  }
  parameters.set('response_type', 'code');
  parameters.set('client_id', client.id);
  parameters.set('redirect_uri', redirectUri);
  parameters.set('state', state);
  parameters.set('code_challenge', await calculatePKCECodeChallenge(verifier));
  parameters.set('code_challenge_method', 'S256');
  if (scope !== '') parameters.set('scope', scope);
  if (resource !== null) parameters.set('resource', resource);
  // OpenID Connect Core 1.0 section 11: without it offline access is not granted.
  const isOffline = scope.split(' ').includes('offline_access');
  if (isOffline && !parameters.has('prompt')) parameters.set('prompt', 'consent');
  return { url: url.href, state, verifier, redirectUri };
}

/** The code that a browser has come back with, for tokens. Throws SignInError for an answer that is not the one to our question. */
export async function exchangeCode(
  tokenRequest: TokenRequest,
  pending: Pending,
  callback: URLSearchParams,
  secret: string | null,
) {
  const { as } = tokenRequest;
  const { client, authentication, options } = partsOf(tokenRequest, secret);
  let parameters: URLSearchParams;
  try {
    parameters = validateAuthResponse(as, client, callback, pending.state);
  } catch (error) {
    if (error instanceof AuthorizationResponseError) {
      throw new SignInError({ kind: 'refused', issuer: as.issuer, code: errorCode(error.error) });
    }
    // RFC 9207 section 2.4: nothing of it is used, its error neither.
    throw new SignInError({ kind: 'wrong-issuer', issuer: as.issuer });
  }
  return tokensOf(as, async () => {
    const { redirectUri, verifier } = pending;
    const response = await authorizationCodeGrantRequest(
      as,
      client,
      authentication,
      parameters,
      redirectUri,
      verifier,
      options,
    );
    return processAuthorizationCodeResponse(as, client, response);
  });
}

/** RFC 6749 section 6. */
export function refresh(tokenRequest: TokenRequest, refreshToken: string, secret: string | null): Promise<Tokens> {
  const { as } = tokenRequest;
  const { client, authentication, options } = partsOf(tokenRequest, secret);
  return tokensOf(as, async () =>
    processRefreshTokenResponse(
      as,
      client,
      await refreshTokenGrantRequest(as, client, authentication, refreshToken, options),
    ),
  );
}

/** RFC 6749 section 4.4: without a person. */
export function clientCredentials(tokenRequest: TokenRequest, scope: string, secret: string | null): Promise<Tokens> {
  const { as, resource } = tokenRequest;
  const { client, authentication, options } = partsOf(tokenRequest, secret);
  const parameters = new URLSearchParams();
  if (scope !== '') parameters.set('scope', scope);
  if (resource !== null) parameters.set('resource', resource);
  return tokensOf(as, async () =>
    processClientCredentialsResponse(
      as,
      client,
      await clientCredentialsGrantRequest(as, client, authentication, parameters, options),
    ),
  );
}

/** What a person types in elsewhere (RFC 8628 section 3.2). `interval` and `lifetime` are in seconds. */
export interface DeviceCode {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly address: string;
  /** The same with the code in it; null where there is none. */
  readonly completeAddress: string | null;
  readonly interval: number;
  readonly lifetime: number;
}

export async function deviceCode(
  tokenRequest: TokenRequest,
  scope: string,
  secret: string | null,
): Promise<DeviceCode> {
  const { as, resource, http } = tokenRequest;
  endpointOf(as, 'device_authorization_endpoint');
  const { client, authentication, options } = partsOf(tokenRequest, secret);
  const parameters = new URLSearchParams();
  if (scope !== '') parameters.set('scope', scope);
  if (resource !== null) parameters.set('resource', resource);
  return answered(as, async () => {
    const response = await deviceAuthorizationRequest(as, client, authentication, parameters, options);
    const answer = await processDeviceAuthorizationResponse(as, client, response);
    const shown = (address: string): string => http.check(new URL(address)).href;
    const complete = answer.verification_uri_complete;
    return {
      deviceCode: answer.device_code,
      // A terminal shows it.
      userCode: answer.user_code.replace(/[^\p{L}\d -]/gu, '').slice(0, 40),
      address: shown(answer.verification_uri),
      completeAddress: complete === undefined ? null : shown(complete),
      interval: answer.interval ?? 5,
      lifetime: answer.expires_in,
    };
  });
}

/** One question whether the person has agreed; a SignInError with `authorization_pending` or `slow_down` says not yet. */
export function deviceTokens(tokenRequest: TokenRequest, code: string, secret: string | null): Promise<Tokens> {
  const { as } = tokenRequest;
  const { client, authentication, options } = partsOf(tokenRequest, secret);
  return tokensOf(as, async () =>
    processDeviceCodeResponse(as, client, await deviceCodeGrantRequest(as, client, authentication, code, options)),
  );
}

/** RFC 7009. */
export async function revoke(tokenRequest: TokenRequest, token: string, secret: string | null): Promise<void> {
  const { as } = tokenRequest;
  const { client, authentication, options } = partsOf(tokenRequest, secret);
  await answered(as, async () =>
    processRevocationResponse(await revocationRequest(as, client, authentication, token, options)),
  );
}

function partsOf({ client, http, resource }: TokenRequest, secret: string | null) {
  const shown = secret ?? client.secret;
  const known: Client = { client_id: client.id };
  const authentication: ClientAuth =
    shown === null || client.method === 'none'
      ? None()
      : client.method === 'client_secret_post'
        ? ClientSecretPost(shown)
        : basic(shown);
  const options = {
    // Which addresses may be asked without TLS is judged by `http`.
    [allowInsecureRequests]: true,
    [customFetch]: http.fetch,
    ...(resource === null ? {} : { additionalParameters: { resource } }),
  };
  return { client: known, authentication, options };
}

/**
 * HTTP Basic for a client (RFC 6749 section 2.3.1). The library escapes `-`, `_`, `.` and `~` too, which is as correct; but many
 * servers compare what they get without decoding it, and ids and secrets hold nothing else as a rule.
 */
function basic(secret: string): ClientAuth {
  const encoded = (text: string): string =>
    encodeURIComponent(text)
      .replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll('%20', '+');
  return (_as, client, _body, headers) => {
    const credentials = Buffer.from(`${encoded(client.client_id)}:${encoded(secret)}`).toString('base64');
    headers.set('Authorization', `Basic ${credentials}`);
  };
}

async function tokensOf(as: AuthorizationServer, ask: () => Promise<TokenEndpointResponse>): Promise<Tokens> {
  endpointOf(as, 'token_endpoint');
  const answer = await answered(as, ask);
  const isBearer = answer.token_type === 'bearer';
  if (!isBearer || !/^[\x21-\x7e]{1,16384}$/.test(answer.access_token)) {
    throw new SignInError({ kind: 'refused', issuer: as.issuer, code: 'unsupported_token_type' });
  }
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: lifetime, scope } = answer;
  return {
    accessToken,
    refreshToken: refreshToken ?? null,
    lifetime: lifetime === undefined || lifetime <= 0 ? null : lifetime,
    scope: scope ?? null,
  };
}

/** Errors of the library are about what a server has said, and may quote it: only codes are kept of them. */
async function answered<Answer>(as: AuthorizationServer, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof SignInError) throw error;
    const code = error instanceof ResponseBodyError ? errorCode(error.error) : NO_OAUTH;
    throw new SignInError({ kind: 'refused', issuer: as.issuer, code });
  }
}
