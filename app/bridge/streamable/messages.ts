import { isObject } from '../../base/schema/index.ts';
import {
  editMembers,
  elementsOf,
  type Frame,
  idIn,
  type JsonObject,
  type JsonRpcId,
  memberOf,
  type RequestId,
  writtenIdIn,
} from '../../mcp/jsonrpc/index.ts';
import type { JsonBody } from '../http/index.ts';

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

export interface ClientRequest extends RequestId {
  readonly kind: 'request';
  /** The line for the server. */
  readonly json: Buffer;
  /** Under which it wants to hear of progress; undefined when it does not. */
  readonly progressToken: JsonRpcId | undefined;
  /** Of `initialize`: the revision it asks for. Undefined in every other request. */
  readonly revision: string | undefined;
}

/** A notification or a response. */
export interface ClientStatement {
  readonly kind: 'statement';
  readonly json: Buffer;
  /** The request that a `notifications/cancelled` names. */
  readonly cancels: JsonRpcId | undefined;
  /** The id that a notification came with although it has none: its client waits for an answer under it. JSON text. */
  readonly strayId: Buffer | undefined;
}

/** One message of a POST. */
export type ClientMessage = ClientRequest | ClientStatement;

/** The messages of a body, in order; null when something in it is none. */
export function clientMessages({ value, line }: JsonBody): readonly ClientMessage[] | null {
  if (!Array.isArray(value)) {
    const message = clientMessage(value, line);
    return message === null ? null : [message];
  }
  const lines = elementsOf(line);
  const messages = value.flatMap((element: unknown, index) => clientMessage(element, lines[index] ?? line) ?? []);
  return messages.length === value.length && messages.length > 0 ? messages : null;
}

function clientMessage(value: unknown, json: Buffer): ClientMessage | null {
  if (!isObject(value)) return null;
  const { method, id, params } = value;
  if (typeof method !== 'string') {
    return 'result' in value || 'error' in value
      ? { kind: 'statement', json, cancels: undefined, strayId: undefined }
      : null;
  }
  if (id === undefined || method.startsWith('notifications/')) {
    const written = memberOf(json, 'id');
    return {
      kind: 'statement',
      json: written === undefined ? json : editMembers(json, new Map([['id', null]])),
      cancels: method === 'notifications/cancelled' ? idIn(memberOf(json, 'params'), 'requestId') : undefined,
      strayId: typeof id === 'string' || typeof id === 'number' ? written : undefined,
    };
  }
  const exact = idIn(json, 'id');
  if (exact === undefined) return null;
  const given = isObject(params) ? params : {};
  const progressToken = isObject(given['_meta']) ? progressTokenIn(json, given['_meta']) : undefined;
  const asked = given['protocolVersion'];
  const revision = method === 'initialize' ? (typeof asked === 'string' ? asked : '') : undefined;
  return { kind: 'request', json, id: exact, writtenId: writtenIdIn(json, exact), progressToken, revision };
}

/** Numbers that JSON.parse may have rounded are read from the text. */
function progressTokenIn(json: Buffer, { progressToken }: JsonObject): JsonRpcId | undefined {
  if (typeof progressToken === 'string') return progressToken.toWellFormed();
  if (typeof progressToken !== 'number') return undefined;
  if (Number.isSafeInteger(progressToken)) return progressToken;
  const params = memberOf(json, 'params');
  return idIn(params && memberOf(params, '_meta'), 'progressToken');
}
