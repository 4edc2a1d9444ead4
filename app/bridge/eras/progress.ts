import { editMembers, memberOf, parsedJson } from '../frame/index.ts';

/** A progress notification under the token its client gave (2026-07-28, basic/patterns/progress). */
export function progressTowardClient(notification: Buffer, token: string | number): Buffer {
  const params = memberOf(notification, 'params') ?? Buffer.from('{}');
  const restored = editMembers(params, new Map([['progressToken', JSON.stringify(token)]]));
  return editMembers(notification, new Map([['params', restored]]));
}

/** The token a child reports progress under; undefined when there is none. */
export function progressTokenIn(notification: Buffer): unknown {
  const params = memberOf(notification, 'params');
  return params && parsedJson(memberOf(params, 'progressToken'));
}
