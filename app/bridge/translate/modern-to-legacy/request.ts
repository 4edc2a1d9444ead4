import { messageText, NEWEST_LEGACY_REVISION } from '../../../mcp/index.ts';
import { editMembers, type JsonObject, memberOf } from '../../../mcp/jsonrpc/index.ts';
import type { ModernRequest } from '../request.ts';

/** Who a legacy child takes us for: the modern client we speak for, with exactly what it declares. */
export interface Introduction {
  readonly capabilities: JsonObject;
  readonly clientInfo: JsonObject;
}

/** 2025-11-25, basic/lifecycle, Initialization. */
export function initializeText(id: number, { capabilities, clientInfo }: Introduction): Buffer {
  const params = { protocolVersion: NEWEST_LEGACY_REVISION, capabilities, clientInfo };
  return messageText({ id, method: 'initialize', params });
}

export const INITIALIZED = messageText({ method: 'notifications/initialized' });

/** Members of `params` that exist only in the modern era. */
const MODERN_PARAMS = ['inputResponses', 'requestState'] as const;

/**
 * A modern request as a legacy child expects it: our id, our progress token where one was asked for, and nothing of the
 * modern envelope. All other bytes are the client's.
 */
export function towardChild(request: ModernRequest, id: number): Buffer {
  const params = memberOf(request.bytes, 'params') ?? Buffer.from('{}');
  const meta = memberOf(params, '_meta') ?? Buffer.from('{}');
  const metaEdits = new Map<string, string | null>();
  for (const key of Object.keys(metaOf(request))) {
    if (key.startsWith('io.modelcontextprotocol/')) metaEdits.set(key, null);
  }
  metaEdits.set('progressToken', request.envelope.progressToken === null ? null : String(id));
  const legacyMeta = editMembers(meta, metaEdits);
  const paramsEdits = new Map<string, Buffer | null>(MODERN_PARAMS.map((key) => [key, null]));
  paramsEdits.set('_meta', legacyMeta.length > 2 ? legacyMeta : null);
  return editMembers(
    request.bytes,
    new Map<string, Buffer | string>([
      ['id', String(id)],
      ['method', JSON.stringify(request.method)],
      ['params', editMembers(params, paramsEdits)],
    ]),
  );
}

function metaOf(request: ModernRequest): JsonObject {
  return Object(request.params['_meta']);
}
