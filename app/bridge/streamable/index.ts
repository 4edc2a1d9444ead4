import { idIn, type JsonRpcId } from '../../mcp/jsonrpc/index.ts';
import type { Server } from '../../servers/index.ts';
import type { Evictable } from '../admission.ts';
import type { BridgeContext, SessionFacts } from '../context.ts';
import {
  bodyRefused,
  type HttpExchange,
  type JsonBody,
  jsonBody,
  methodNotAllowed,
  NOT_JSON,
  readBody,
  respondWithFault,
} from '../http/index.ts';
import { classify } from './classify.ts';
import { Sessions } from './sessions.ts';
import type { StatelessEndpoint } from './stateless.ts';

export { ModernEndpoint } from './stateless/endpoint.ts';
export type { StatelessEndpoint, StatelessPost } from './stateless.ts';

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
    const read = () => {
      const limit = this.#context.limits().messageBytes;
      readBody(exchange.request, limit, this.#context.messages, (body) => {
        if (body.kind === 'whole') this.#dispatch(exchange, body.bytes);
        else respondWithFault(exchange.response, bodyRefused(body.kind, limit, this.#context.text()));
      });
    };
    const session = this.#sessions.named(exchange);
    if (session === undefined) read();
    else session.whenReady(read);
  }

  #dispatch(exchange: HttpExchange, bytes: Buffer): void {
    const body = jsonBody(bytes);
    if (body === null) {
      respondWithFault(exchange.response, NOT_JSON);
      return;
    }
    const header = exchange.request.headers['mcp-protocol-version'];
    const classified = classify(body.value, typeof header === 'string' ? header : undefined);
    switch (classified.half) {
      case 'sessions':
        this.#sessions.post(exchange, body);
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
