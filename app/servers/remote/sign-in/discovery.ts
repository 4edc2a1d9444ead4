import type { AuthorizationServer } from 'oauth4webapi';
import type { OAuthSetting } from '../../../settings/settings.ts';
import { isPassing } from '../end.ts';
import { overTlsAs } from '../request.ts';
import { covers, isSameIssuer } from './addresses.ts';
import { type AuthorizationHttp, jsonIn } from './authorization-http.ts';
import { type Challenge, NO_CHALLENGE, scopeUnion } from './challenge.ts';
import { isRedirectElsewhere, SignInError } from './fault.ts';

/** Where a server is signed in to. */
export interface Discovered {
  /** Its endpoints are absolute, and each may be asked. */
  readonly as: AuthorizationServer;
  /** The `resource` parameter as it is sent; null for none. */
  readonly resource: string | null;
  /** The scopes that the server's metadata names; null when it names none. */
  readonly scopes: string | null;
}

/** What RFC 9728 says of a server. */
interface ResourceMetadata {
  readonly resource: string | null;
  readonly issuers: readonly string[];
  readonly scopes: string | null;
}

/** Authorization servers of one resource that are asked for their metadata. */
const MOST_ISSUERS = 4;

const PROTECTED_RESOURCE = '/.well-known/oauth-protected-resource';
const OAUTH = '/.well-known/oauth-authorization-server';
const OPENID = '/.well-known/openid-configuration';

const ENDPOINTS = [
  'authorization_endpoint',
  'token_endpoint',
  'registration_endpoint',
  'revocation_endpoint',
  'device_authorization_endpoint',
] as const;

/**
 * Finds the authorization server of an MCP server, and what it can do (MCP 2026-07-28 basic/authorization; RFC 9728, RFC 8414,
 * OpenID Connect Discovery 1.0). A server without metadata of its own is its own authorization server (MCP 2025-03-26). `refusal` is how
 * it has asked for a sign-in; null where it has not.
 */
export async function discover(
  http: AuthorizationHttp,
  server: URL,
  refusal: Challenge | null,
  oauth: OAuthSetting,
): Promise<Discovered> {
  const found = await anyResourceMetadata(http, server, refusal ?? NO_CHALLENGE, oauth);
  // One that names metadata, or has some, is of a later revision: its endpoints are nowhere else than that says.
  const isOldest = refusal !== null && refusal.resourceMetadata === null && found === null;
  const as =
    (await firstUsable(http, server, found?.issuers ?? [], oauth)) ??
    (isOldest && oauth.authServerMetadataUrl === undefined ? await defaultEndpoints(http, server) : null);
  if (as === null) throw new SignInError({ kind: 'not-offered' });
  const published = found?.resource ?? null;
  const resource = oauth.resource === undefined ? published : oauth.resource === false ? null : oauth.resource;
  return { as, resource, scopes: found?.scopes ?? null };
}

/** The issuers that a server names now, in its order; null where it names none, or a person has said where to sign in. */
export async function issuersOf(
  http: AuthorizationHttp,
  server: URL,
  challenge: Challenge,
  oauth: OAuthSetting,
): Promise<readonly string[] | null> {
  if (oauth.authServerMetadataUrl !== undefined) return null;
  const issuers = (await resourceMetadata(http, server, challenge, oauth))?.issuers ?? [];
  return issuers.length === 0 ? null : issuers;
}

/** Of a challenge that leads to nothing, or where it must not lead, as behind a proxy, the usual addresses are asked. */
async function anyResourceMetadata(
  http: AuthorizationHttp,
  server: URL,
  challenge: Challenge,
  oauth: OAuthSetting,
): Promise<ResourceMetadata | null> {
  let wrong: SignInError | null = null;
  const named = await resourceMetadata(http, server, challenge, oauth).catch((error: unknown) => {
    const isWrong = error instanceof SignInError && /^(?:unreachable|unsafe-address)$/.test(error.fault.kind);
    if (challenge.resourceMetadata === null || !isWrong) throw error;
    wrong = error;
    return null;
  });
  if (named !== null || challenge.resourceMetadata === null) return named;
  const usual = await resourceMetadata(http, server, NO_CHALLENGE, oauth);
  if (usual === null && wrong !== null) throw wrong;
  return usual;
}

/** Null where the server publishes none. */
async function resourceMetadata(
  http: AuthorizationHttp,
  server: URL,
  { resourceMetadata: named }: Challenge,
  oauth: OAuthSetting,
): Promise<ResourceMetadata | null> {
  const { origin, pathname, search } = server;
  const path = pathname === '/' ? '' : pathname;
  const written = named === null ? null : URL.parse(named, server.href);
  const own = written === null ? null : overTlsAs(server, written);
  const places =
    own !== null ? [own] : [`${path}${search}`, ''].map((end) => new URL(`${origin}${PROTECTED_RESOURCE}${end}`));
  for (const place of new Map(places.map((url) => [url.href, url])).values()) {
    const metadata = await metadataAt(http, http.check(place));
    if (metadata === null) continue;
    const { resource, authorization_servers: issuers, scopes_supported: scopes } = metadata;
    const named = typeof resource === 'string' ? resource : null;
    // Whose resource it is decides whose token is asked for: a server must not name another (RFC 9728 section 7.3).
    if (oauth.resource === undefined && named !== null && !covers(named, server)) {
      throw new SignInError({ kind: 'other-resource', resource: named.slice(0, 200) });
    }
    return { resource: named, issuers: textsIn(issuers), scopes: scopeUnion(...textsIn(scopes)) || null };
  }
  return null;
}

/** The first of the issuers that a server names that has metadata: which one is taken is the client's to choose (RFC 9728 section 7.6). */
async function firstUsable(
  http: AuthorizationHttp,
  server: URL,
  issuers: readonly string[],
  oauth: OAuthSetting,
): Promise<AuthorizationServer | null> {
  const isSaid = issuers.length === 0 || oauth.authServerMetadataUrl !== undefined;
  for (const issuer of isSaid ? [null] : issuers.slice(0, MOST_ISSUERS)) {
    const as = await authorizationServer(http, server, issuer, oauth);
    if (as !== null) return as;
  }
  return null;
}

/** Null where there is no metadata at all. */
async function authorizationServer(
  http: AuthorizationHttp,
  server: URL,
  issuer: string | null,
  { authServerMetadataUrl }: OAuthSetting,
): Promise<AuthorizationServer | null> {
  if (authServerMetadataUrl !== undefined) {
    const url = new URL(authServerMetadataUrl);
    http.trust(url);
    const metadata = await metadataAt(http, url);
    if (metadata === null) return null;
    const own = typeof metadata['issuer'] === 'string' ? metadata['issuer'] : url.origin;
    return usable(http, metadata, url, own);
  }
  const identifier = issuer ?? server.origin;
  const at = URL.parse(identifier);
  if (at === null) return null;
  http.check(at);
  let other: SignInError | null = null;
  let leads: string | null = null;
  let failed: SignInError | null = null;
  for (const place of wellKnown(at)) {
    const metadata = await metadataAt(http, place).catch((error: unknown) => {
      // Some answer what they do not know with 500, or with a word.
      if (!(error instanceof SignInError) || error.fault.kind === 'unreachable') throw error;
      failed ??= error;
      return null;
    });
    if (metadata === null) continue;
    const found = metadata['issuer'];
    // Home Assistant before 2025.7 names none: then the server itself has to be the one.
    const isOwn = found === undefined && place.origin === server.origin;
    const isSame = typeof found === 'string' && isSameIssuer(found, identifier);
    if (isOwn || isSame) return usable(http, metadata, place, typeof found === 'string' ? found : identifier);
    other ??= new SignInError({
      kind: 'other-issuer',
      expected: identifier.slice(0, 200),
      found: String(found).slice(0, 200),
      at: place.href.slice(0, 400),
    });
    if (issuer === null && typeof found === 'string') leads ??= found;
  }
  // One that names no authorization server has metadata that says whose it is (Atlassian): it could as well have named that one, which has
  // to say the same of itself (RFC 8414 section 3.3).
  if (leads !== null) {
    const named = await authorizationServer(http, server, leads, {}).catch((error: unknown) => {
      if (error instanceof SignInError) return null;
      throw error;
    });
    if (named !== null) return named;
  }
  const why = other ?? failed;
  if (why !== null) throw why;
  return null;
}

/** Where the metadata of an issuer can be, in the order of MCP 2026-07-28 basic/authorization, Authorization Server Metadata Discovery. */
function wellKnown({ origin, pathname }: URL): readonly URL[] {
  const path = pathname.replace(/\/$/, '');
  const places = path === '' ? [OAUTH, OPENID] : [`${OAUTH}${path}`, `${OPENID}${path}`, `${path}${OPENID}`];
  return places.map((place) => new URL(`${origin}${place}`));
}

/** Null for a 4xx, and for a redirect to another origin: nothing is there. */
async function metadataAt(http: AuthorizationHttp, url: URL): Promise<Readonly<Record<string, unknown>> | null> {
  const answer = await http.get(url).catch((error: unknown) => {
    // Some send a browser from every path to the page of their sign-in.
    if (isRedirectElsewhere(error)) return null;
    throw error;
  });
  if (answer === null) return null;
  if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) return null;
  if (answer.status !== 200) throw new SignInError({ kind: 'status', origin: url.origin, status: answer.status });
  // Some answer every path with the page of their application.
  return /^[\s\uFEFF]*</.test(answer.body) ? null : jsonIn(answer, url.origin);
}

/** The metadata with absolute endpoints that may be asked; some write them relative to the document. */
function usable(
  http: AuthorizationHttp,
  metadata: Readonly<Record<string, unknown>>,
  from: URL,
  issuer: string,
): AuthorizationServer {
  const endpoints = ENDPOINTS.flatMap((name) => {
    const written = metadata[name];
    const url = typeof written === 'string' ? URL.parse(written, from.href) : null;
    return url === null ? [] : [[name, http.check(url).href] as const];
  });
  const lists = ['code_challenge_methods_supported', 'token_endpoint_auth_methods_supported', 'scopes_supported'];
  return {
    issuer,
    ...Object.fromEntries(endpoints),
    ...Object.fromEntries(
      lists.flatMap((name) => (Array.isArray(metadata[name]) ? [[name, textsIn(metadata[name])]] : [])),
    ),
    authorization_response_iss_parameter_supported: metadata['authorization_response_iss_parameter_supported'] === true,
    client_id_metadata_document_supported: metadata['client_id_metadata_document_supported'] === true,
  };
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

/**
 * The endpoints of a server that asks for a sign-in and publishes no metadata whatever: they are at the root of its own origin, which is
 * the authorization server then (MCP 2025-03-26 basic/authorization, Fallbacks for Servers without Metadata Discovery). Null where there is
 * nothing at `/authorize`: most such servers want a token that is written in the settings. Nothing here says that PKCE is checked, so that a
 * person is asked before anything else is. Rejects with SignInError when that cannot be found out for now.
 */
async function defaultEndpoints(http: AuthorizationHttp, server: URL): Promise<AuthorizationServer | null> {
  const at = (path: string): URL => new URL(path, server.origin);
  if (!(await hasPage(http, at('/authorize')))) return null;
  return {
    issuer: server.origin,
    authorization_endpoint: at('/authorize').href,
    token_endpoint: at('/token').href,
    registration_endpoint: at('/register').href,
  };
}

/** Statuses of a page that misses the parameters of a sign-in: 500 is that of a program that has not thought of it. */
const INCOMPLETE: ReadonlySet<number> = new Set([400, 422, 500]);

/** Whether there is a page for a browser. */
async function hasPage(http: AuthorizationHttp, url: URL): Promise<boolean> {
  try {
    const { status } = await http.get(url);
    if (status < 300 || INCOMPLETE.has(status)) return true;
    if (isPassing(status)) throw new SignInError({ kind: 'status', origin: url.origin, status });
    return false;
  } catch (error) {
    // To the place where people sign in.
    if (isRedirectElsewhere(error)) return true;
    throw error;
  }
}
