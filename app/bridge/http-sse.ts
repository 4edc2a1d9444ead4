import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Log } from '../base/log.ts';
import { CODE, elementsOf, type FrameHead, scanHead } from '../mcp/jsonrpc/index.ts';
import { endError, type Peer, type Server } from '../servers/index.ts';
import { type Admitted, open } from './admission.ts';
import { type BridgeContext, EndedSessions, type SessionFacts } from './context.ts';
import {
  answerEmpty,
  BATCH_MESSAGES,
  bodyRefused,
  EventStream,
  type HttpExchange,
  type JsonBody,
  jsonBody,
  methodNotAllowed,
  readBody,
  respondWithFault,
  unreadable,
} from './http/index.ts';
import { OneStreamSession } from './one-stream-session.ts';

/**
 * A path of plain segments, none of them `.` or `..`: anything else (`//host`, a query, an escape of any kind, a line break) could
 * lead the client elsewhere or begin an event of its own.
 */
const PREFIX = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+\/?$/;
/** Letters of a prefix at most. */
const PREFIX_LIMIT = 256;

/** X-Forwarded-Prefix as it goes before our paths; nothing where it is none, or there are several of them. */
function prefixOf(forwarded: string | string[] | undefined): string {
  const isPlain = typeof forwarded === 'string' && forwarded.length <= PREFIX_LIMIT && PREFIX.test(forwarded);
  return isPlain ? forwarded.replace(/\/$/, '') : '';
}

/**
 * The first event of a stream: where to post to, relative to the origin the client used (2024-11-05 transports, HTTP with SSE).
 * Behind a reverse proxy that serves us under a path, X-Forwarded-Prefix names that path.
 */
function endpointEvent(
  messagesPath: string,
  sessionId: string,
  forwardedPrefix: string | string[] | undefined,
): string {
  return `event: endpoint\ndata: ${prefixOf(forwardedPrefix)}${messagesPath}?session_id=${sessionId}\n\n`;
}

/** One GET /sse with the server behind it (2024-11-05), found by its id when messages are posted. */
class SseSession extends OneStreamSession {
  readonly id: string;
  readonly principal: string;

  constructor(id: string, principal: string, peer: Peer, stream: EventStream, log: Log, context: BridgeContext) {
    super('http-sse', peer, stream, log, context);
    this.id = id;
    this.principal = principal;
  }
}

/**
 * HTTP+SSE, revision 2024-11-05, in front of one server. The revision fixes two endpoints and two kinds of event and no
 * status codes; those are what its clients act on: 202 for a message taken, 404 for a session that is not there.
 */
export class HttpSse {
  readonly #server: Server;
  readonly #context: BridgeContext;
  readonly #sessions = new Map<string, SseSession>();
  readonly #ended = new EndedSessions();

  constructor(server: Server, context: BridgeContext) {
    this.#server = server;
    this.#context = context;
  }

  sessions(): readonly SessionFacts[] {
    return [...this.#sessions.values()].map((session) => session.facts());
  }

  /** GET /sse -> a child of its own; `endpoint` event, then `message` events until either side leaves. */
  open(exchange: HttpExchange, messagesPath: string): void {
    const { request, response, caller, scope } = exchange;
    if (request.method !== 'GET') {
      respondWithFault(response, methodNotAllowed('GET', this.#context.text()));
      return;
    }
    open(
      this.#server,
      this.#context,
      { principal: caller.principal, scope },
      {
        isGone: () => response.destroyed,
        begin: (admitted) => this.#begin(exchange, admitted, messagesPath),
        refuse: (fault) => respondWithFault(response, fault),
      },
    );
  }

  /** POST /messages?session_id=… -> the child's stdin; 202. */
  post(exchange: HttpExchange): void {
    const { request, response, caller, arrivedAt } = exchange;
    const { text, limits, messages } = this.#context;
    const id = sessionIdOf(request.url ?? '');
    const session = this.#sessions.get(id);
    if (request.method !== 'POST') {
      respondWithFault(response, methodNotAllowed('POST', text()));
    } else if (session === undefined || session.principal !== caller.principal) {
      respondWithFault(response, this.#ended.fault(id, caller.principal));
    } else {
      session.whenReady(() => {
        const limit = limits().messageBytes;
        readBody(request, limit, messages, (body) => {
          if (body.kind === 'whole') this.#take(session, body.bytes, response, arrivedAt);
          else respondWithFault(response, bodyRefused(body.kind, limit, text()));
        });
      });
    }
  }

  /** Ends every session. */
  close(): void {
    const message = this.#context.text().servers.ended.closed(this.#server.name);
    for (const session of this.#sessions.values()) session.finish({ code: CODE.internalError, message });
    this.#sessions.clear();
  }

  #begin({ request, response, caller }: HttpExchange, { peer, leave }: Admitted, messagesPath: string): void {
    const id = randomBytes(32).toString('base64url');
    const { ticker, times, latency, text, changed } = this.#context;
    const listener = {
      congested: () => peer.pause(),
      drained: () => session.drainedToClient(),
      closed: () => this.#closed(session, leave),
    };
    const stream = new EventStream(response, [], listener, ticker, times);
    const session: SseSession = new SseSession(id, caller.principal, peer, stream, this.#server.log, this.#context);
    this.#sessions.set(id, session);
    latency.sessionsOpened++;
    stream.sendText(endpointEvent(messagesPath, id, request.headers['x-forwarded-prefix']));
    peer.listen({
      frames: (frames) => session.relay(frames),
      drained: () => session.drainedToServer(),
      ended: (end) => {
        if (!this.#sessions.delete(id)) return;
        const error = endError(this.#server.name, end, text());
        if (!end.asked) this.#ended.add(id, caller.principal, error.message);
        session.finish(error);
      },
    });
    changed();
  }

  #closed(session: SseSession, leave: () => void): void {
    this.#sessions.delete(session.id);
    leave();
    session.release();
    this.#context.changed();
  }

  #take(session: SseSession, bytes: Buffer, response: ServerResponse, arrivedAt: number): void {
    const { text } = this.#context;
    const body = jsonBody(bytes);
    const isLong = Array.isArray(body?.value) && body.value.length > BATCH_MESSAGES;
    const messages = body === null || isLong ? [] : messagesOf(body);
    if (this.#sessions.get(session.id) !== session) {
      respondWithFault(response, this.#ended.fault(session.id, session.principal));
    } else if (body === null) {
      respondWithFault(response, unreadable(response.req, text()));
    } else if (messages === null || isLong) {
      const { holdsNoMessage, longBatch } = text().bridge.invalid;
      const message = isLong ? longBatch(BATCH_MESSAGES) : holdsNoMessage;
      respondWithFault(response, { status: 400, error: { code: CODE.invalidRequest, message } });
    } else {
      for (const { head, json } of messages) session.take(head, json, arrivedAt);
      answerEmpty(response, 202);
    }
  }
}

interface Message {
  readonly head: FrameHead;
  readonly json: Buffer;
}

/** The message of a body, or those of a batch; null when something in it is none. */
function messagesOf({ value, line }: JsonBody): readonly Message[] | null {
  const lines = Array.isArray(value) ? elementsOf(line) : [line];
  const messages = lines.flatMap((json) => {
    const head = scanHead(json);
    return head === null ? [] : { head, json };
  });
  return messages.length === lines.length && messages.length > 0 ? messages : null;
}

function sessionIdOf(url: string): string {
  return /[?&]session_id=([A-Za-z0-9_-]+)/.exec(url)?.[1] ?? '';
}
