import type { IncomingHttpHeaders } from 'node:http';
import { isObject } from '../../../schema/index.ts';
import { CODE, MODERN_REVISIONS, type ModernRequest, readEnvelope, unsupportedRevision } from '../../eras/index.ts';
import { DEEPEST, isTooDeep, type JsonObject, type JsonRpcError, memberOf, RPC } from '../../frame/index.ts';
import { contradiction, standardHeaderFault } from './standard-headers.ts';

/** One POST of the modern era: its body, whole and as JSON, and who sent it. */
export interface ModernPost {
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly message: JsonObject;
  readonly principal: string;
}

export type Passage =
  | { readonly kind: 'request'; readonly request: ModernRequest }
  | { readonly kind: 'notification'; readonly method: string; readonly bytes: Buffer }
  /** `idText` is JSON text; `null` where the request has no valid id. */
  | { readonly kind: 'refused'; readonly idText: Buffer; readonly error: JsonRpcError };

/**
 * Lets a well-formed modern message in, or says what is wrong with it; every refusal is a 400. In order: the shape, the
 * envelope, headers that contradict it, the revision, headers that are missing (2026-07-28, basic/index, `_meta`;
 * basic/transports/streamable-http, Request Metadata). A notification has no required headers or envelope.
 */
export function passGate({ headers, bytes, message, principal }: ModernPost): Passage {
  const { id, method } = message;
  const params = message['params'] ?? {};
  const written = typeof id === 'string' || typeof id === 'number' ? memberOf(bytes, 'id') : undefined;
  const idText = written ?? Buffer.from('null');
  const refused = (code: number, text: string): Passage => ({
    kind: 'refused',
    idText,
    error: { code, message: text },
  });
  if (message['jsonrpc'] !== '2.0' || typeof method !== 'string' || !isObject(params)) {
    return refused(RPC.invalidRequest, 'Not a JSON-RPC 2.0 request or notification.');
  }
  if (id === undefined) return { kind: 'notification', method, bytes };
  if ((typeof id !== 'string' && typeof id !== 'number') || method.startsWith('notifications/')) {
    return refused(RPC.invalidRequest, 'The id of a request must be a string or an integer.');
  }
  if (isTooDeep(bytes)) return refused(CODE.invalidParams, `Invalid params: nested more than ${DEEPEST} times.`);
  const reading = readEnvelope(params);
  if (reading.kind === 'fault') {
    return refused(CODE.invalidParams, `Invalid params: ${reading.key} of the request's _meta is ${reading.problem}.`);
  }
  const { envelope } = reading;
  const mirrored = { method, params, revision: envelope.revision };
  const contradicts = contradiction(headers, mirrored);
  if (contradicts !== null) return refused(CODE.headerMismatch, `Header mismatch: ${contradicts}.`);
  if (!MODERN_REVISIONS.includes(envelope.revision)) {
    return { kind: 'refused', idText, error: unsupportedRevision(envelope.revision) };
  }
  const fault = standardHeaderFault(headers, mirrored);
  if (fault !== null) return refused(CODE.headerMismatch, `Header mismatch: ${fault}.`);
  return { kind: 'request', request: { idText, method, params, bytes, envelope, principal, aboutName: false } };
}
