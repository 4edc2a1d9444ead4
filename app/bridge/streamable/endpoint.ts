import { isObject } from '../../base/schema/index.ts';
import type { Text } from '../../i18n/index.ts';
import { isModernRevision, META } from '../../mcp/index.ts';
import { CODE, idIn, type JsonObject, type JsonRpcError, type JsonRpcId } from '../../mcp/jsonrpc/index.ts';
import type { Server } from '../../servers/index.ts';
import type { Evictable } from '../admission.ts';
import type { BridgeContext, SessionFacts } from '../context.ts';
import {
  bodyRefused,
  type HttpExchange,
  type JsonBody,
  jsonBody,
  methodNotAllowed,
  readBody,
  respondWithFault,
  unreadable,
} from '../http/index.ts';
import type { Session } from './session.ts';
import { Sessions } from './sessions.ts';
import type { StatelessEndpoint } from './stateless/endpoint.ts';

/** Which half of the endpoint a POST is for. */
export type Classified =
  | { readonly half: 'sessions' }
  | { readonly half: 'stateless'; readonly message: JsonObject }
  | { readonly half: 'neither'; readonly error: JsonRpcError };

const SESSIONS: Classified = { half: 'sessions' };

/**
 * Decides by the body, once, so that a proxy which drops or adds headers cannot change the revision of a message (2026-07-28
 * basic/versioning). A claim in `params._meta` is of a modern revision, even on `initialize` if it is a valid one; posted
 * responses and batches are of sessions. A message without a claim under a header of a modern revision goes to that half, which
 * says what is missing.
 */
export function classify(
  body: unknown,
  revisionHeader: string | undefined,
  words: Text['bridge']['invalid'],
): Classified {
  if (Array.isArray(body)) return classifyBatch(body, words);
  if (!isObject(body)) return invalid(words.notMessage);
  if (typeof body['method'] !== 'string') {
    return 'result' in body || 'error' in body ? SESSIONS : invalid(words.notMessage);
  }
  const meta = metaOf(body);
  const header = revisionHeader !== undefined && isModernRevision(revisionHeader.trim());
  if (body['method'] === 'initialize' && !isValidClaim(meta)) {
    if (!header) return SESSIONS;
    const error = { code: CODE.headerMismatch, message: words.initializeUnderHeader };
    return { half: 'neither', error };
  }
  return header || (meta !== null && META.protocolVersion in meta) ? { half: 'stateless', message: body } : SESSIONS;
}

function classifyBatch(batch: readonly unknown[], words: Text['bridge']['invalid']): Classified {
  const claims = batch.some((element) => {
    const meta = isObject(element) ? metaOf(element) : null;
    return meta !== null && META.protocolVersion in meta;
  });
  return claims ? invalid(words.modernInBatch) : SESSIONS;
}

function isValidClaim(meta: JsonObject | null): boolean {
  const revision = meta?.[META.protocolVersion];
  return typeof revision === 'string' && isModernRevision(revision) && isObject(meta?.[META.clientCapabilities]);
}

function metaOf(message: JsonObject): JsonObject | null {
  const params = message['params'];
  const meta = isObject(params) ? params['_meta'] : null;
  return isObject(meta) ? meta : null;
}

function invalid(message: string): Classified {
  return { half: 'neither', error: { code: CODE.invalidRequest, message } };
}

/** Streamable HTTP in front of one server: one URL for the revisions with sessions and those without. */
export class Streamable {
  readonly #context: BridgeContext;
  readonly #sessions: Sessions;
  readonly #stateless: StatelessEndpoint;

  constructor(server: Server, stateless: StatelessEndpoint, context: BridgeContext) {
    this.#context = context;
    this.#sessions = new Sessions(server, context);
    this.#stateless = stateless;
  }

  sessions(): readonly SessionFacts[] {
    return this.#sessions.facts();
  }

  evictable(): Iterable<Evictable> {
    return this.#sessions.evictable();
  }

  handle(exchange: HttpExchange): void {
    switch (exchange.request.method) {
      case 'POST':
        this.#post(exchange);
        break;
      case 'GET':
        this.#sessions.get(exchange);
        break;
      case 'DELETE':
        this.#sessions.delete(exchange);
        break;
      default:
        respondWithFault(exchange.response, methodNotAllowed('GET, POST, DELETE', this.#context.text()));
    }
  }

  close(): void {
    this.#sessions.close();
    this.#stateless.close();
  }

  /** The body is read when the server of its session can take it: until then it stays in the client's and the kernel's memory. */
  #post(exchange: HttpExchange): void {
    const session = this.#sessions.named(exchange);
    const read = () => {
      const limit = this.#context.limits().messageBytes;
      readBody(exchange.request, limit, this.#context.messages, (body) => {
        if (body.kind === 'whole') this.#dispatch(exchange, body.bytes, session);
        else respondWithFault(exchange.response, bodyRefused(body.kind, limit, this.#context.text()));
      });
    };
    if (session === undefined) read();
    else session.whenReady(read);
  }

  #dispatch(exchange: HttpExchange, bytes: Buffer, session: Session | undefined): void {
    const body = jsonBody(bytes);
    if (body === null) {
      respondWithFault(exchange.response, unreadable(exchange.request, this.#context.text()));
      return;
    }
    const header = exchange.request.headers['mcp-protocol-version'];
    const classified = classify(
      body.value,
      typeof header === 'string' ? header : undefined,
      this.#context.text().bridge.invalid,
    );
    switch (classified.half) {
      case 'sessions':
        this.#sessions.post(exchange, body, session);
        break;
      case 'stateless':
        this.#stateless.handle({ ...exchange, bytes: body.line, message: classified.message });
        break;
      case 'neither':
        respondWithFault(exchange.response, { status: 400, error: classified.error }, idOf(body));
        break;
      default:
        classified satisfies never;
    }
  }
}

function idOf({ line }: JsonBody): JsonRpcId {
  return idIn(line, 'id') ?? null;
}
