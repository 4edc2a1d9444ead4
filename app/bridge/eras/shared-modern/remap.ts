import { editMembers, memberOf } from '../../frame/index.ts';
import type { ModernRequest } from '../modern-request.ts';
import { tagged } from '../tag.ts';

/*
 * A modern child serves many clients over one pipe, and their ids, progress tokens and subscription ids collide. Towards
 * the child each of the three is a number of ours; on the way back the client's own is put in its place, byte for byte.
 * Nothing else of a frame is touched.
 */

const NOTHING = Buffer.from('{}');

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
