import { isObject } from '../../base/schema/index.ts';
import {
  absentFace,
  EMPTY_LISTS,
  faceFromDiscover,
  isLegacyRevision,
  META,
  NEWEST_LEGACY_REVISION,
  UNAVAILABLE,
} from '../../mcp/index.ts';
import {
  editMembers,
  idText,
  type JsonObject,
  memberOf,
  objectIn,
  parsedJson,
  type RequestFrame,
  type ResponseFrame,
  writtenIdIn,
} from '../../mcp/jsonrpc/index.ts';

/** Bytes of an answer that is kept; one with more in it is rare, and can be asked for again. */
const LONGEST = 256 * 1024;

/** The bytes of one that outlives the process. */
const LONGEST_REMEMBERED = 64 * 1024;

/** What a server last said of itself, as far as that outlives the process: results, by the method that asked for them. */
export interface Answers {
  readonly initialize: JsonObject | null;
  readonly discover: JsonObject | null;
}

/** Where answers outlive the process. */
export interface AnswerMemory {
  /** Null where nothing is known of that server at that URL. */
  of(server: string, url: string): Answers | null;
  keep(server: string, url: string, answers: Answers): void;
  /** What was kept is on the disk when this returns, as far as it can be. */
  flush(): void;
}

/** The memory as one server has it. */
export interface OwnMemory {
  readonly answers: Answers | null;
  readonly keep: (answers: Answers) => void;
  /** Texts that must not outlive the process: an answer with one of them in it is not remembered. */
  readonly secrets: () => readonly string[];
}

/** What one remote answered last when it was asked who it is, for the time when it does not answer. */
export class KeptAnswers {
  readonly #memory: OwnMemory | null;
  #initialize: Buffer | null = null;
  #discover: Buffer | null = null;

  constructor(memory: OwnMemory | null = null) {
    this.#memory = memory;
    const { initialize = null, discover = null } = memory?.answers ?? {};
    if (initialize !== null) this.#initialize = Buffer.from(JSON.stringify(initialize));
    if (discover !== null) this.#discover = Buffer.from(JSON.stringify(discover));
  }

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
    const before = method === 'initialize' ? this.#initialize : this.#discover;
    if (before?.equals(result)) return;
    // A copy: what it is a part of may be many times as long.
    const kept = Buffer.from(result);
    if (method === 'initialize') this.#initialize = kept;
    else this.#discover = kept;
    this.#remember();
  }

  /** The last answer to `server/discover` under the id of this request; null when there was none. */
  discoverFor(request: RequestFrame): ResponseFrame | null {
    return this.#discover === null ? null : responseTo(request, this.#discover);
  }

  #remember(): void {
    const memory = this.#memory;
    if (memory === null) return;
    const secrets = memory.secrets();
    const safe = (json: Buffer | null, read: (result: JsonObject) => JsonObject): JsonObject | null => {
      const result = json === null ? null : parsedJson(json);
      if (!isObject(result)) return null;
      const own = read(result);
      const text = JSON.stringify(own);
      const isTold = secrets.some((secret) => text.includes(JSON.stringify(secret).slice(1, -1)));
      return isTold || text.length > LONGEST_REMEMBERED ? null : own;
    };
    memory.keep({ initialize: safe(this.#initialize, ofInitialize), discover: safe(this.#discover, ofDiscover) });
  }
}

/** A result under the id of the request that it answers. */
export function responseTo({ id, bytes }: RequestFrame, result: Buffer): ResponseFrame {
  const written = writtenIdIn(bytes, id) ?? idText(id);
  return { kind: 'response', id, bytes: Buffer.from(`{"jsonrpc":"2.0","id":${written},"result":${result}}`) };
}

/** The members that the protocol has. What a server adds may be of one session. */
function ofInitialize(result: JsonObject): JsonObject {
  return picked(result, ['protocolVersion', 'capabilities', 'serverInfo', 'instructions']);
}

function ofDiscover(result: JsonObject): JsonObject {
  const serverInfo = objectIn(result, '_meta')[META.serverInfo];
  return {
    ...picked(result, ['resultType', 'supportedVersions', 'capabilities', 'instructions', 'ttlMs', 'cacheScope']),
    ...(serverInfo === undefined ? {} : { _meta: { [META.serverInfo]: serverInfo } }),
  };
}

function picked(result: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.flatMap((name) => (result[name] === undefined ? [] : [[name, result[name]]])));
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
