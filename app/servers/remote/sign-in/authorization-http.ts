import { isObject } from '../../../base/schema/index.ts';
import { Pieces } from '../../../mcp/jsonrpc/index.ts';
import type { RemoteFault } from '../end.ts';
import type { RemoteHttp } from '../http.ts';
import { maySend } from './addresses.ts';
import { SignInError } from './fault.ts';

/** Milliseconds an answer may take. */
const PATIENCE = 20_000;

/** Bytes of an answer: metadata and tokens are a few thousand. */
const MOST = 1024 * 1024;

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** Where it came from, behind redirects. */
  readonly url: URL;
}

interface Sent {
  readonly method: 'GET' | 'POST';
  readonly fields: readonly string[];
  readonly body: string | null;
}

/** Fields that are the HTTP client's own. */
const OWN_FIELDS = new Set(['user-agent', 'host', 'content-length', 'accept-encoding', 'connection']);

/** Makes a client for one origin: trusted as the server is where it is the server's own, and without its headers. */
export type HttpFor = (origin: string) => RemoteHttp;

/** Requests to whatever metadata of one server leads to. Each origin has connections and cookies of its own. */
export class AuthorizationHttp {
  readonly #httpFor: HttpFor;
  readonly #server: URL;
  readonly #patience: number;
  readonly #clients = new Map<string, RemoteHttp>();
  /** Origins that a person has named: they may lead where the server itself may not. */
  readonly #trusted: URL[] = [];

  constructor(httpFor: HttpFor, server: URL, patience = PATIENCE) {
    this.#httpFor = httpFor;
    this.#server = server;
    this.#patience = patience;
  }

  /** An address of the settings, and what it leads to, is asked whatever the server's own is. */
  trust(url: URL): void {
    this.#trusted.push(url);
  }

  /** Throws SignInError for an address that metadata must not lead to. */
  check(url: URL): URL {
    const isSafe = maySend(url, this.#server) || this.#isTrusted(url);
    if (!isSafe) throw new SignInError({ kind: 'unsafe-address', origin: shownOrigin(url) });
    return url;
  }

  #isTrusted(url: URL): boolean {
    return this.#trusted.some((trusted) => maySend(url, trusted));
  }

  get(url: URL): Promise<HttpAnswer> {
    return this.#send(url, { method: 'GET', fields: ['Accept', 'application/json'], body: null });
  }

  /**
   * `fetch` as oauth4webapi calls it, for the endpoints of authorization servers. What comes back is JSON that says what OAuth wants:
   * identities are left out, for MCP has no use for them, and so is what says nothing; errors have the status of an error.
   */
  readonly fetch = async (
    address: string,
    { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
  ): Promise<Response> => {
    const fields = Object.entries(headers).flatMap(([name, value]) =>
      OWN_FIELDS.has(name.toLowerCase()) ? [] : [name, value],
    );
    const content = body === undefined || body === null ? null : String(body);
    const url = this.check(new URL(address));
    const answer = await this.#send(url, { method: method === 'POST' ? 'POST' : 'GET', fields, body: content });
    if (answer.status >= 500 || answer.status === 429) {
      throw new SignInError({ kind: 'status', origin: url.origin, status: answer.status });
    }
    const json = asMeant(jsonIn(answer, url.origin));
    // Some say 200 to everything (RFC 6749 section 5.2 wants 400).
    const isError = typeof json['error'] === 'string' && json['access_token'] === undefined;
    const status = isError && answer.status < 400 ? 400 : answer.status;
    return new Response(JSON.stringify(json), { status, headers: { 'Content-Type': 'application/json' } });
  };

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }

  #send(url: URL, { method, fields, body }: Sent): Promise<HttpAnswer> {
    const client = this.#clients.get(url.origin) ?? this.#httpFor(url.origin);
    this.#clients.set(url.origin, client);
    return new Promise((resolve, reject) => {
      const pieces = new Pieces();
      let [status, from] = [0, url];
      const fail = (fault: RemoteFault): void => {
        clearTimeout(timer);
        request.abort();
        // A name says where it leads only once it is looked up.
        const isUnsafe = fault.kind === 'dial' && fault.fault.kind === 'this-machine';
        const { origin } = url;
        reject(new SignInError(isUnsafe ? { kind: 'unsafe-address', origin } : { kind: 'unreachable', origin, fault }));
      };
      const timer = setTimeout(() => fail({ kind: 'silent', seconds: this.#patience / 1000 }), this.#patience);
      const content = body === null ? null : Buffer.from(body);
      const isNamed = url.origin !== this.#server.origin && !this.#isTrusted(url);
      const named = isNamed ? { namedBy: this.#server.hostname.replace(/^\[|\]$/g, '') } : {};
      const request = client.send(
        { method, url, fields, body: content, isSafe: method === 'GET', ...named },
        {
          head: (head, where) => {
            status = head.status;
            from = where;
          },
          content: (piece) => {
            if (pieces.bytes + piece.length > MOST) fail({ kind: 'too-long', limit: MOST });
            else pieces.push(piece, true);
          },
          complete: () => {
            clearTimeout(timer);
            resolve({ status, body: pieces.join().toString('utf8'), url: from });
          },
          failed: fail,
        },
      );
    });
  }
}

/** The JSON object of an answer. Throws SignInError when there is none. */
export function jsonIn({ body }: HttpAnswer, origin: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.replace(/^\uFEFF/, ''));
    if (isObject(value)) return value;
  } catch {
    // No JSON: as good as no object.
  }
  throw new SignInError({ kind: 'not-json', origin });
}

/**
 * Without members that are null or empty, as some write what they do not say, and without a lifetime that is none, such as -1. What says
 * little is not worth the token that comes with it, for the one before it may not be valid any more: scopes may be a list, and a token
 * without a type is a Bearer.
 */
function asMeant(json: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { id_token: _, expires_in: lifetime, ...others } = json;
  const said = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== null && value !== ''));
  const seconds = typeof lifetime === 'string' ? Number(lifetime) : lifetime;
  const isTime = typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0;
  const timed = isTime ? { ...said, expires_in: seconds } : said;
  if (typeof said['access_token'] !== 'string') return timed;
  const { scope: scopes, refresh_token: refreshToken, ...rest } = timed;
  const scope = Array.isArray(scopes) ? scopes.filter((one) => typeof one === 'string').join(' ') : scopes;
  return {
    token_type: 'Bearer',
    ...rest,
    ...(typeof scope === 'string' && scope !== '' ? { scope } : {}),
    ...(typeof refreshToken === 'string' ? { refresh_token: refreshToken } : {}),
  };
}

/** An origin for people; a scheme without one by itself. */
function shownOrigin({ origin, protocol }: URL): string {
  return origin === 'null' ? protocol : origin;
}
