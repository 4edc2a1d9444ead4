import { isObject } from '../base/schema/index.ts';
import { type JsonObject, objectIn, stringIn } from './jsonrpc/index.ts';
import { META } from './request-meta.ts';
import { MODERN_REVISIONS } from './revisions.ts';

/** What a server says of itself, whichever era it says it in. */
export interface ServerFace {
  readonly capabilities: JsonObject;
  /** Empty when it does not say who it is. */
  readonly serverInfo: JsonObject;
  readonly instructions: string | null;
}

/** Capabilities that mean something else in the other era, or nothing. */
const ONE_ERA_ONLY = new Set(['tasks']);

/** From an InitializeResult (2025-11-25, basic/lifecycle, Initialization); null when it is none. */
export function faceFromInitialize(result: unknown): ServerFace | null {
  return isObject(result) && stringIn(result, 'protocolVersion') !== undefined
    ? faceFrom(result, objectIn(result, 'serverInfo'))
    : null;
}

/** From a DiscoverResult (2026-07-28, server/discover); null when it is none. */
export function faceFromDiscover(result: unknown): ServerFace | null {
  return isObject(result) && Array.isArray(result['supportedVersions'])
    ? faceFrom(result, objectIn(objectIn(result, '_meta'), META.serverInfo))
    : null;
}

/**
 * The answer to `server/discover`. It names our own revisions, the same that -32022 does, and may not be kept: the server
 * behind us can be exchanged at any time.
 */
export function discoverResult({ capabilities, serverInfo, instructions }: ServerFace): object {
  return {
    resultType: 'complete',
    supportedVersions: MODERN_REVISIONS,
    capabilities,
    ...(instructions === null ? {} : { instructions }),
    ttlMs: 0,
    cacheScope: 'private',
    _meta: { [META.serverInfo]: serverInfo },
  };
}

function faceFrom(result: JsonObject, serverInfo: JsonObject): ServerFace {
  const shared = Object.entries(objectIn(result, 'capabilities')).filter(([name]) => !ONE_ERA_ONLY.has(name));
  return {
    capabilities: Object.fromEntries(shared),
    serverInfo,
    instructions: stringIn(result, 'instructions') ?? null,
  };
}
