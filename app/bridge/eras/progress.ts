import { editMembers, memberOf, parsedJson } from '../frame/index.ts';
import type { ModernRequest } from './modern-request.ts';

/** A progress notification under the token its client gave (2026-07-28, basic/patterns/progress). Null when it gave none. */
export function progressTowardClient(notification: Buffer, request: ModernRequest): Buffer | null {
  const token = request.envelope.progressToken;
  if (token === null) return null;
  // A number that JSON.parse has rounded is taken from the text.
  const isExact = typeof token === 'string' || Number.isSafeInteger(token);
  const written = isExact ? JSON.stringify(token) : writtenToken(request.bytes);
  const params = memberOf(notification, 'params') ?? Buffer.from('{}');
  const restored = editMembers(params, new Map([['progressToken', written]]));
  return editMembers(notification, new Map([['params', restored]]));
}

function writtenToken(request: Buffer): Buffer | string {
  const params = memberOf(request, 'params');
  const meta = params && memberOf(params, '_meta');
  return (meta && memberOf(meta, 'progressToken')) ?? 'null';
}

/** The token a child reports progress under; undefined when there is none. */
export function progressTokenIn(notification: Buffer): unknown {
  const params = memberOf(notification, 'params');
  return params && parsedJson(memberOf(params, 'progressToken'));
}
