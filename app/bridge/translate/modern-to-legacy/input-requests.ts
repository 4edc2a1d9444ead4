import { isObject } from '../../../base/schema/index.ts';
import { META } from '../../../mcp/index.ts';
import { editMembers, type JsonObject, memberOf, objectIn, parsedJson } from '../../../mcp/jsonrpc/index.ts';
import type { Ask } from './call.ts';

/** Members of a legacy ask that the modern one does not have: tasks, and the id of a later notification. */
const LEGACY_ONLY = new Map<string, null>([
  ['_meta', null],
  ['task', null],
  ['elicitationId', null],
]);

/** The `input_required` result that carries the questions (2026-07-28, basic/patterns/mrtr, InputRequiredResult). */
export function inputRequiredText(idText: Buffer, asks: readonly Ask[], state: string, serverInfo: JsonObject): Buffer {
  const requests = asks.map(
    ({ key, method, params }) => `${JSON.stringify(key)}:{"method":${JSON.stringify(method)},"params":${params}}`,
  );
  const meta = JSON.stringify({ [META.serverInfo]: serverInfo });
  const result = `{"resultType":"input_required","inputRequests":{${requests.join(',')}},"requestState":${JSON.stringify(state)},"_meta":${meta}}`;
  return Buffer.from(`{"jsonrpc":"2.0","id":${idText},"result":${result}}`);
}

/** The params of a child's ask in modern form, as JSON text. */
export function modernAskParams(params: Buffer | undefined): Buffer {
  return editMembers(params ?? Buffer.from('{}'), LEGACY_ONLY);
}

/** The client's answer to one question as JSON text; undefined when it is missing or no object. */
export function answerTo(ask: Ask, request: Buffer): Buffer | undefined {
  const params = memberOf(request, 'params');
  const responses = params && memberOf(params, 'inputResponses');
  const answer = responses && memberOf(responses, ask.key);
  return answer?.[0] === 0x7b ? answer : undefined;
}

/** The pages a 2025-11-25 server wants opened first (-32042, `error.data.elicitations`), as questions of the modern era. */
export function urlQuestions(response: Buffer): Ask[] {
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
