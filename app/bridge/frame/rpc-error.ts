import type { JsonRpcId, ResponseFrame } from './frame.ts';
import { idText } from './id.ts';

/** Error codes we answer with ourselves: JSON-RPC 2.0 section 5.1, and the two that the official HTTP transport made usual. */
export const RPC = {
  parseError: -32700,
  invalidRequest: -32600,
  internalError: -32603,
  /** The request cannot be taken as it stands: a header is missing, a ceiling is reached. */
  badRequest: -32000,
  sessionNotFound: -32001,
} as const;

/** The `error` member of a JSON-RPC response. */
export interface JsonRpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** A JSON-RPC error response of our own making. */
export function errorFrame(id: JsonRpcId, error: JsonRpcError): ResponseFrame {
  return {
    kind: 'response',
    id,
    bytes: Buffer.from(`{"jsonrpc":"2.0","id":${idText(id)},"error":${JSON.stringify(error)}}`),
  };
}
