import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { send } from './http-client.ts';
import { type RemoteOrigin, sendJson } from './remote-origin.ts';

/** A request to the authorization server; `form` holds the query of a GET and the body of a POST. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly form: URLSearchParams;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

interface Code {
  readonly challenge: string;
  readonly redirectUri: string;
  readonly scope: string;
}

/**
 * An authorization server with nothing in it but the protocol: it agrees to everything at once, checks PKCE, rotates refresh tokens,
 * and can be made to behave in any other way.
 */
export interface AuthorizationServer {
  readonly origin: string;
  readonly asked: Asked[];
  /** What the metadata says; changes count from the next request on. */
  metadata: Record<string, unknown>;
  /** Access tokens that are valid. */
  readonly valid: Set<string>;
  /** Refresh tokens that are valid; each serves once. */
  readonly refreshable: Set<string>;
  /** Scopes of each access token. */
  readonly scopes: Map<string, string>;
  /** Members of every answer with tokens beside the tokens themselves. */
  extra: Record<string, unknown>;
  /** Parameters of the address that the browser is sent back to, beside `code` and `state`. */
  back: Record<string, string>;
  /** Answers one request in place of the usual way; false leaves it to that. */
  hook: (asked: Asked, response: ServerResponse) => boolean | Promise<boolean>;
  /** The forms that a path was asked with. */
  forms(path: string): readonly URLSearchParams[];
}

export async function startAuthorizationServer(): Promise<AuthorizationServer> {
  const codes = new Map<string, Code>();
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const as: AuthorizationServer = {
    origin,
    asked: [],
    metadata: {
      issuer: origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      registration_endpoint: `${origin}/register`,
      revocation_endpoint: `${origin}/revoke`,
      device_authorization_endpoint: `${origin}/device`,
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    },
    valid: new Set(),
    refreshable: new Set(),
    scopes: new Map(),
    extra: { expires_in: 3600 },
    back: {},
    hook: () => false,
    forms: (path) => as.asked.filter((one) => one.path === path).map(({ form }) => form),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const { method = '', headers } = request;
    const { pathname: path, search } = new URL(request.url ?? '', origin);
    const form = new URLSearchParams(method === 'POST' ? body : search);
    const asked = { method, path, form, body, headers };
    as.asked.push(asked);
    if (await as.hook(asked, response)) return;
    if (path === '/.well-known/oauth-authorization-server') return void sendJson(response, 200, as.metadata);
    if (path === '/register') return void sendJson(response, 201, { client_id: `client-${randomUUID()}` });
    if (path === '/authorize') return authorize(form, response);
    if (path === '/token') return token(form, response);
    if (path === '/revoke') {
      as.refreshable.delete(form.get('token') ?? '');
      return void response.writeHead(200).end();
    }
    response.writeHead(404).end();
  }

  function authorize(form: URLSearchParams, response: ServerResponse): void {
    const code = `code-${randomUUID()}`;
    const redirectUri = form.get('redirect_uri') ?? '';
    const [challenge, scope] = [form.get('code_challenge') ?? '', form.get('scope') ?? ''];
    codes.set(code, { challenge, redirectUri, scope });
    const back = new URL(redirectUri);
    const parameters = { code, state: form.get('state') ?? '', ...as.back };
    for (const [name, value] of Object.entries(parameters)) back.searchParams.set(name, value);
    response.writeHead(302, { Location: back.href }).end();
  }

  function token(form: URLSearchParams, response: ServerResponse): void {
    switch (form.get('grant_type')) {
      case 'authorization_code': {
        const code = codes.get(form.get('code') ?? '');
        codes.delete(form.get('code') ?? '');
        const challenge = createHash('sha256')
          .update(form.get('code_verifier') ?? '')
          .digest('base64url');
        const fits = code?.challenge === challenge && code.redirectUri === form.get('redirect_uri');
        return fits ? give(response, code.scope) : refuse(response);
      }
      case 'refresh_token':
        return as.refreshable.delete(form.get('refresh_token') ?? '') ? give(response, '') : refuse(response);
      case 'client_credentials':
        return give(response, form.get('scope') ?? '');
      default:
        return refuse(response);
    }
  }

  function give(response: ServerResponse, scope: string): void {
    const [access, refresh] = [`access-${randomUUID()}`, `refresh-${randomUUID()}`];
    as.valid.add(access);
    as.refreshable.add(refresh);
    as.scopes.set(access, scope);
    sendJson(response, 200, { access_token: access, token_type: 'Bearer', refresh_token: refresh, ...as.extra });
  }

  return as;
}

function refuse(response: ServerResponse): void {
  sendJson(response, 400, { error: 'invalid_grant', error_description: 'a text of the server' });
}

/** What the metadata of a protected server says of itself; null for none, and where it is. */
export interface Protection {
  readonly path?: string;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  /** Parameters of its challenge beside where the metadata is. */
  readonly challenge?: string;
}

/** Makes a remote server take requests with a valid token only, and say where one is to be had. */
export function protect(
  far: RemoteOrigin,
  as: Pick<AuthorizationServer, 'origin'> & { readonly valid: { has(token: string): boolean | Promise<boolean> } },
  protection: Protection = {},
): void {
  const { path = '/.well-known/oauth-protected-resource/mcp', challenge = '' } = protection;
  const metadata =
    protection.metadata === undefined ? { resource: far.url, authorization_servers: [as.origin] } : protection.metadata;
  far.hook = async ({ path: asked, headers }, response) => {
    if (asked === path && metadata !== null) return sendJson(response, 200, metadata);
    if (asked.startsWith('/.well-known/')) return response.writeHead(404).end() !== undefined;
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    if (await as.valid.has(token)) return false;
    const field = `Bearer ${challenge === '' ? 'realm="far"' : challenge}`;
    return sendJson(response, 401, { error: 'unauthorized' }, { 'WWW-Authenticate': field });
  };
}

/** What a browser ends up at. */
export interface VisitedPage {
  readonly status: number;
  readonly body: string;
}

/**
 * A browser without a window: it follows redirects, keeps cookies for each origin, agrees to each form, and ends up at a page. Not by
 * `fetch`, which says of itself that it is no navigation.
 */
export async function browse(url: string): Promise<VisitedPage> {
  const jars = new Map<string, Map<string, string>>();
  let [at, form] = [new URL(url), null as URLSearchParams | null];
  for (let hop = 0; hop < 30; hop++) {
    const jar = jars.get(at.origin) ?? new Map<string, string>();
    jars.set(at.origin, jar);
    const { status, headers, body } = await send(at.href, {
      method: form === null ? 'GET' : 'POST',
      ...(form === null ? {} : { body: String(form) }),
      headers: {
        ...NAVIGATION,
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(form === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
    });
    for (const set of headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    const to = headers['location'];
    const found = to === undefined && status === 200 ? formIn(body) : null;
    if (to === undefined && found === null) return { status, body };
    form = found?.fields ?? null;
    at = new URL(to ?? found?.action ?? '', at);
  }
  throw new Error(`${url} redirects for ever`);
}

/** What a browser says of a tab that a person has led somewhere, by a link on another site. */
export const NAVIGATION = {
  'sec-fetch-site': 'cross-site',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
} as const;

/** The form of a page, filled in with whatever it asks for. */
function formIn(page: string): { readonly action: string; readonly fields: URLSearchParams } | null {
  const [, action] = /<form[^>]* action="([^"]*)"/.exec(page) ?? [];
  if (action === undefined) return null;
  const fields = new URLSearchParams();
  for (const [input] of page.matchAll(/<input[^>]*>/g)) {
    const [, name = ''] = /name="([^"]*)"/.exec(input) ?? [];
    const [, value = 'person'] = /value="([^"]*)"/.exec(input) ?? [];
    if (name !== '') fields.set(name, value);
  }
  return { action, fields };
}
