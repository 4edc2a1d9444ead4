import { META, missingCapability } from '../../../mcp/index.ts';
import { CODE, editMembers, httpStatusOf, type JsonObject, memberOf, parsedJson } from '../../../mcp/jsonrpc/index.ts';
import type { ModernRequest, Reply } from '../request.ts';
import { refuse } from '../request.ts';
import { missingFor } from '../server-requests.ts';
import type { Call, Waiting } from './call.ts';
import { inputRequiredText, urlQuestions } from './input-requests.ts';
import type { SuspendedCalls } from './suspended-calls.ts';

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
export function towardClient(response: Buffer, method: string, idText: Buffer, serverInfo: JsonObject): ModernResponse {
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
    const error = modernError(memberOf(response, 'error'));
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
function modernError(error: Buffer | undefined): { readonly code: number; readonly text: Buffer | string } {
  if (error?.[0] !== 0x7b) {
    const message = 'The server answered with neither a result nor an error.';
    return { code: CODE.internalError, text: JSON.stringify({ code: CODE.internalError, message }) };
  }
  const given = parsedJson(memberOf(error, 'code'));
  const known = typeof given === 'number' ? given : CODE.internalError;
  const code = known === CODE.legacyResourceNotFound ? CODE.invalidParams : known;
  const edits = new Map([['code', String(code)]]);
  if (typeof parsedJson(memberOf(error, 'message')) !== 'string') edits.set('message', '""');
  return { code, text: editMembers(error, edits) };
}

/**
 * Answers a call with the child's response. Two legacy outcomes have another form in the modern era: a call that failed
 * for want of a capability says so with -32021 (2026-07-28, basic/index, Per-request protocol fields), and the demand to
 * open a page first (-32042 of 2025-11-25) becomes a question, after which the call is made anew by `again`.
 */
export function finish(
  call: Pick<Call, 'request' | 'refused'>,
  reply: Reply,
  response: Buffer,
  serverInfo: JsonObject,
  parking: SuspendedCalls<Waiting>,
  again: (request: ModernRequest, reply: Reply) => void,
): void {
  const { request } = call;
  if (call.refused !== null && hasFailed(response)) {
    refuse(reply, request.idText, missingCapability(call.refused));
    return;
  }
  const { bytes, errorCode } = towardClient(response, request.method, request.idText, serverInfo);
  if (errorCode === CODE.legacyUrlElicitationRequired) askToOpen(request, reply, response, serverInfo, parking, again);
  else reply.respond(bytes, errorCode === null ? 200 : httpStatusOf(errorCode, request.aboutName));
}

function askToOpen(
  request: ModernRequest,
  reply: Reply,
  response: Buffer,
  serverInfo: JsonObject,
  parking: SuspendedCalls<Waiting>,
  again: (request: ModernRequest, reply: Reply) => void,
): void {
  const missing = missingFor('elicitation/create', { mode: 'url' }, request.envelope.capabilities);
  if (missing !== null) {
    refuse(reply, request.idText, missingCapability(missing));
    return;
  }
  const questions = urlQuestions(response);
  if (questions.length === 0 || parking.full) {
    const message = 'The server asks to open a page first, but it can not be passed on.';
    refuse(reply, request.idText, { code: CODE.internalError, message });
    return;
  }
  const state = parking.park({ resume: again }, request, () => undefined);
  reply.respond(inputRequiredText(request.idText, questions, state, serverInfo), 200);
}

/** An error, or a tool's result that says it is one. */
function hasFailed(response: Buffer): boolean {
  const result = memberOf(response, 'result');
  return result === undefined || parsedJson(memberOf(result, 'isError')) === true;
}
