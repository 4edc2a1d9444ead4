import type { AuthorizationServer } from 'oauth4webapi';
import manifest from '../../../../package.json' with { type: 'json' };
import type { OAuthSetting } from '../../../settings/settings.ts';
import type { AuthorizationHttp } from './authorization-http.ts';
import { isRedirectElsewhere, SignInError } from './fault.ts';
import {
  CLIENT_METHODS,
  type ClientMethod,
  type OAuthClient,
  type Registration,
  type StoredSignIns,
} from './stored-sign-ins.ts';

/** As what we come to an authorization server. `registration` is one that has just been made, and is to be kept. */
export interface ClientIdentity {
  readonly client: OAuthClient;
  readonly redirectUri: string;
  readonly registration: Registration | null;
}

interface Wanted {
  readonly as: AuthorizationServer;
  readonly server: URL;
  readonly oauth: OAuthSetting;
  /** The address that the browser comes back to, with this host. */
  readonly redirectUri: (host: '127.0.0.1' | 'localhost') => string;
  readonly kept: StoredSignIns;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The client to come as, in the order of MCP 2026-07-28 basic/authorization, Client Registration: one that was registered beforehand,
 * a client id metadata document, one that the authorization server makes for us. Throws SignInError where there is none.
 */
export async function clientFor(http: AuthorizationHttp, wanted: Wanted): Promise<ClientIdentity> {
  const { as, server, oauth } = wanted;
  const redirectUri = wanted.redirectUri(oauth.callbackHost ?? '127.0.0.1');
  const known = (client: OAuthClient): ClientIdentity => ({ client, redirectUri, registration: null });
  const { clientId, clientSecret, clientMetadataUrl = ownMetadataUrl(redirectUri, manifest.clientMetadataUrl) } = oauth;
  if (clientId !== undefined) {
    // The secret is taken from the settings each time, and kept nowhere else.
    return known({ id: clientId, secret: null, method: clientSecret === undefined ? 'none' : secretMethod(as) });
  }
  if (clientMetadataUrl !== null && as['client_id_metadata_document_supported'] === true) {
    return known({ id: clientMetadataUrl, secret: null, method: 'none' });
  }
  if (as.registration_endpoint !== undefined) return registered(http, wanted, as.registration_endpoint);
  // IndieAuth, as Home Assistant has it: a client is the address of its page, which the browser comes back to a part of.
  if (new URL(as.issuer).origin === server.origin && oauth.grantType !== 'client_credentials') {
    return known({ id: `${new URL(redirectUri).origin}/`, secret: null, method: 'none' });
  }
  throw new SignInError({ kind: 'no-client', issuer: as.issuer, redirectUri });
}

/** Addresses that docs/client.json lists. A port that a person has chosen is not among them. */
const LISTED = ['http://127.0.0.1:28080/oauth/callback', 'http://localhost:28080/oauth/callback'];

/**
 * Where docs/client.json is published, for a sign-in that comes back to one of the addresses in it (OAuth Client ID Metadata
 * Documents, section 4.1); null until it is published.
 */
export function ownMetadataUrl(redirectUri: string, published: string): string | null {
  return published !== '' && LISTED.includes(redirectUri) ? published : null;
}

/** RFC 6749 section 2.3.1 wants every server to take Basic; where the metadata lists others only, it is one of them. */
function secretMethod({ token_endpoint_auth_methods_supported: methods }: AuthorizationServer): ClientMethod {
  const takesBasic = methods === undefined || methods.includes('client_secret_basic');
  return !takesBasic && methods.includes('client_secret_post') ? 'client_secret_post' : 'client_secret_basic';
}

async function registered(http: AuthorizationHttp, wanted: Wanted, endpoint: string): Promise<ClientIdentity> {
  const { as, oauth, kept, now } = wanted;
  const hosts = oauth.callbackHost === undefined ? (['127.0.0.1', 'localhost'] as const) : [oauth.callbackHost];
  for (const host of hosts) {
    const redirectUri = wanted.redirectUri(host);
    const before = kept.registrations.find((one) => one.issuer === as.issuer && one.redirectUri === redirectUri);
    if (before !== undefined && (before.expiresAt ?? Number.POSITIVE_INFINITY) > now) {
      const { id, secret, method } = before;
      return { client: { id, secret, method }, redirectUri, registration: null };
    }
  }
  let refusal = 'invalid_redirect_uri';
  for (const host of hosts) {
    const redirectUri = wanted.redirectUri(host);
    const answer = await register(http, endpoint, { as, oauth, redirectUri });
    if ('client' in answer) {
      const registration = { ...answer.client, issuer: as.issuer, redirectUri, expiresAt: answer.expiresAt };
      return { client: answer.client, redirectUri, registration };
    }
    if ('closed' in answer) throw new SignInError({ kind: 'no-client', issuer: as.issuer, redirectUri });
    refusal = answer.error;
    // Some take only one of the two names of this machine (RFC 8252 section 8.3 wants the address).
    if (refusal !== 'invalid_redirect_uri') break;
  }
  throw new SignInError({ kind: 'refused', issuer: as.issuer, code: refusal });
}

interface Application {
  readonly as: AuthorizationServer;
  readonly oauth: OAuthSetting;
  readonly redirectUri: string;
}

type Registered =
  | { readonly client: OAuthClient; readonly expiresAt: number | null }
  | { readonly error: string }
  /** Nothing is registered there, or not without credentials of a person. */
  | { readonly closed: true };

/** Statuses that say so: RFC 7591 section 3 leaves it to the server whether just anyone may register. */
const CLOSED: ReadonlySet<number> = new Set([401, 403, 404, 405, 410]);

/** RFC 7591 section 3. Read generously: many answer 200, and leave out when a secret expires. */
async function register(http: AuthorizationHttp, endpoint: string, applied: Application): Promise<Registered> {
  const { as, oauth, redirectUri } = applied;
  const methods = as.token_endpoint_auth_methods_supported ?? ['none'];
  const wanted = CLIENT_METHODS.find((method) => methods.includes(method)) ?? 'none';
  const isDevice = oauth.grantType === 'device_code';
  const metadata = {
    client_name: 'MCP Gangway',
    application_type: 'native',
    grant_types: [isDevice ? 'urn:ietf:params:oauth:grant-type:device_code' : 'authorization_code', 'refresh_token'],
    ...(isDevice ? {} : { response_types: ['code'], redirect_uris: [redirectUri] }),
    token_endpoint_auth_method: wanted,
    ...(oauth.scope === undefined ? {} : { scope: oauth.scope }),
  };
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  const response = await http
    .fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(metadata) })
    .catch((error: unknown) => {
      // A page for people, or an address that leads them to one.
      if (isRedirectElsewhere(error) || (error instanceof SignInError && error.fault.kind === 'not-json')) return null;
      throw error;
    });
  if (response === null) return { closed: true };
  const answer: unknown = await response.json();
  const {
    client_id: id,
    client_secret: secret,
    token_endpoint_auth_method: method,
    client_secret_expires_at: expires,
    error,
  } = Object(answer);
  if (CLOSED.has(response.status) && error !== 'invalid_redirect_uri') return { closed: true };
  if (response.status >= 300 || typeof id !== 'string' || id === '') return { error: errorCode(error) };
  const hasSecret = typeof secret === 'string' && secret !== '';
  const told = CLIENT_METHODS.find((one) => one === method);
  const client: OAuthClient = {
    id,
    secret: hasSecret ? secret : null,
    method: hasSecret ? (told ?? (wanted === 'none' ? secretMethod(as) : wanted)) : 'none',
  };
  return { client, expiresAt: hasSecret && typeof expires === 'number' && expires > 0 ? expires * 1000 : null };
}

/** The code of an OAuth error, as far as it is one: anything else that a server writes there is not shown. */
export function errorCode(code: unknown): string {
  return typeof code === 'string' && /^[a-z][a-z_]{1,59}$/.test(code) ? code : 'invalid_response';
}
