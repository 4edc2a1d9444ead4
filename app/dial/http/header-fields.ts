/**
 * What a proxy has to do about a header field, by its name:
 * - `plain` passes;
 * - `drop` is hop-by-hop, or meant for a proxy and no one else (RFC 9110 sections 7.6.1 and 11.7);
 * - the others are read, rewritten or made anew.
 */
export type FieldKind =
  | 'plain'
  | 'drop'
  | 'connection'
  | 'content-length'
  | 'expect'
  | 'host'
  | 'keep-alive'
  | 'max-forwards'
  | 'proxy-status'
  | 'te'
  | 'trailer'
  | 'transfer-encoding'
  | 'upgrade'
  | 'via';

/** The kind of a field name in any case. The length is looked at first, so that most names cost one comparison. */
export function fieldKind(name: string): FieldKind {
  switch (name.length) {
    case 2:
      return pick(name, 'te');
    case 3:
      return pick(name, 'via');
    case 4:
      return pick(name, 'host');
    case 6:
      return pick(name, 'expect');
    case 7:
      return pick(name, 'trailer', 'upgrade');
    case 10:
      return pick(name, 'connection', 'keep-alive');
    case 12:
      return pick(name, 'max-forwards', 'proxy-status');
    case 14:
      return pick(name, 'content-length');
    case 17:
      return pick(name, 'transfer-encoding');
    default:
      return isForProxies(name) ? 'drop' : 'plain';
  }
}

function pick(name: string, ...kinds: readonly FieldKind[]): FieldKind {
  const lower = name.toLowerCase();
  for (const kind of kinds) if (kind === lower) return kind;
  return isForProxies(lower) ? 'drop' : 'plain';
}

/** Proxy-Authorization, Proxy-Authenticate, Proxy-Connection and the like are for the next proxy only. */
function isForProxies(name: string): boolean {
  const first = name.charCodeAt(0);
  return (first === 0x50 || first === 0x70) && /^proxy-/i.test(name);
}

/**
 * The field names that the Connection field of a message lists, in lower case; null when it lists none besides the
 * usual options. Those fields end here (RFC 9110 section 7.6.1).
 */
export function listedFields(connection: string): ReadonlySet<string> | null {
  let listed: Set<string> | null = null;
  for (const option of connection.toLowerCase().split(',')) {
    const name = option.trim();
    if (name === '' || name === 'keep-alive' || name === 'close') continue;
    listed ??= new Set();
    listed.add(name);
  }
  return listed;
}

/** Whether a list-valued field such as Connection or TE contains `token`, parameters aside. */
export function lists(value: string, token: string): boolean {
  return value
    .toLowerCase()
    .split(',')
    .some((member) => member.split(';', 1)[0]?.trim() === token);
}

/** Fields that frame, route, authenticate or describe content come before it or not at all (RFC 9110 section 6.5.1). */
const NEVER_TRAILERS = new Set([
  'authorization',
  'cache-control',
  'content-encoding',
  'content-range',
  'content-type',
  'cookie',
  'set-cookie',
  'www-authenticate',
]);

/** The trailer fields of `pairs` (name, value, name, value, …) that may go on, as pairs of their own. */
export function trailersToPass(pairs: readonly string[]): [string, string][] {
  const passed: [string, string][] = [];
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const name = pairs[index] ?? '';
    const kind = fieldKind(name);
    if (kind === 'proxy-status' || (kind === 'plain' && !NEVER_TRAILERS.has(name.toLowerCase()))) {
      passed.push([name, pairs[index + 1] ?? '']);
    }
  }
  return passed;
}
