import { editMembers, memberOf } from '../../frame/index.ts';
import { META } from '../meta-keys.ts';

/** Members of a result that legacy revisions do not have. */
const MODERN_ONLY = new Map<string, null>([
  ['resultType', null],
  ['ttlMs', null],
  ['cacheScope', null],
]);

/** A modern child's response as a legacy client expects it, under the id the client asked with (JSON text). */
export function responseTowardClient(response: Buffer, idText: Buffer): Buffer {
  const edits = new Map<string, Buffer | null>([['id', idText]]);
  const result = memberOf(response, 'result');
  if (result?.[0] === 0x7b) edits.set('result', withoutMeta(editMembers(result, MODERN_ONLY), META.serverInfo));
  return editMembers(response, edits);
}

/** A change as a legacy client expects it: unsolicited, of no subscription. */
export function changeTowardClient(notification: Buffer): Buffer {
  const params = memberOf(notification, 'params');
  if (params?.[0] !== 0x7b) return notification;
  return editMembers(notification, new Map([['params', withoutMeta(params, META.subscriptionId)]]));
}

function withoutMeta(object: Buffer, key: string): Buffer {
  const meta = memberOf(object, '_meta');
  if (meta?.[0] !== 0x7b) return object;
  const rest = editMembers(meta, new Map([[key, null]]));
  return editMembers(object, new Map([['_meta', rest.length > 2 ? rest : null]]));
}
