import { isObject } from '../../../schema/index.ts';
import { type JsonRpcError, memberOf, parsedJson } from '../../frame/index.ts';
import { type AskMethod, isAskMethod, missingFor } from '../asks.ts';
import type { ClientFace, Retry } from './toward-child.ts';

/** How often a child may ask before one call is given up; what the official SDK's client takes. */
export const ROUND_LIMIT = 10;

/** A question of the child's for the client. */
export interface Question {
  readonly key: string;
  readonly method: AskMethod;
  /** JSON text. */
  readonly params: Buffer;
}

/** A child's `input_required` result. */
export interface InputRequired {
  readonly questions: readonly Question[];
  readonly requestState: Retry['requestState'];
}

/** Reads a child's response; null when it is no `input_required`. */
export function inputRequired(response: Buffer): InputRequired | null {
  const result = memberOf(response, 'result');
  if (result === undefined || parsedJson(memberOf(result, 'resultType')) !== 'input_required') return null;
  const requests = memberOf(result, 'inputRequests');
  const questions: Question[] = [];
  for (const key of Object.keys(Object(parsedJson(requests)))) {
    const request = requests && memberOf(requests, key);
    const method = request && parsedJson(memberOf(request, 'method'));
    if (request === undefined || typeof method !== 'string' || !isAskMethod(method)) continue;
    questions.push({ key, method, params: memberOf(request, 'params') ?? Buffer.from('{}') });
  }
  return { questions, requestState: memberOf(result, 'requestState') };
}

/** Why the client can not be asked this; null when it can. */
export function unaskable(question: Question, { capabilities }: ClientFace): string | null {
  const params = parsedJson(question.params);
  const missing = missingFor(question.method, isObject(params) ? params : {}, capabilities);
  return missing === null ? null : `The server asks for ${question.method}, which the client does not support.`;
}

/**
 * The answer to a question in what the client has responded; an error where that ends the call. The modern era has no
 * error in the place of an answer: a form that could not be shown counts as closed.
 */
export function answerIn(question: Question, response: Buffer): Buffer | JsonRpcError {
  const result = memberOf(response, 'result');
  if (result?.[0] === 0x7b) return result;
  if (question.method === 'elicitation/create') return Buffer.from('{"action":"cancel"}');
  const error = parsedJson(memberOf(response, 'error'));
  const message = isObject(error) && typeof error['message'] === 'string' ? error['message'] : 'No answer.';
  const code = isObject(error) && typeof error['code'] === 'number' ? error['code'] : -32603;
  return { code, message };
}
