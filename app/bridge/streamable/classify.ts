import { isObject } from '../../base/schema/index.ts';
import { isStatelessRevision } from '../../mcp/index.ts';
import { type JsonObject, type JsonRpcError, RPC } from '../../mcp/jsonrpc/index.ts';

/** Which half of the endpoint a POST is for. */
export type Classified =
  | { readonly half: 'sessions' }
  | { readonly half: 'stateless'; readonly message: JsonObject }
  | { readonly half: 'neither'; readonly error: JsonRpcError };

const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
const CAPABILITIES_KEY = 'io.modelcontextprotocol/clientCapabilities';

/** 2026-07-28 basic/transports/streamable-http: a header that contradicts the body. */
const HEADER_MISMATCH = -32020;

const SESSIONS: Classified = { half: 'sessions' };

/**
 * Decides by the body, once, so that a proxy which drops or adds headers cannot change the era of a message (2026-07-28
 * basic/versioning). A claim in `params._meta` is of the stateless era, even on `initialize` if it is a valid one; posted
 * responses and batches are of sessions. A message without a claim under a header of the stateless era goes to that half, which
 * says what is missing.
 */
export function classify(body: unknown, revisionHeader: string | undefined): Classified {
  if (Array.isArray(body)) return classifyBatch(body);
  if (!isObject(body)) return invalid('The body is no JSON-RPC message');
  if (typeof body['method'] !== 'string') {
    return 'result' in body || 'error' in body ? SESSIONS : invalid('The body is no JSON-RPC message');
  }
  const meta = metaOf(body);
  const header = revisionHeader !== undefined && isStatelessRevision(revisionHeader.trim());
  if (body['method'] === 'initialize' && !isValidClaim(meta)) {
    if (!header) return SESSIONS;
    const message = `initialize does not exist in the revision that MCP-Protocol-Version names`;
    return { half: 'neither', error: { code: HEADER_MISMATCH, message } };
  }
  return header || (meta !== null && VERSION_KEY in meta) ? { half: 'stateless', message: body } : SESSIONS;
}

function classifyBatch(batch: readonly unknown[]): Classified {
  const claims = batch.some((element) => {
    const meta = isObject(element) ? metaOf(element) : null;
    return meta !== null && VERSION_KEY in meta;
  });
  return claims ? invalid('A batch may not hold messages of revision 2026-07-28 or later') : SESSIONS;
}

function isValidClaim(meta: JsonObject | null): boolean {
  const revision = meta?.[VERSION_KEY];
  return typeof revision === 'string' && isStatelessRevision(revision) && isObject(meta?.[CAPABILITIES_KEY]);
}

function metaOf(message: JsonObject): JsonObject | null {
  const params = message['params'];
  const meta = isObject(params) ? params['_meta'] : null;
  return isObject(meta) ? meta : null;
}

function invalid(message: string): Classified {
  return { half: 'neither', error: { code: RPC.invalidRequest, message } };
}
