import { isObject } from '../base/schema/index.ts';
import { CODE, type JsonObject, type JsonRpcError, objectIn, stringIn } from './jsonrpc/index.ts';
import { META, MODERN_REVISIONS } from './protocol.ts';

/** What a server says of itself, in whichever revision. */
export interface ServerFace {
  readonly capabilities: JsonObject;
  /** Empty when it does not say who it is. */
  readonly serverInfo: JsonObject;
  readonly instructions: string | null;
}

/** Capabilities of legacy revisions that are none of the modern one: its tasks are an extension of another form. */
const LEGACY_ONLY = new Set(['tasks']);

/** From an InitializeResult (2025-11-25, basic/lifecycle, Initialization); null when it is none. */
export function faceFromInitialize(result: unknown): ServerFace | null {
  return isObject(result) && stringIn(result, 'protocolVersion') !== undefined
    ? faceFrom(result, objectIn(result, 'serverInfo'))
    : null;
}

/**
 * From a DiscoverResult (2026-07-28, server/discover); null when it is none. So it is when no modern revision that we know is in it:
 * a server may know the method, and be used in earlier revisions alone, as those of the official SDK for Go with HTTP sessions are.
 */
export function faceFromDiscover(result: unknown): ServerFace | null {
  if (!isObject(result) || !isModernList(result['supportedVersions'])) return null;
  return withoutLegacy(faceFrom(result, objectIn(objectIn(result, '_meta'), META.serverInfo)));
}

function isModernList(versions: unknown): boolean {
  return Array.isArray(versions) && MODERN_REVISIONS.some((revision) => versions.includes(revision));
}

/**
 * The answer to `server/discover`. It names our own revisions, the same that -32022 does, and may not be kept: the server
 * behind us can be exchanged at any time.
 */
export function discoverResult(face: ServerFace): object {
  const { capabilities, serverInfo, instructions } = withoutLegacy(face);
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

/** Lists in which nothing is, by the method that asks for them. */
export const EMPTY_LISTS: Readonly<Record<string, JsonObject>> = {
  'tools/list': { tools: [] },
  'prompts/list': { prompts: [] },
  'resources/list': { resources: [] },
  'resources/templates/list': { resourceTemplates: [] },
};

/** What is said of a server that is not there: its lists are empty, and will change. `why` is a sentence for its clients. */
export function absentFace(name: string, why: string): ServerFace {
  const listChanged = true;
  return {
    capabilities: { tools: { listChanged }, prompts: { listChanged }, resources: { listChanged } },
    serverInfo: { name, version: '0' },
    instructions: why,
  };
}

function withoutLegacy(face: ServerFace): ServerFace {
  const shared = Object.entries(face.capabilities).filter(([name]) => !LEGACY_ONLY.has(name));
  return { ...face, capabilities: Object.fromEntries(shared) };
}

function faceFrom(result: JsonObject, serverInfo: JsonObject): ServerFace {
  return {
    capabilities: objectIn(result, 'capabilities'),
    serverInfo,
    instructions: stringIn(result, 'instructions') ?? null,
  };
}

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

/** -32022, whose message the revision fixes, with the same list that `server/discover` gives. */
export function unsupportedRevision(requested: string): JsonRpcError {
  return {
    code: CODE.unsupportedRevision,
    message: 'Unsupported protocol version',
    data: { supported: MODERN_REVISIONS, requested },
  };
}

/** -32021. `message` says which capabilities the client must declare. */
export function missingCapability(requiredCapabilities: object, message: string): JsonRpcError {
  return { code: CODE.missingClientCapability, message, data: { requiredCapabilities } };
}

/** The end of a subscription (2026-07-28, basic/patterns/subscriptions, Graceful Closure). */
export function subscriptionEnd(idText: Buffer): Buffer {
  const meta = `{${JSON.stringify(META.subscriptionId)}:${idText}}`;
  return Buffer.from(`{"jsonrpc":"2.0","id":${idText},"result":{"resultType":"complete","_meta":${meta}}}`);
}
