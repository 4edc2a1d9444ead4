import { editMembers, type JsonObject, memberOf } from '../../frame/index.ts';
import type { McpLogLevel } from '../envelope.ts';
import { META } from '../meta-keys.ts';
import { MODERN_REVISION } from '../revisions.ts';

/** What a legacy client said once, in its handshake, and a modern child has to be told with every request. */
export interface ClientFace {
  readonly capabilities: JsonObject;
  /** Null when it did not say who it is, as it should have. */
  readonly clientInfo: JsonObject | null;
}

/** The client's answers and the state they belong to, for a request that is made again (2026-07-28, basic/patterns/mrtr). */
export interface Retry {
  /** JSON text by name of the question. */
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
