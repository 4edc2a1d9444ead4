import {
  absentFace,
  EMPTY_LISTS,
  faceFromDiscover,
  isLegacyRevision,
  NEWEST_LEGACY_REVISION,
  UNAVAILABLE,
} from '../../mcp/index.ts';
import {
  editMembers,
  idText,
  type JsonObject,
  memberOf,
  parsedJson,
  type RequestFrame,
  type ResponseFrame,
  writtenIdIn,
} from '../../mcp/jsonrpc/index.ts';

/** Bytes of an answer that is kept; one with more in it is rare, and can be asked for again. */
const LONGEST = 256 * 1024;

/** What one remote answered last when it was asked who it is, for the time when it does not answer. */
export class KeptAnswers {
  #initialize: Buffer | null = null;
  #discover: Buffer | null = null;

  /** The result of `initialize` as JSON text: the last one, or what a modern server said of itself. Null when neither is known. */
  get initialize(): Buffer | null {
    if (this.#initialize !== null || this.#discover === null) return this.#initialize;
    const face = faceFromDiscover(parsedJson(this.#discover));
    if (face === null) return null;
    const { instructions, ...rest } = face;
    return Buffer.from(JSON.stringify(instructions === null ? rest : face));
  }

  /** Takes note of an answer of the remote; an error is none. */
  keep(method: 'initialize' | 'server/discover', answer: ResponseFrame): void {
    const result = memberOf(answer.bytes, 'result');
    if (result === undefined || result.length > LONGEST) return;
    // A copy: what it is a part of may be many times as long.
    const kept = Buffer.from(result);
    if (method === 'initialize') this.#initialize = kept;
    else this.#discover = kept;
  }

  /** The last answer to `server/discover` under the id of this request; null when there was none. */
  discoverFor(request: RequestFrame): ResponseFrame | null {
    return this.#discover === null ? null : response(request, this.#discover);
  }
}

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
  return response(request, editMembers(initialize ?? Buffer.from(JSON.stringify(absentFace(server, why))), edits));
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
  return result === undefined ? null : response(request, Buffer.from(JSON.stringify(result)));
}

function response({ id, bytes }: RequestFrame, result: Buffer): ResponseFrame {
  const written = writtenIdIn(bytes, id) ?? idText(id);
  return { kind: 'response', id, bytes: Buffer.from(`{"jsonrpc":"2.0","id":${written},"result":${result}}`) };
}
