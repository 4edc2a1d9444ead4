import { isObject } from '../../../base/schema/index.ts';
import {
  isLegacyRevision,
  type McpLogLevel,
  META,
  MODERN_REVISION,
  NEWEST_LEGACY_REVISION,
  type ServerFace,
} from '../../../mcp/index.ts';
import { editMembers, type JsonObject, memberOf, objectIn, stringIn } from '../../../mcp/jsonrpc/index.ts';
import { sharedCapabilities } from '../interactivity.ts';

/** Members of a result that legacy revisions do not have. */
const MODERN_ONLY = new Map<string, null>([
  ['resultType', null],
  ['ttlMs', null],
  ['cacheScope', null],
]);

/** A modern child's response as a legacy client expects it, under the id the client asked with (JSON text). */
export function responseTowardClient(response: Buffer, idText: Buffer): Buffer {
  const edits = new Map<string, Buffer | null>([['id', idText]]);
  const result = memberOf(response, 'result');
  if (result?.[0] === 0x7b) edits.set('result', withoutMeta(editMembers(result, MODERN_ONLY), META.serverInfo));
  return editMembers(response, edits);
}

/** A change as a legacy client expects it: unsolicited, of no subscription. */
export function changeTowardClient(notification: Buffer): Buffer {
  const params = memberOf(notification, 'params');
  if (params?.[0] !== 0x7b) return notification;
  return editMembers(notification, new Map([['params', withoutMeta(params, META.subscriptionId)]]));
}

function withoutMeta(object: Buffer, key: string): Buffer {
  const meta = memberOf(object, '_meta');
  if (meta?.[0] !== 0x7b) return object;
  const rest = editMembers(meta, new Map([[key, null]]));
  return editMembers(object, new Map([['_meta', rest.length > 2 ? rest : null]]));
}

/**
 * The answer to `initialize` in the name of a server that does not know it (2025-11-25, basic/lifecycle, Version
 * Negotiation): the client's revision if there is one of that name, else the newest with a handshake.
 */
export function initializeResult(params: unknown, { capabilities, serverInfo, instructions }: ServerFace): object {
  const asked = isObject(params) ? stringIn(params, 'protocolVersion') : undefined;
  return {
    protocolVersion: asked !== undefined && isLegacyRevision(asked) ? asked : NEWEST_LEGACY_REVISION,
    capabilities,
    serverInfo: { name: 'unnamed', version: '0', ...serverInfo },
    ...(instructions === null ? {} : { instructions }),
  };
}

/** What the client says of itself in `initialize`, as far as a modern request can carry it. */
export function clientFace(params: unknown): ClientFace {
  const said: JsonObject = isObject(params) ? params : {};
  const { roots, ...others } = sharedCapabilities(objectIn(said, 'capabilities'));
  return {
    // Changes of roots are announced by a notification that the modern revision does not have.
    capabilities: { ...others, ...(roots === undefined ? {} : { roots: {} }) },
    clientInfo: isImplementation(said['clientInfo']) ? said['clientInfo'] : null,
  };
}

/** A child may refuse every request of a client whose description of itself has no name and version. */
function isImplementation(value: unknown): value is JsonObject {
  return isObject(value) && stringIn(value, 'name') !== undefined && stringIn(value, 'version') !== undefined;
}

/** What a legacy client said once, in its handshake, and a modern child has to be told with every request. */
export interface ClientFace {
  readonly capabilities: JsonObject;
  /** Null when it did not say who it is, as it should have. */
  readonly clientInfo: JsonObject | null;
}

/** The client's answers and the state they belong to, for a request that is made again (2026-07-28, basic/patterns/mrtr). */
export interface Retry {
  /** JSON text by name of the input request. */
  readonly answers: ReadonlyMap<string, Buffer>;
  /** JSON text, exactly as the child gave it; undefined when it gave none. */
  readonly requestState: Buffer | undefined;
}

const NOTHING = Buffer.from('{}');

/** A legacy client's request as a modern child expects it: under an id of ours and with the envelope. */
export function towardChild(
  request: Buffer,
  id: number,
  client: ClientFace,
  logLevel: McpLogLevel | null,
  retry: Retry | null,
): Buffer {
  const params = memberOf(request, 'params') ?? NOTHING;
  const meta = memberOf(params, '_meta');
  const envelope = editMembers(meta?.[0] === 0x7b ? meta : NOTHING, envelopeEdits(client, logLevel));
  const edits = new Map<string, Buffer | null>([['_meta', envelope]]);
  if (retry !== null) {
    edits.set('inputResponses', objectText(retry.answers));
    edits.set('requestState', retry.requestState ?? null);
  }
  return editMembers(
    request,
    new Map<string, Buffer | string>([
      ['id', String(id)],
      ['params', editMembers(params, edits)],
    ]),
  );
}

/** The `_meta` of a request of our own. */
export function envelopeOf(client: ClientFace): JsonObject {
  return {
    [META.protocolVersion]: MODERN_REVISION,
    ...(client.clientInfo === null ? {} : { [META.clientInfo]: client.clientInfo }),
    [META.clientCapabilities]: client.capabilities,
  };
}

function envelopeEdits(client: ClientFace, logLevel: McpLogLevel | null): ReadonlyMap<string, string> {
  const envelope = Object.entries(envelopeOf(client));
  if (logLevel !== null) envelope.push([META.logLevel, logLevel]);
  return new Map(envelope.map(([key, value]) => [key, JSON.stringify(value)]));
}

function objectText(members: ReadonlyMap<string, Buffer>): Buffer {
  return Buffer.from(`{${[...members].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`);
}
