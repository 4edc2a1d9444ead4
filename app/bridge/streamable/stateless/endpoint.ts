import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Ticker, Ticking } from '../../../base/clock.ts';
import { isObject } from '../../../base/schema/index.ts';
import { type Call, clientName, targetIn } from '../../../inspect/index.ts';
import { absentFace, discoverResult, EMPTY_LISTS, errorText, methodNotFound, resultFrame } from '../../../mcp/index.ts';
import {
  CODE,
  editMembers,
  type Frame,
  idFrom,
  isAboutName,
  type JsonObject,
  type JsonRpcError,
  parsedJson,
} from '../../../mcp/jsonrpc/index.ts';
import type { Policy, Scope, Server } from '../../../servers/index.ts';
import { isRemote } from '../../../settings/settings.ts';
import type { BridgeContext, RequestLatency, StreamTimes } from '../../context.ts';
import { answerEmpty, answerJson, EventStream, keepAliveOf } from '../../http/index.ts';
import { isWatched, judge, ListeningReply, ListReply } from '../../policy/index.ts';
import {
  type ModernRequest,
  type NegotiatedRevision,
  type Reply,
  type ReplyWatcher,
  refuse,
  sharedCapabilities,
} from '../../translate/index.ts';
import { ChildPool } from './child-pool.ts';
import { type StatelessPost, validate } from './validation.ts';

/**
 * Milliseconds after which a client that takes no byte is given up, sooner than in a session: its child is shared, and
 * while one client does not read, all others wait.
 */
const STALL = 10_000;

type ExchangeContext = Pick<BridgeContext, 'ticker' | 'latency' | 'times'>;

type Stage =
  /** Nothing is sent: the answer may still be plain JSON with a status of its own. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'streaming'; readonly stream: EventStream }
  | { readonly kind: 'answered' }
  | { readonly kind: 'gone' };

/**
 * One modern request over HTTP (2026-07-28, basic/transports/streamable-http, Receiving Messages). A response that comes
 * first is answered as JSON; notifications before it, or a long silence, make the answer an event stream.
 */
class HttpReply implements Reply, Ticking {
  readonly #response: ServerResponse;
  readonly #ticker: Ticker;
  readonly #latency: RequestLatency;
  readonly #call: Call;
  readonly #times: StreamTimes;
  readonly #since: number;
  #stage: Stage = { kind: 'waiting' };
  /** Notifications of this turn of the event loop: what a child writes in one go is sent in one piece. */
  #batch: Frame[] = [];
  #watcher: ReplyWatcher | null = null;

  /** `call` is what is recorded of the request. */
  constructor(response: ServerResponse, call: Call, { ticker, latency, times }: ExchangeContext) {
    this.#response = response;
    this.#call = call;
    this.#since = call.since;
    this.#ticker = ticker;
    this.#latency = latency;
    this.#times = { keepAlive: times.keepAlive, stall: Math.min(times.stall, STALL) };
    ticker.add(this);
    response.once('close', () => this.#closed());
  }

  notify(json: Buffer): void {
    this.#call.progressed(json.length);
    if (this.#batch.length === 0) queueMicrotask(() => this.#flush());
    this.#batch.push({ kind: 'notification', method: '', bytes: json });
  }

  respond(json: Buffer, status: number): void {
    this.#flush();
    const stage = this.#stage;
    if (stage.kind === 'answered' || stage.kind === 'gone') return;
    this.#stage = { kind: 'answered' };
    this.#ticker.delete(this);
    this.#latency.observe(performance.now() - this.#since);
    this.#call.answered(json);
    if (stage.kind === 'waiting') {
      answerJson(this.#response, status, json);
      return;
    }
    // The official clients lose a notification that reaches them in one piece with the response it precedes: they
    // handle it a turn later, when the response has already closed the request.
    setImmediate(() => {
      stage.stream.send([{ kind: 'response', id: null, bytes: json }], null);
      stage.stream.end();
      // A response that has ended never drains, and behind the answer nothing is to come that the child had to wait with.
      this.#watcher?.relieved();
    });
  }

  watch(watcher: ReplyWatcher): void {
    this.#watcher = watcher;
    if (this.#stage.kind === 'gone') watcher.closed();
  }

  tick(now: number): void {
    if (now - this.#since >= keepAliveOf(this.#response.req, this.#times)) this.#stream()?.flush();
  }

  #flush(): void {
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    this.#stream()?.send(batch, null);
  }

  #stream(): EventStream | null {
    if (this.#stage.kind === 'streaming') return this.#stage.stream;
    if (this.#stage.kind !== 'waiting') return null;
    this.#ticker.delete(this);
    const listener = {
      congested: () => this.#watcher?.congested(),
      drained: () => this.#watcher?.relieved(),
      closed: () => undefined,
    };
    const stream = new EventStream(this.#response, [], listener, this.#ticker, this.#times);
    this.#stage = { kind: 'streaming', stream };
    return stream;
  }

  #closed(): void {
    this.#ticker.delete(this);
    if (this.#stage.kind === 'answered' || this.#stage.kind === 'gone') return;
    this.#stage = { kind: 'gone' };
    this.#call.cancelled(null);
    this.#watcher?.closed();
  }
}

/**
 * Methods of earlier revisions that this one took back; a legacy child would still answer them (2026-07-28, changelog). `tasks/get` and
 * `tasks/cancel` have come back in an extension: a modern server has them, see `LegacyUpstream`.
 */
const REMOVED = new Set([
  'initialize',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
  'tasks/list',
  'tasks/result',
]);

/** Notifications that have no meaning over stateless HTTP: they are acknowledged and dropped. */
const MEANINGLESS = new Set([
  'notifications/cancelled',
  'notifications/initialized',
  'notifications/roots/list_changed',
]);

/** A request that came to an address which several servers share, for the endpoint of the one that answers it. */
export interface Routed {
  readonly endpoint: StatelessEndpoint;
  readonly request: ModernRequest;
  readonly reply: Reply;
  readonly scope: Scope;
}

/** What an address that several servers share says of its requests. */
export interface MemberRoutes {
  /** Finds the endpoint of the one that answers; null where the shared address answers itself. */
  find(request: ModernRequest, reply: Reply): Promise<Routed | null>;
  /** Why a call that waits may not go on: what it names is switched off by now. Null where it may. */
  denied(request: ModernRequest): JsonRpcError | null;
}

/** For a client that does not say who it is. */
const ANONYMOUS = { name: 'mcp-gangway', version: '1' };

/** The stateless half of one server's MCP endpoint: revision 2026-07-28, basic/transports/streamable-http. */
export class StatelessEndpoint {
  readonly #context: BridgeContext;
  readonly #server: Server;
  readonly #pool: ChildPool;
  readonly #routes: MemberRoutes | null;

  /** `routes` are those of an address which several servers share. */
  constructor(
    server: Server,
    negotiated: NegotiatedRevision,
    context: BridgeContext,
    routes: MemberRoutes | null = null,
  ) {
    this.#context = context;
    this.#server = server;
    this.#routes = routes;
    this.#pool = new ChildPool(server, negotiated, context);
  }

  /** Answers the request, also with whatever goes wrong. */
  handle(post: StatelessPost): void {
    const { request, response, caller, scope } = post;
    const validated = validate(post, this.#context.text().bridge);
    switch (validated.kind) {
      case 'refused': {
        const answer = errorText(validated.idText, validated.error);
        this.#recordRefusal(post, validated.idText, answer);
        answerJson(response, 400, answer);
        break;
      }
      case 'notification':
        if (!MEANINGLESS.has(validated.method) && this.#passes(validated, scope)) {
          this.#pool.modernOf({ principal: caller.principal, via: scope.via })?.tell(validated.bytes);
        }
        answerEmpty(response, 202);
        break;
      case 'request': {
        const reply = new HttpReply(response, this.#record(validated.request, post.arrivedAt), this.#context);
        void this.serve(validated.request, request.headers, reply, scope).catch((error: unknown) => {
          this.#server.log.error('Serving a request failed', {
            method: validated.request.method,
            error: String(error),
          });
          const message = this.#context.text().failures.internal.sentence();
          refuse(reply, validated.request.idText, { code: CODE.internalError, message });
        });
        break;
      }
      default:
        validated satisfies never;
    }
  }

  /** See ChildPool. */
  speaks(era: 'legacy' | 'modern'): void {
    this.#pool.speaks(era);
  }

  close(): void {
    this.#pool.close();
  }

  /** Whether the server answers in the modern revision itself; see `ChildPool.isModern`. */
  isModern(client: Pick<ModernRequest, 'principal' | 'via'>): Promise<boolean> {
    return this.#pool.isModern(client);
  }

  #record({ method, params, idText, bytes, envelope }: ModernRequest, arrivedAt: number): Call {
    const wire = this.#context.recorder.stateless(clientName(envelope.clientInfo));
    const id = idFrom(idText, 0, idText.length);
    const call = wire.request(method, id, bytes, arrivedAt, targetIn(method, params));
    if (method === 'subscriptions/listen') call.listens();
    return call;
  }

  /** A request that is let in no further has failed like any other. */
  #recordRefusal({ message: { method }, bytes, arrivedAt }: StatelessPost, idText: Buffer, answer: Buffer): void {
    if (typeof method !== 'string') return;
    const wire = this.#context.recorder.stateless('');
    wire.request(method, idFrom(idText, 0, idText.length), bytes, arrivedAt, '').answered(answer);
  }

  /** Whether a notification goes on: nothing answers for one that does not. */
  #passes({ method, bytes }: { readonly method: string; readonly bytes: Buffer }, scope: Scope): boolean {
    const { name } = this.#server;
    const policy = this.#context.policies.of(name, scope);
    if (policy === null) return true;
    return judge(method, bytes, { policy, server: name, text: this.#context.text(), isModern: true }).kind === 'passes';
  }

  /** The request as its server gets it; null where it is refused, and answered. */
  #judged(request: ModernRequest, policy: Policy, reply: Reply): ModernRequest | null {
    const { method, bytes, idText } = request;
    const judging = { policy, server: this.#server.name, text: this.#context.text(), isModern: true };
    const judgement = judge(method, bytes, judging);
    if (judgement.kind === 'refused') {
      refuse(reply, idText, judgement.error);
      return null;
    }
    const params = judgement.params === null ? undefined : parsedJson(judgement.params);
    if (judgement.params === null || !isObject(params)) return request;
    return { ...request, params, bytes: editMembers(bytes, new Map([['params', judgement.params]])) };
  }

  /** A list is looked at on its way back, and a stream of changes is told of those that a policy makes. */
  #guarded(reply: Reply, request: ModernRequest, scope: Scope): Reply {
    const { policies, saw } = this.#context;
    const { name } = this.#server;
    if (request.method === 'subscriptions/listen') {
      return new ListeningReply(reply, request, (changed) => policies.watch(name, scope, changed));
    }
    return isWatched(request.method) ? new ListReply(reply, request, () => policies.of(name, scope), saw) : reply;
  }

  /** Answers a request that has passed `validate`, also with whatever goes wrong. */
  async serve(asked: ModernRequest, headers: IncomingHttpHeaders, answers: Reply, scope: Scope): Promise<void> {
    const { idText, method, envelope, principal, via } = asked;
    if (REMOVED.has(method)) {
      refuse(answers, idText, methodNotFound(method));
      return;
    }
    const policy = this.#context.policies.of(this.#server.name, scope);
    const request = policy === null ? asked : this.#judged(asked, policy, answers);
    if (request === null) return;
    const { params } = request;
    const introduction = {
      capabilities: sharedCapabilities(envelope.capabilities),
      clientInfo: envelope.clientInfo ?? ANONYMOUS,
    };
    const upstream = await this.#pool.of({ principal, via, introduction, requestState: params['requestState'] });
    if ('error' in upstream) {
      // Clients ask a remote server once, when they start, and give it up if that fails.
      const standIn = isRemote(this.#server.setting)
        ? standInFor(method, this.#server.name, upstream.error.message)
        : null;
      if (standIn !== null) return answers.respond(resultFrame(idText, standIn), 200);
      // Clients show a person the error of an answer, and of a 5xx to their first question at most its number.
      const status = method === 'server/discover' ? 200 : upstream.status;
      answers.respond(errorText(idText, upstream.error), status);
      return;
    }
    if (this.#routes !== null && this.#pool.isSuspended(params['requestState'])) {
      // A call that waits in a session of the shared address goes on there.
      const denied = this.#routes.denied(request);
      if (denied !== null) return refuse(answers, idText, denied);
    } else if (this.#routes !== null) {
      const routed = await this.#routes.find(request, answers);
      if (routed !== null) return routed.endpoint.serve(routed.request, headers, routed.reply, routed.scope);
    }
    const reply = this.#guarded(answers, request, scope);
    if (method === 'server/discover') {
      reply.respond(resultFrame(idText, discoverResult(upstream.face)), 200);
      return;
    }
    if (method === 'tools/call' && !upstream.toolHeaders.passes(params)) {
      const { toolHeaders } = upstream;
      const fault = isRetry(params)
        ? toolHeaders.knownFault(headers, params)
        : await toolHeaders.fault(headers, params);
      if (fault !== null) {
        refuse(reply, idText, {
          code: CODE.headerMismatch,
          message: this.#context.text().bridge.headers.mismatch(fault),
        });
        return;
      }
    }
    upstream.start({ ...request, aboutName: isAboutName(method, upstream.face.capabilities) }, reply);
  }
}

/** The answer in the place of a server that is not there; null for what only the server can answer. */
function standInFor(method: string, server: string, why: string): object | null {
  if (method === 'server/discover') return discoverResult(absentFace(server, why));
  const list = Object.hasOwn(EMPTY_LISTS, method) ? EMPTY_LISTS[method] : undefined;
  return list === undefined ? null : { resultType: 'complete', ...list, ttlMs: 0, cacheScope: 'private' };
}

/**
 * A call that goes on with its client's answers (2026-07-28, basic/patterns/mrtr). A server that does one thing after the other waits
 * for exactly these, and answers nothing else before.
 */
function isRetry(params: JsonObject): boolean {
  return params['requestState'] !== undefined || params['inputResponses'] !== undefined;
}
