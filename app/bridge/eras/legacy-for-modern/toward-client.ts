import { editMembers, type JsonObject, memberOf, parsedJson } from '../../frame/index.ts';
import { CODE } from '../error-codes.ts';
import { META } from '../meta-keys.ts';

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
