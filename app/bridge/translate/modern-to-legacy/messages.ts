import { isObject } from '../../../base/schema/index.ts';
import type { Text } from '../../../i18n/index.ts';
import { META, messageText, NEWEST_LEGACY_REVISION } from '../../../mcp/index.ts';
import {
  CODE,
  editMembers,
  type JsonObject,
  type JsonRpcId,
  memberOf,
  objectIn,
  parsedJson,
} from '../../../mcp/jsonrpc/index.ts';
import type { ServerRequestMethod } from '../interactivity.ts';
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

/** Members of `params` that exist only in the modern revision. */
const MODERN_PARAMS = ['inputResponses', 'requestState'] as const;

/**
 * A modern request as a legacy child expects it: our id, our progress token where one was wanted, and nothing of the
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

/** A request of the child's that only the client can answer. */
export interface ServerRequest {
  /** Its name in `inputRequests`. */
  readonly key: string;
  /** The id the child waits under. */
  readonly childId: JsonRpcId;
  readonly method: ServerRequestMethod;
  /** JSON text. */
  readonly params: Buffer;
}

/** Members of a legacy server request that an input request does not have: tasks, and the id of a later notification. */
const LEGACY_ONLY = new Map<string, null>([
  ['_meta', null],
  ['task', null],
  ['elicitationId', null],
]);

/** The `input_required` result that carries the server requests (2026-07-28, basic/patterns/mrtr, InputRequiredResult). */
export function inputRequiredText(
  idText: Buffer,
  serverRequests: readonly ServerRequest[],
  state: string,
  serverInfo: JsonObject,
): Buffer {
  const requests = serverRequests.map(
    ({ key, method, params }) => `${JSON.stringify(key)}:{"method":${JSON.stringify(method)},"params":${params}}`,
  );
  const meta = JSON.stringify({ [META.serverInfo]: serverInfo });
  const result = `{"resultType":"input_required","inputRequests":{${requests.join(',')}},"requestState":${JSON.stringify(state)},"_meta":${meta}}`;
  return Buffer.from(`{"jsonrpc":"2.0","id":${idText},"result":${result}}`);
}

/** The params of a server request in modern form, as JSON text. */
export function modernParams(params: Buffer | undefined): Buffer {
  return editMembers(params ?? Buffer.from('{}'), LEGACY_ONLY);
}

/** The client's answer to one server request as JSON text; undefined when it is missing or no object. */
export function answerTo(serverRequest: ServerRequest, request: Buffer): Buffer | undefined {
  const params = memberOf(request, 'params');
  const responses = params && memberOf(params, 'inputResponses');
  const answer = responses && memberOf(responses, serverRequest.key);
  return answer?.[0] === 0x7b ? answer : undefined;
}

/** The pages a 2025-11-25 server wants opened first (-32042, `error.data.elicitations`), as input requests. */
export function pageRequests(response: Buffer): ServerRequest[] {
  const error = parsedJson(memberOf(response, 'error'));
  const listed: unknown = isObject(error) ? objectIn(error, 'data')['elicitations'] : null;
  if (!Array.isArray(listed)) return [];
  return listed.filter(isObject).map(({ message, url }, index) => ({
    key: `elicitation_${index + 1}`,
    childId: null,
    method: 'elicitation/create',
    params: Buffer.from(JSON.stringify({ mode: 'url', message, url })),
  }));
}

/** Results that must say how long they may be kept (2026-07-28, server/utilities/caching, Cacheable Results). */
const CACHEABLE = new Set([
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
]);

const NO_META = Buffer.from('{}');

/** The response a modern client gets, and the code of its error if it is one. */
export interface ModernResponse {
  readonly bytes: Buffer;
  readonly errorCode: number | null;
}

/**
 * A legacy child's response as a modern client expects it: under the client's id, complete, signed with the server's name,
 * and not to be cached, because nothing a legacy child says tells for how long or for whom it holds.
 */
export function towardClient(
  response: Buffer,
  { method, idText }: ModernRequest,
  serverInfo: JsonObject,
  words: Text['bridge']['translation'],
): ModernResponse {
  const result = memberOf(response, 'result');
  // Whichever of the two it is, the other one goes: some servers write `"error":null` beside a result.
  const edits = new Map<string, Buffer | string | null>([
    ['id', idText],
    ['result', null],
    ['error', null],
  ]);
  let errorCode: number | null = null;
  if (result?.[0] === 0x7b) {
    edits.set('result', modernResult(result, method, serverInfo));
  } else {
    const error = modernError(memberOf(response, 'error'), words);
    edits.set('error', error.text);
    errorCode = error.code;
  }
  return { bytes: editMembers(response, edits), errorCode };
}

function modernResult(result: Buffer, method: string, serverInfo: JsonObject): Buffer {
  const meta = memberOf(result, '_meta');
  const signature = new Map([[META.serverInfo, JSON.stringify(serverInfo)]]);
  const edits = new Map<string, Buffer | string>([
    ['resultType', '"complete"'],
    ['_meta', editMembers(meta?.[0] === 0x7b ? meta : NO_META, signature)],
  ]);
  if (CACHEABLE.has(method)) {
    edits.set('ttlMs', '0');
    edits.set('cacheScope', '"private"');
  }
  return editMembers(result, edits);
}

/** Codes that later revisions took back are replaced (2026-07-28, basic/index, Error Codes). */
function modernError(
  error: Buffer | undefined,
  words: Text['bridge']['translation'],
): { readonly code: number; readonly text: Buffer | string } {
  if (error?.[0] !== 0x7b) {
    const message = words.neitherResultNorError;
    return { code: CODE.internalError, text: JSON.stringify({ code: CODE.internalError, message }) };
  }
  const given = parsedJson(memberOf(error, 'code'));
  const known = typeof given === 'number' ? given : CODE.internalError;
  const code = known === CODE.legacyResourceNotFound ? CODE.invalidParams : known;
  const edits = new Map([['code', String(code)]]);
  if (typeof parsedJson(memberOf(error, 'message')) !== 'string') edits.set('message', '""');
  return { code, text: editMembers(error, edits) };
}
