import { isObject } from '../../schema/index.ts';
import { elementsOf, type JsonRpcId } from '../frame/index.ts';
import type { JsonBody } from '../http/index.ts';

export interface ClientRequest {
  readonly kind: 'request';
  /** The line for the server. */
  readonly json: Buffer;
  readonly id: string | number;
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
    return 'result' in value || 'error' in value ? { kind: 'statement', json, cancels: undefined } : null;
  }
  const given = isObject(params) ? params : {};
  if (id === undefined) {
    return {
      kind: 'statement',
      json,
      cancels: method === 'notifications/cancelled' ? idOf(given['requestId']) : undefined,
    };
  }
  if (typeof id !== 'string' && typeof id !== 'number') return null;
  const meta = given['_meta'];
  const progressToken = isObject(meta) ? idOf(meta['progressToken']) : undefined;
  const asked = given['protocolVersion'];
  const revision = method === 'initialize' ? (typeof asked === 'string' ? asked : '') : undefined;
  return { kind: 'request', json, id, progressToken, revision };
}

function idOf(value: unknown): JsonRpcId | undefined {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}
