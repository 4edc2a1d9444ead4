import { type JsonObject, memberOf, parsedJson } from '../../frame/index.ts';
import { missingCapability, refuse } from '../answers.ts';
import { missingFor } from '../asks.ts';
import { CODE, httpStatusOf } from '../error-codes.ts';
import type { ModernRequest } from '../modern-request.ts';
import type { Reply } from '../reply.ts';
import type { Call, Waiting } from './call.ts';
import type { Parking } from './parking.ts';
import { inputRequiredText, urlQuestions } from './questions.ts';
import { towardClient } from './toward-client.ts';

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
  parking: Parking<Waiting>,
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
  parking: Parking<Waiting>,
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
