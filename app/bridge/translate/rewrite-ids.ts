import { META } from '../../mcp/index.ts';
import { editMembers, memberOf, parsedJson } from '../../mcp/jsonrpc/index.ts';
import type { ModernRequest } from './request.ts';

/*
 * A modern child serves many clients over one pipe, and their ids, progress tokens and subscription ids collide. Towards
 * the child each of the three is a number of ours; on the way back the client's own is put in its place, byte for byte.
 * Nothing else of a frame is touched.
 */

const NOTHING = Buffer.from('{}');

/** A progress notification under the token its client gave (2026-07-28, basic/patterns/progress). Null when it gave none. */
export function progressTowardClient(notification: Buffer, request: ModernRequest): Buffer | null {
  const token = request.envelope.progressToken;
  if (token === null) return null;
  // A number that JSON.parse has rounded is taken from the text.
  const isExact = typeof token === 'string' || Number.isSafeInteger(token);
  const written = isExact ? JSON.stringify(token) : writtenToken(request.bytes);
  const params = memberOf(notification, 'params') ?? NOTHING;
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

/** An object (params or a result) that says which subscription it belongs to, under the id the client opened it with. */
export function tagged(object: Buffer, idText: Buffer): Buffer {
  const meta = memberOf(object, '_meta');
  const edited = editMembers(meta?.[0] === 0x7b ? meta : NOTHING, new Map([[META.subscriptionId, idText]]));
  return editMembers(object, new Map([['_meta', edited]]));
}

/** A change as one subscriber gets it (2026-07-28, basic/patterns/subscriptions, Receiving Notifications). */
export function taggedNotification(notification: Buffer, idText: Buffer): Buffer {
  const params = memberOf(notification, 'params') ?? NOTHING;
  return editMembers(notification, new Map([['params', tagged(params, idText)]]));
}

/** A request as the child gets it: under an id of ours, which is its progress token as well where the client asks for progress. */
export function towardChild(request: ModernRequest, id: number): Buffer {
  const params = memberOf(request.bytes, 'params') ?? NOTHING;
  const meta = memberOf(params, '_meta') ?? NOTHING;
  const token = request.envelope.progressToken === null ? null : String(id);
  return editMembers(
    request.bytes,
    new Map<string, Buffer | string>([
      ['id', String(id)],
      ['method', JSON.stringify(request.method)],
      ['params', editMembers(params, new Map([['_meta', editMembers(meta, new Map([['progressToken', token]]))]]))],
    ]),
  );
}

/** A response under its client's id. The result of a subscription also carries the id inside. */
export function responseTowardClient(response: Buffer, { idText, method }: ModernRequest): Buffer {
  const edits = new Map<string, Buffer | null>([['id', idText]]);
  // Beside a result it says nothing, and the official SDK's clients refuse to read it.
  if (memberOf(response, 'error')?.toString() === 'null') edits.set('error', null);
  const result = memberOf(response, 'result');
  if (method === 'subscriptions/listen' && result?.[0] === 0x7b) edits.set('result', tagged(result, idText));
  return editMembers(response, edits);
}
