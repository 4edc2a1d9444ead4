import type { ResponseHead } from '../../../dial/http/index.ts';

/** What a refusal says of the sign-in that it wants (RFC 6750 section 3, RFC 9728 section 5.1). Null for what it does not say. */
export interface Challenge {
  /** Where the metadata of the protected resource is; as it was written. */
  readonly resourceMetadata: string | null;
  /** Scopes, separated by spaces. */
  readonly scope: string | null;
  readonly error: string | null;
}

export const NO_CHALLENGE: Challenge = { resourceMetadata: null, scope: null, error: null };

/** A parameter: a token, and a token or a quoted string (RFC 9110 sections 5.6.4 and 11.2). */
const PARAMETER = /^\s*([!#$%&'*+\-.^_`|~\w]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))\s*(?:,|$)/;
const SCHEME = /^\s*([!#$%&'*+\-.^_`|~\w]+)(?:\s+|,|$)/;

/** The Bearer challenge of an answer; all null when there is none. The field may occur several times, and hold several challenges. */
export function challengeIn({ fields }: ResponseHead): Challenge {
  for (let index = 0; index < fields.length; index += 2) {
    if (fields[index]?.toLowerCase() !== 'www-authenticate') continue;
    const found = bearerIn(fields[index + 1] ?? '');
    if (found !== null) return found;
  }
  return NO_CHALLENGE;
}

function bearerIn(value: string): Challenge | null {
  let rest = value.slice(0, 8192);
  let isBearer = false;
  const parameters = new Map<string, string>();
  let isFound = false;
  while (rest.trim() !== '') {
    const parameter = PARAMETER.exec(rest);
    if (parameter !== null) {
      const [whole, name = '', quoted, plain = ''] = parameter;
      const key = name.toLowerCase();
      // A repeated parameter must not be able to replace the first.
      if (isBearer && !parameters.has(key)) {
        parameters.set(key, quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1'));
      }
      rest = rest.slice(whole.length);
      continue;
    }
    if (isFound) break;
    const scheme = SCHEME.exec(rest);
    if (scheme === null) {
      // The credentials of another scheme, which are no parameters.
      const comma = rest.indexOf(',');
      if (comma === -1) break;
      rest = rest.slice(comma + 1);
      continue;
    }
    isBearer = scheme[1]?.toLowerCase() === 'bearer';
    if (isBearer) isFound = true;
    rest = rest.slice(scheme[0].length);
  }
  if (!isFound) return null;
  return {
    resourceMetadata: parameters.get('resource_metadata') ?? null,
    scope: parameters.get('scope') ?? null,
    error: parameters.get('error') ?? null,
  };
}

/** All of these scopes, each once, in the order in which they came first. */
export function scopeUnion(...scopes: readonly (string | null)[]): string {
  const all = scopes.flatMap((scope) => (scope ?? '').split(' ').filter((one) => one !== ''));
  return [...new Set(all)].join(' ');
}
