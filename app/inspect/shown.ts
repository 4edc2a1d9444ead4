import { withoutShapes } from '../log/index.ts';

/** Characters of a name that are kept. */
const LONGEST = 200;
/** What stands in the place of what is not shown. */
const HIDDEN = '…';
/** A segment of a path from this length on that mixes letters and digits is taken for a key and not for a name. */
const KEY_LENGTH = 20;

/**
 * A name as it is kept: names come from clients and servers, and are as long as those like. Half a surrogate pair, theirs or one that is
 * cut here, would make JSON that strict readers refuse (RFC 8259 section 8.2).
 */
export function shownText(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST).toWellFormed()}${HIDDEN}` : text.toWellFormed();
}

/** A URI without what may be a secret in it: credentials, query, fragment, segments that look like keys. */
export function shownUri(uri: string): string {
  const [, scheme = '', rest = uri] = /^([a-z][a-z\d+.-]*:(?:\/\/)?)(.*)$/is.exec(uri) ?? [];
  const [authority = '', ...path] = rest.split('/');
  const host = scheme.endsWith('//') ? authority.replace(/^.*@/, '') : authority;
  return shownText(scheme + shownPath([host, ...path].join('/')));
}

/** The path of a request. Its query is where keys are, and its segments may be some: `/bot123:ABC…/send`, `/api/webhook/…`. */
export function shownPath(path: string): string {
  if (path.length < KEY_LENGTH && !/[?#]/.test(path)) return path;
  const end = path.search(/[?#]/);
  const bare = end === -1 ? path : path.slice(0, end);
  const segments = bare.split('/').map((segment) => (isKey(segment) ? HIDDEN : segment));
  return shownText(segments.join('/') + (end === -1 ? '' : `${path[end] ?? ''}${HIDDEN}`));
}

function isKey(segment: string): boolean {
  if (segment.length < KEY_LENGTH) return false;
  if (withoutShapes(segment, '\0') !== segment) return true;
  return /\d/.test(segment) && /[a-z]/i.test(segment) && /^[\w=.~%+:-]+$/.test(segment) && !isUuid(segment);
}

/** Names of things are often these; those who may use them are asked for more. */
function isUuid(segment: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(segment);
}
