import { absentFace, EMPTY_LISTS, isLegacyRevision, NEWEST_LEGACY_REVISION, UNAVAILABLE } from '../../mcp/index.ts';
import {
  editMembers,
  type JsonObject,
  memberOf,
  parsedJson,
  type RequestFrame,
  type ResponseFrame,
} from '../../mcp/jsonrpc/index.ts';
import { type KeptAnswers, responseTo } from './kept-answers.ts';

/**
 * The answer to `initialize` in the place of a remote that is not there: clients ask once, when they start, and give a server up that
 * fails then. Its last one if it is known, else one that announces lists which are empty and will change. `why` is a sentence.
 */
export function standInForInitialize(
  request: RequestFrame,
  { initialize }: KeptAnswers,
  server: string,
  why: string,
): ResponseFrame {
  const params = memberOf(request.bytes, 'params');
  const asked = params && parsedJson(memberOf(params, 'protocolVersion'));
  const revision = typeof asked === 'string' && isLegacyRevision(asked) ? asked : NEWEST_LEGACY_REVISION;
  const edits = new Map([
    ['protocolVersion', JSON.stringify(revision)],
    ['_meta', JSON.stringify({ [UNAVAILABLE]: why })],
  ]);
  const result = editMembers(initialize ?? Buffer.from(JSON.stringify(absentFace(server, why))), edits);
  return { ...responseTo(request, result), isStandIn: true };
}

/** What is answered while the remote has not been there yet, by method: nothing is in the lists, and what is set up is for later. */
const ANSWERS: Readonly<Record<string, JsonObject>> = {
  ...EMPTY_LISTS,
  ping: {},
  'logging/setLevel': {},
  'resources/subscribe': {},
  'resources/unsubscribe': {},
};

/** The answer to a request of a session whose remote has not been there yet; null for one that only the remote can answer. */
export function standInFor(request: RequestFrame): ResponseFrame | null {
  const result = Object.hasOwn(ANSWERS, request.method) ? ANSWERS[request.method] : undefined;
  if (result === undefined) return null;
  return { ...responseTo(request, Buffer.from(JSON.stringify(result))), isStandIn: true };
}
