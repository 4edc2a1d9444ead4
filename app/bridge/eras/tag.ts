import { editMembers, memberOf } from '../frame/index.ts';
import { META } from './meta-keys.ts';

const NOTHING = Buffer.from('{}');

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
