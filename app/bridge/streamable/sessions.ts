import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject } from '../../base/schema/index.ts';
import { targetIn } from '../../inspect/index.ts';
import { hasBatches, isLegacyRevision, isModernRevision, NEWEST_LEGACY_REVISION } from '../../mcp/index.ts';
import {
  CODE,
  editMembers,
  elementsOf,
  emptyResult,
  idIn,
  type JsonObject,
  type JsonRpcId,
  LONGEST_ID,
  memberOf,
  writtenIdIn,
} from '../../mcp/jsonrpc/index.ts';
import type { Server } from '../../servers/index.ts';
import { admit } from '../admission.ts';
import { type BridgeContext, EndedSessions, type SessionFacts } from '../context.ts';
import {
  answerEmpty,
  answerJson,
  BATCH_MESSAGES,
  type HttpExchange,
  type HttpFault,
  type JsonBody,
  methodNotAllowed,
  respondWithFault,
} from '../http/index.ts';
import { eventPosition } from './replay.ts';
import { type ClientMessage, type ClientRequest, Session } from './session.ts';
import { acceptedBy } from './session-streams.ts';

const INVALID = { status: 400, code: CODE.invalidRequest } as const;
const BAD = { status: 400, code: CODE.badRequest } as const;

/** What can be wrong with a request to a session. The status codes are those of the official transport: clients act on them. */
const SESSION_FAULTS = {
  holdsNoMessage: INVALID,
  noSession: BAD,
  initializedAlready: INVALID,
  initializeAlone: INVALID,
  badRevision: BAD,
  noBatches: INVALID,
  longBatch: INVALID,
  usedId: INVALID,
  badEventId: BAD,
  notAcceptable: { status: 406, code: CODE.badRequest },
} as const;

/** The session-keeping half of a server's `/mcp`: 2025-03-26 to 2025-11-25. */
export class Sessions {
  readonly #server: Server;
  readonly #context: BridgeContext;
  readonly #sessions = new Map<string, Session>();
  readonly #ended = new EndedSessions();

  constructor(server: Server, context: BridgeContext) {
    this.#server = server;
    this.#context = context;
  }

  facts(): readonly SessionFacts[] {
    return [...this.#sessions.values()].map((session) => session.facts());
  }

  /** Oldest first. */
  evictable(): Iterable<Session> {
    return this.#sessions.values();
  }

  /** The session a request names, if it is its caller's. Another principal's is as good as gone. */
  named({ request, caller }: HttpExchange): Session | undefined {
    const id = request.headers['mcp-session-id'];
    const session = typeof id === 'string' ? this.#sessions.get(id) : undefined;
    return session?.principal === caller.principal ? session : undefined;
  }

  /** `named` is the session that the request named when its head came; it may have ended since. */
  post(exchange: HttpExchange, body: JsonBody, named: Session | undefined): void {
    const session = named?.isClosed === true ? undefined : named;
    if (Array.isArray(body.value) && body.value.length > BATCH_MESSAGES) {
      respondWithFault(exchange.response, this.#fault('longBatch'));
      return;
    }
    const messages = clientMessages(body);
    if (messages === null) {
      respondWithFault(exchange.response, this.#fault('holdsNoMessage'));
      return;
    }
    const requests = messages.filter((message) => message.kind === 'request');
    const [only] = requests;
    const fault = requests.some((request) => request.revision !== undefined)
      ? this.#initialize(exchange, messages, session)
      : this.#toSession(exchange, session, messages, requests, Array.isArray(body.value));
    if (fault !== null) respondWithFault(exchange.response, fault, requests.length === 1 ? (only?.id ?? null) : null);
  }

  get(exchange: HttpExchange): void {
    const fault = this.#watch(exchange);
    if (fault !== null) respondWithFault(exchange.response, fault);
  }

  delete(exchange: HttpExchange): void {
    const found = isWithoutSessions(exchange.request)
      ? methodNotAllowed('POST', this.#context.text())
      : this.#usable(exchange, this.named(exchange));
    if (found instanceof Session) {
      found.close();
      answerEmpty(exchange.response, 200);
    } else {
      respondWithFault(exchange.response, found);
    }
  }

  close(): void {
    for (const session of this.#sessions.values()) session.close();
  }

  #toSession(
    exchange: HttpExchange,
    named: Session | undefined,
    messages: readonly ClientMessage[],
    requests: readonly ClientRequest[],
    isBatch: boolean,
  ): HttpFault | null {
    const session = this.#usable(exchange, named);
    if (!(session instanceof Session)) return session;
    if (isBatch && !hasBatches(session.revision)) return this.#fault('noBatches');
    if (requests.length === 0) {
      session.tell(messages);
      acknowledge(exchange.response, messages);
      return null;
    }
    const accepted = acceptedBy(exchange.request.headers.accept);
    if (!accepted.json && !accepted.stream) return this.#fault('notAcceptable');
    const ids = new Set<JsonRpcId>(requests.map(({ id }) => id));
    if (ids.size < requests.length || requests.some(({ id }) => session.awaits(id))) return this.#fault('usedId');
    session.request(messages, exchange.response, accepted, isBatch, exchange.arrivedAt);
    return null;
  }

  /** A new session with a child of its own, if `initialize` is all the POST says. */
  #initialize(
    exchange: HttpExchange,
    messages: readonly ClientMessage[],
    named: Session | undefined,
  ): HttpFault | null {
    const { latency, changed } = this.#context;
    const [first] = messages;
    if (messages.length > 1 || first?.kind !== 'request') return this.#fault('initializeAlone');
    // An id from before our last start, or an empty one, is no reason to turn a client away that begins anew. It is not taken over.
    if (named !== undefined) return this.#fault('initializedAlready');
    const accepted = acceptedBy(exchange.request.headers.accept);
    if (!accepted.json && !accepted.stream) return this.#fault('notAcceptable');
    const { name } = this.#server;
    const admitted = admit(this.#server, this.#context, exchange.caller.principal, exchange.scope);
    if ('fault' in admitted) return admitted.fault;
    const session = new Session({
      id: randomBytes(32).toString('base64url'),
      principal: exchange.caller.principal,
      server: name,
      log: this.#server.log,
      peer: admitted.peer,
      revision: first.revision ?? '',
      context: this.#context,
      closed: ({ id, principal }, reason) => {
        if (reason !== null) this.#ended.add(id, principal, reason);
        this.#sessions.delete(id);
        admitted.leave();
        changed();
      },
    });
    this.#sessions.set(session.id, session);
    latency.sessionsOpened++;
    session.request([withKnownRevision(first)], exchange.response, accepted, false, exchange.arrivedAt);
    changed();
    return null;
  }

  #watch(exchange: HttpExchange): HttpFault | null {
    const { request, response } = exchange;
    if (isWithoutSessions(request)) return methodNotAllowed('POST', this.#context.text());
    if (!acceptedBy(request.headers.accept).stream) return this.#fault('notAcceptable');
    const session = this.#usable(exchange, this.named(exchange));
    if (!(session instanceof Session)) return session;
    const lastEventId = request.headers['last-event-id'];
    if (typeof lastEventId !== 'string') {
      session.watch(response);
      return null;
    }
    const position = eventPosition(lastEventId);
    const outcome = position === null ? 'lost' : session.resume(position, response);
    // 204 is how a server tells an event source to stop asking (HTML living standard, Server-sent events).
    if (outcome === 'over') answerEmpty(response, 204);
    return outcome === 'lost' ? this.#fault('badEventId') : null;
  }

  #fault(kind: keyof typeof SESSION_FAULTS): HttpFault {
    const { status, code } = SESSION_FAULTS[kind];
    const words = this.#context.text().bridge.invalid;
    const message = kind === 'longBatch' ? words.longBatch(BATCH_MESSAGES) : words[kind];
    return { status, error: { code, message } };
  }

  /** The session, if it is there and speaks the revision the request names. */
  #usable(exchange: HttpExchange, session: Session | undefined): Session | HttpFault {
    const { headers } = exchange.request;
    if (session === undefined) {
      const id = headers['mcp-session-id'];
      return id === undefined ? this.#fault('noSession') : this.#ended.fault(id, exchange.caller.principal);
    }
    const revision = headers['mcp-protocol-version'];
    if (revision === undefined || revision === session.revision) return session;
    const named = typeof revision === 'string' ? revision.trim() : '';
    return named === '' || isLegacyRevision(named) ? session : this.#fault('badRevision');
  }
}

/**
 * `initialize` as the server gets it. A server that repeats whatever name it is asked for would agree with its client on a revision
 * that we cannot carry: a draft, or a modern one, whose requests belong to no session.
 */
function withKnownRevision(initialize: ClientRequest): ClientRequest {
  if (isLegacyRevision(initialize.revision ?? '')) return initialize;
  const params = memberOf(initialize.json, 'params');
  const asked = JSON.stringify(NEWEST_LEGACY_REVISION);
  const known = editMembers(params?.[0] === 0x7b ? params : Buffer.from('{}'), new Map([['protocolVersion', asked]]));
  return { ...initialize, json: editMembers(initialize.json, new Map([['params', known]])) };
}

/**
 * 202 without a body (2025-11-25 transports). A notification that came with an id is a request to its sender: it went to the
 * server without the id, and its client is not left waiting.
 */
function acknowledge(response: ServerResponse, messages: readonly ClientMessage[]): void {
  const [stray] = messages.flatMap((message) => (message.kind === 'statement' ? (message.strayId ?? []) : []));
  if (stray === undefined || messages.length > 1) answerEmpty(response, 202);
  else answerJson(response, 200, emptyResult(stray).bytes);
}

/** A client of a modern revision, which knows POST only, has sent a GET or DELETE. */
function isWithoutSessions({ headers }: IncomingMessage): boolean {
  const { 'mcp-session-id': session, 'mcp-protocol-version': revision } = headers;
  return session === undefined && typeof revision === 'string' && isModernRevision(revision.trim());
}

/** The messages of a body, in order; null when something in it is none. */
function clientMessages({ value, line }: JsonBody): readonly ClientMessage[] | null {
  if (!Array.isArray(value)) {
    const message = clientMessage(value, line);
    return message === null ? null : [message];
  }
  const lines = elementsOf(line);
  const messages = value.flatMap((element: unknown, index) => clientMessage(element, lines[index] ?? line) ?? []);
  return messages.length === value.length && messages.length > 0 ? messages : null;
}

function clientMessage(value: unknown, json: Buffer): ClientMessage | null {
  if (!isObject(value)) return null;
  const { method, id, params } = value;
  if (typeof method !== 'string') {
    return 'result' in value || 'error' in value
      ? { kind: 'statement', method: null, json, cancels: undefined, strayId: undefined }
      : null;
  }
  if (id === undefined || method.startsWith('notifications/')) {
    const written = memberOf(json, 'id');
    return {
      kind: 'statement',
      method,
      json: written === undefined ? json : editMembers(json, new Map([['id', null]])),
      cancels: method === 'notifications/cancelled' ? idIn(memberOf(json, 'params'), 'requestId') : undefined,
      strayId: typeof id === 'string' || typeof id === 'number' ? written : undefined,
    };
  }
  const exact = idIn(json, 'id');
  if (exact === undefined) return null;
  const given = isObject(params) ? params : {};
  const progressToken = isObject(given['_meta']) ? progressTokenIn(json, given['_meta']) : undefined;
  const asked = given['protocolVersion'];
  const revision = method === 'initialize' ? (typeof asked === 'string' ? asked : '') : undefined;
  const target = targetIn(method, given);
  const writtenId = writtenIdIn(json, exact);
  return { kind: 'request', method, target, json, id: exact, writtenId, progressToken, revision };
}

/** Numbers that JSON.parse may have rounded are read from the text. */
function progressTokenIn(json: Buffer, { progressToken }: JsonObject): JsonRpcId | undefined {
  if (typeof progressToken === 'string') {
    return progressToken.length > LONGEST_ID ? undefined : progressToken.toWellFormed();
  }
  if (typeof progressToken !== 'number') return undefined;
  if (Number.isSafeInteger(progressToken)) return progressToken;
  const params = memberOf(json, 'params');
  return idIn(params && memberOf(params, '_meta'), 'progressToken');
}
