import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Text } from '../i18n/index.ts';
import type { ClientIdentity, Guard, IsEndpoint, Refusal } from './guard.ts';
import { answerCallback, CALLBACK_PATH, type TakeCallback } from './oauth-callback.ts';

/** A page of ours: what it answers to GET. */
export interface Page {
  readonly type: 'application/json' | 'text/plain; version=0.0.4; charset=utf-8';
  readonly status: number;
  readonly body: string;
}

type PageOf = (query: URLSearchParams) => Page;

/** What lies behind the origin-form paths. */
export interface Routes {
  /** Pages by path. Each is made anew for every request. */
  readonly pages: Readonly<Record<string, PageOf>>;
  readonly endpoints: Endpoints;
  /** Ends a sign-in. */
  readonly callback: TakeCallback;
}

/** The MCP endpoints. */
export interface Endpoints {
  readonly isEndpoint: IsEndpoint;
  /** Answers a request that the guard has let through; false when none of them has that path. */
  handle(request: IncomingMessage, response: ServerResponse, client: ClientIdentity): boolean;
  /** Whether a request asks to switch to a protocol that its path supports. */
  switches(request: IncomingMessage): boolean;
  /** Answers such a request, by switching or by an ordinary answer on `response`. */
  handleUpgrade(request: IncomingMessage, response: ServerResponse, client: ClientIdentity, upgrade: Upgrade): void;
}

/** A connection that is to leave HTTP. It has no reader; `head` came in behind the request. */
export interface Upgrade {
  readonly socket: Socket;
  readonly head: Buffer;
}

const STATUS: Readonly<Record<Refusal, number>> = {
  host: 403,
  origin: 403,
  page: 403,
  navigation: 403,
  token: 401,
  'reverse-proxy': 403,
  'content-type': 415,
};
/** JSON-RPC's range for errors of the implementation, used where MCP names no code of its own. */
const SERVER_ERROR = -32_000;
const METHODS = 'GET, POST, DELETE, OPTIONS';
const REQUEST_FIELDS =
  'Authorization, Content-Type, Accept, Last-Event-ID, Mcp-Session-Id, Mcp-Protocol-Version, Mcp-Method, Mcp-Name';
const RESPONSE_FIELDS = 'Mcp-Session-Id, Mcp-Protocol-Version, WWW-Authenticate, Retry-After';
const PREFLIGHT_SECONDS = 600;

/**
 * Where clients look for an OAuth server of ours, in any of the forms with a path in front or behind (RFC 8414 section 3.1, RFC 9728
 * section 3.1, OpenID Connect Discovery 1.0 section 4), and its endpoints where they expect them without metadata (MCP 2025-03-26
 * basic/authorization).
 */
const AUTHORIZATION = /\/\.well-known\/(?:oauth-[^/]+|openid-configuration)(?:\/|$)|\/(?:register|authorize|token)\/?$/;

/** We have no OAuth server; 401 would say there is one: clients would try to sign in, and ask again. */
function isAuthorization(path: string): boolean {
  return AUTHORIZATION.test(path);
}

/** Host and Origin are checked before these, so neither refusal hides a foreign page. */
function wantsCredentials(reason: Refusal): boolean {
  return reason === 'token' || reason === 'reverse-proxy' || reason === 'content-type';
}

/** Origin-form requests: the guard first, then our pages, then the MCP endpoints. `refused` is told what the guard has refused. */
export function createRouter(guard: Guard, routes: Routes, text: () => Text, refused: (reason: Refusal) => void) {
  return (request: IncomingMessage, response: ServerResponse, upgrade: Upgrade | null = null): void => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    // It comes from a foreign site, without a token, and has checks of its own.
    if (path === CALLBACK_PATH && upgrade === null)
      return void answerCallback(request, response, routes.callback, text);
    const verdict = guard.inspect(request, routes.endpoints.isEndpoint);
    switch (verdict.kind) {
      case 'refuse':
        if (wantsCredentials(verdict.reason) && isAuthorization(path))
          return answerNoAuthorization(request, response, path);
        refused(verdict.reason);
        return refuse(request, response, STATUS[verdict.reason], sentenceFor(request, verdict.reason), verdict.reason);
      case 'preflight':
        return answerPreflight(request, response, verdict.origin);
      case 'pass':
        if (verdict.origin !== null) allowReading(response, verdict.origin);
        if (upgrade !== null) return routes.endpoints.handleUpgrade(request, response, verdict.client, upgrade);
        guard.answers(response);
        return pass(request, response, path, verdict.client);
      default:
        return verdict satisfies never;
    }
  };

  /** Credentials that are there and do not do are another fault than none. */
  function sentenceFor({ headers }: IncomingMessage, reason: Refusal): string {
    const sentences = text().gateway.refused;
    return reason === 'token' && headers.authorization !== undefined ? sentences.wrongToken : sentences[reason];
  }

  function answerNoAuthorization(request: IncomingMessage, response: ServerResponse, path: string): void {
    const { origin } = request.headers;
    if (origin !== undefined) allowReading(response, origin);
    refuse(request, response, 404, text().gateway.notFound(path));
  }

  function pass(request: IncomingMessage, response: ServerResponse, path: string, client: ClientIdentity): void {
    if (request.method === 'OPTIONS') return void response.writeHead(204, { Allow: METHODS }).end();
    const page = Object.hasOwn(routes.pages, path) ? routes.pages[path] : undefined;
    if (page !== undefined) return answerPage(request, response, path, page);
    if (routes.endpoints.handle(request, response, client)) return;
    refuse(request, response, 404, text().gateway.notFound(path));
  }

  function answerPage(request: IncomingMessage, response: ServerResponse, path: string, page: PageOf): void {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return refuse(request, response, 405, text().gateway.methodNotAllowed(request.method ?? '', path));
    }
    const { status, type, body } = page(new URLSearchParams((request.url ?? '').split('?').slice(1).join('?')));
    response.writeHead(status, {
      'Content-Type': type,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    });
    response.end(body);
  }
}

/** Refusals are JSON-RPC errors without an id: what comes here is nearly always an MCP client. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  message: string,
  reason?: Refusal,
): void {
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="MCP Gangway"');
  // The body of a refused request is not read: the connection cannot carry another one after it.
  if (request.method !== 'GET' && request.method !== 'HEAD') response.setHeader('Connection', 'close');
  const data = reason === undefined ? {} : { data: { reason } };
  const body = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: SERVER_ERROR, message, ...data } });
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(body);
}

function allowReading(response: ServerResponse, origin: string): void {
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Expose-Headers', RESPONSE_FIELDS);
  response.setHeader('Vary', 'Origin');
}

function answerPreflight(request: IncomingMessage, response: ServerResponse, origin: string): void {
  allowReading(response, origin);
  // Every argument a tool marks with x-mcp-header has a field of its own (MCP 2026-07-28): grant those that are asked for.
  const asked = request.headers['access-control-request-headers'] ?? '';
  const parameters = asked
    .split(',')
    .map((name) => name.trim())
    .filter((name) => /^mcp-param-[\w-]+$/i.test(name));
  if (request.headers['access-control-request-private-network'] === 'true') {
    response.setHeader('Access-Control-Allow-Private-Network', 'true');
  }
  response.writeHead(204, {
    'Access-Control-Allow-Methods': METHODS,
    'Access-Control-Allow-Headers': [REQUEST_FIELDS, ...parameters].join(', '),
    'Access-Control-Max-Age': PREFLIGHT_SECONDS,
  });
  response.end();
}
