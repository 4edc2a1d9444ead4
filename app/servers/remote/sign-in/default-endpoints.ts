import type { AuthorizationServer } from 'oauth4webapi';
import { isPassing } from '../end.ts';
import type { AuthorizationHttp } from './authorization-http.ts';
import { isRedirectElsewhere, SignInError } from './fault.ts';

/**
 * The endpoints of a server that asks for a sign-in and publishes no metadata whatever: they are at the root of its own origin, which is
 * the authorization server then (MCP 2025-03-26 basic/authorization, Fallbacks for Servers without Metadata Discovery). Null where there is
 * nothing at `/authorize`: most such servers want a token that is written in the settings. Nothing here says that PKCE is checked, so that a
 * person is asked before anything else is. Rejects with SignInError when that cannot be found out for now.
 */
export async function defaultEndpoints(http: AuthorizationHttp, server: URL): Promise<AuthorizationServer | null> {
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
