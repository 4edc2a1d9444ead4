import { isObject } from '../../base/schema/index.ts';
import type { JsonObject } from './json-text.ts';

/** Every error code we send or understand: JSON-RPC 2.0 section 5.1, and those of MCP (2026-07-28, basic/index, Error Codes). */
export const CODE = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  /** The request cannot be taken as it stands: a header is missing, a ceiling is reached. Usual since the official HTTP transport. */
  badRequest: -32000,
  /** Usual since the official HTTP transport. */
  sessionNotFound: -32001,
  headerMismatch: -32020,
  missingClientCapability: -32021,
  unsupportedRevision: -32022,
  /** 2025-11-25 and earlier only; a modern response must not carry it. */
  legacyResourceNotFound: -32002,
  /** 2025-11-25 only; a modern response must not carry it. */
  legacyUrlElicitationRequired: -32042,
} as const;

/** The `error` member of a JSON-RPC response. */
export interface JsonRpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** Methods that name something of a server's own, and the capability a server has that knows them. */
const NAMING = new Map([
  ['tools/call', 'tools'],
  ['prompts/get', 'prompts'],
  ['resources/read', 'resources'],
  ['completion/complete', 'completions'],
]);

/**
 * Whether an error -32601 of a server is about what a request names and not about its method: some servers answer so for a tool they
 * do not have.
 */
export function isAboutName(method: string, capabilities: JsonObject): boolean {
  const capability = NAMING.get(method);
  return capability !== undefined && isObject(capabilities[capability]);
}

/**
 * HTTP status of a JSON-RPC error that is the whole answer to a modern request. Whatever is not the protocol's own
 * refusal travels in a 200: the call was taken, and failed. -32602 is 400 only where the envelope itself is at fault,
 * which is decided before any child is asked; -32601 is 404 only where the method itself is unknown (see `isAboutName`).
 */
export function httpStatusOf(code: unknown, aboutName = false): number {
  switch (code) {
    case CODE.methodNotFound:
      return aboutName ? 200 : 404;
    case CODE.headerMismatch:
    case CODE.missingClientCapability:
    case CODE.unsupportedRevision:
      return 400;
    default:
      return 200;
  }
}
