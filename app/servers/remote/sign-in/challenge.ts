import type { ResponseHead } from '../../../dial/http/index.ts';
import type { RemoteFault } from '../end.ts';
import type { RemoteHttp } from '../http.ts';
import type { HttpRequest } from '../request.ts';
import { SignInError } from './fault.ts';

/** What a refusal says of the sign-in that it wants (RFC 6750 section 3, RFC 9728 section 5.1). Null for what it does not say. */
export interface Challenge {
  /** Where the metadata of the protected resource is; as it was written. */
  readonly resourceMetadata: string | null;
  /** Scopes, separated by spaces. */
  readonly scope: string | null;
  readonly error: string | null;
}

export const NO_CHALLENGE: Challenge = { resourceMetadata: null, scope: null, error: null };

/**
 * A parameter: a token, and a token or a quoted string (RFC 9110 sections 5.6.4 and 11.2). The next one stands behind a comma; some
 * servers write a semicolon, or a space alone. Blanks in front of a value can be read in one way only: they cost no more time than they
 * are long.
 */
const PARAMETER =
  /^\s*([!#$%&'*+\-.^_`|~\w]+)\s*=(?:\s*(?!\s)(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]+)))?(?:\s*[,;]|\s+(?=[!#$%&'*+\-.^_`|~\w]+\s*=)|\s*$)/;
const SCHEME = /^\s*([!#$%&'*+\-.^_`|~\w]+)(?:\s+|,|$)/;

/**
 * The Bearer challenge of an answer, the first of several that says something; all null when there is none. The field may occur several
 * times, and hold several challenges.
 */
export function challengeIn({ fields }: ResponseHead): Challenge {
  const found: Challenge[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    if (fields[index]?.toLowerCase() === 'www-authenticate') found.push(...bearersIn(fields[index + 1] ?? ''));
  }
  const saysSomething = ({ resourceMetadata, scope, error }: Challenge) =>
    (resourceMetadata ?? scope ?? error) !== null;
  return found.find(saysSomething) ?? NO_CHALLENGE;
}

function bearersIn(value: string): readonly Challenge[] {
  let rest = value.slice(0, 8192);
  const bearers: Map<string, string>[] = [];
  /** Of the challenge that is being read; null for another scheme's. */
  let parameters: Map<string, string> | null = null;
  while (rest.trim() !== '') {
    const parameter = PARAMETER.exec(rest);
    if (parameter !== null) {
      const [whole, name = '', quoted, plain = ''] = parameter;
      const key = name.toLowerCase();
      // A repeated parameter must not be able to replace the first.
      if (parameters !== null && !parameters.has(key)) {
        parameters.set(key, quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1'));
      }
      rest = rest.slice(whole.length);
      continue;
    }
    const scheme = SCHEME.exec(rest);
    if (scheme === null) {
      // The credentials of another scheme, which are no parameters.
      const comma = rest.indexOf(',');
      if (comma === -1) break;
      rest = rest.slice(comma + 1);
      continue;
    }
    parameters = scheme[1]?.toLowerCase() === 'bearer' ? new Map() : null;
    if (parameters !== null) bearers.push(parameters);
    rest = rest.slice(scheme[0].length);
  }
  return bearers.map((said) => ({
    resourceMetadata: said.get('resource_metadata') ?? null,
    scope: said.get('scope') ?? null,
    error: said.get('error') ?? null,
  }));
}

/** All of these scopes, each once, in the order in which they came first. */
export function scopeUnion(...scopes: readonly (string | null)[]): string {
  const all = scopes.flatMap((scope) => (scope ?? '').split(' ').filter((one) => one !== ''));
  return [...new Set(all)].join(' ');
}

/** Milliseconds for the answer to a request without a token. */
const PATIENCE = 20_000;

/** Has no effect on any server: without a session, most refuse it for that. */
const PING = Buffer.from('{"jsonrpc":"2.0","id":1,"method":"ping"}');
const ACCEPT = ['Accept', 'application/json, text/event-stream'];

/**
 * What a server says to a request without a token, so that its sign-in is known before a client has met with it. Null when it does
 * not refuse. Rejects with SignInError when it cannot be reached. `isSse` asks for its event stream first.
 */
export async function probe(http: RemoteHttp, url: URL, isSse: boolean): Promise<Challenge | null> {
  const post = {
    method: 'POST',
    url,
    fields: ['Content-Type', 'application/json', ...ACCEPT],
    body: PING,
    isSafe: true,
  } as const;
  const get = { method: 'GET', url, fields: ['Accept', 'text/event-stream'], body: null, isSafe: true } as const;
  const [first, second] = isSse ? [get, post] : [post, get];
  return (await ask(http, first)) ?? (await ask(http, second));
}

function ask(http: RemoteHttp, request: HttpRequest): Promise<Challenge | null> {
  return new Promise((resolve, reject) => {
    const { origin } = request.url;
    const failed = (fault: RemoteFault): void => {
      clearTimeout(timer);
      reject(new SignInError({ kind: 'unreachable', origin, fault }));
    };
    const timer = setTimeout(() => {
      sent.abort();
      failed({ kind: 'silent', seconds: PATIENCE / 1000 });
    }, PATIENCE);
    const sent = http.sendAsIs(request, {
      head(head) {
        clearTimeout(timer);
        // Behind the call, in which the request may be told of more.
        setImmediate(() => sent.abort());
        resolve(head.status === 401 || head.status === 403 ? challengeIn(head) : null);
      },
      content: () => undefined,
      complete: () => undefined,
      failed,
    });
  });
}
