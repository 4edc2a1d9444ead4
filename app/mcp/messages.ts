import { CODE } from './jsonrpc/frame.ts';
import type { JsonRpcError } from './jsonrpc/index.ts';
import { META } from './request-meta.ts';
import { MODERN_REVISIONS } from './revisions.ts';

/** A result under an id that is already JSON text. */
export function resultFrame(idText: Buffer | string, result: unknown): Buffer {
  return Buffer.from(`{"jsonrpc":"2.0","id":${idText},"result":${JSON.stringify(result)}}`);
}

/** An error under an id that is already JSON text. */
export function errorText(idText: Buffer | string, error: JsonRpcError): Buffer {
  return Buffer.from(`{"jsonrpc":"2.0","id":${idText},"error":${JSON.stringify(error)}}`);
}

/** A request or, without an id, a notification of our own making. */
export function messageText(message: {
  readonly id?: string | number;
  readonly method: string;
  readonly params?: unknown;
}) {
  return Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
}

export function methodNotFound(method: string): JsonRpcError {
  return { code: CODE.methodNotFound, message: `Method not found: ${method}` };
}

/** -32022, with the same list that `server/discover` gives. */
export function unsupportedRevision(requested: string): JsonRpcError {
  return {
    code: CODE.unsupportedRevision,
    message: 'Unsupported protocol version',
    data: { supported: MODERN_REVISIONS, requested },
  };
}

export function missingCapability(requiredCapabilities: object): JsonRpcError {
  return {
    code: CODE.missingClientCapability,
    message: `The client must declare ${Object.keys(requiredCapabilities).join(', ')} for this request.`,
    data: { requiredCapabilities },
  };
}

/** The end of a subscription (2026-07-28, basic/patterns/subscriptions, Graceful Closure). */
export function subscriptionEnd(idText: Buffer): Buffer {
  const meta = `{${JSON.stringify(META.subscriptionId)}:${idText}}`;
  return Buffer.from(`{"jsonrpc":"2.0","id":${idText},"result":{"resultType":"complete","_meta":${meta}}}`);
}
