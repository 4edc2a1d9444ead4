import { isObject } from '../../schema/index.ts';
import { type Frame, idIn, type JsonObject, type JsonRpcId, memberOf } from '../frame/index.ts';

/** Notifications that belong to no request, whichever is under way: they go to the client's GET stream. */
export function isChange(method: string): boolean {
  return method.endsWith('/list_changed') || method === 'notifications/resources/updated';
}

/** The token of a progress notification; undefined when it has none. */
export function progressTokenOf(frame: Frame): JsonRpcId | undefined {
  return idIn(memberOf(frame.bytes, 'params'), 'progressToken');
}

/** The revision an answer to `initialize` settles on; null when it is a refusal. */
export function agreedRevision(frame: Frame): string | null {
  const result = objectIn(frame)?.['result'];
  if (!isObject(result)) return null;
  const revision = result['protocolVersion'];
  return typeof revision === 'string' ? revision : '';
}

function objectIn(frame: Frame): JsonObject | null {
  try {
    const value: unknown = JSON.parse(frame.bytes.toString());
    return isObject(value) ? value : null;
  } catch {
    // The scan saw enough of a message in it to route it; what its parser makes of the rest is the client's affair.
    return null;
  }
}
