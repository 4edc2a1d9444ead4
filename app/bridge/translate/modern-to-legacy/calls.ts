import { errorText, isLogLevel, messageText, reaches } from '../../../mcp/index.ts';
import { CODE, type JsonRpcError, memberOf, parsedJson, type RequestFrame } from '../../../mcp/jsonrpc/index.ts';
import type { ModernRequest, Reply } from '../request.ts';
import { refuse } from '../request.ts';
import { progressTokenIn, progressTowardClient } from '../rewrite-ids.ts';
import { type AskMethod, isInteractive } from '../server-requests.ts';
import { type Call, type HeldFrames, hold, nothingHeld } from './call.ts';
import { callBehindLog, ServerRequests, type ServerRequestsContext } from './elicitation.ts';
import { towardChild } from './request.ts';
import { finish } from './response.ts';

export interface CallsContext extends ServerRequestsContext {
  /** An id not used towards the child. */
  readonly newId: () => number;
}

/**
 * The modern requests that are on their way through one legacy child. A request of the child's own ends the client's
 * request with `input_required` and parks the call; the retry brings the answers, and the call goes on in the retry's
 * response (2026-07-28, basic/patterns/mrtr).
 */
export class LegacyCalls {
  readonly #context: CallsContext;
  readonly #open = new Map<number, Call>();
  readonly #asking: ServerRequests;

  constructor(context: CallsContext) {
    this.#context = context;
    this.#asking = new ServerRequests(context, this.#open, {
      resume: (call, request, reply) => this.#resume(call, request, reply),
      giveUp: (call, reason) => this.#giveUp(call, reason),
    });
  }

  get size(): number {
    return this.#open.size;
  }

  /** Whether a call is under way that may ask, or has. */
  get mayAsk(): boolean {
    for (const { request } of this.#open.values()) if (this.#context.habits.mayAsk(request)) return true;
    return false;
  }

  start(request: ModernRequest, reply: Reply): void {
    const id = this.#context.newId();
    const call: Call = { id, request, stage: { kind: 'running', reply }, asks: [], sent: false, refused: null };
    this.#open.set(id, call);
    this.#watch(call, reply);
    if (isOver(call)) return;
    if (isInteractive(request.method)) call.asks = this.#asking.takeOrphans();
    if (call.asks.length > 0) this.#asking.park(call, reply, nothingHeld());
    else this.#send(call);
  }

  /** Ids towards the child. */
  ids(): Iterable<number> {
    return this.#open.keys();
  }

  answered(id: number, response: Buffer): void {
    const call = this.#open.get(id);
    if (call === undefined) return;
    switch (call.stage.kind) {
      case 'running':
        this.#finish(call, call.stage.reply, response);
        break;
      case 'gathering':
        call.stage.stopClock();
        this.#finish(call, call.stage.reply, response);
        break;
      case 'parked':
        call.stage.held.response = response;
        break;
      case 'over':
        break;
      default:
        call.stage satisfies never;
    }
  }

  asked(frame: RequestFrame, method: AskMethod): void {
    this.#asking.asked(frame, method);
  }

  withdrawn(childId: unknown): void {
    this.#asking.withdrawn(childId);
  }

  progressed(notification: Buffer): void {
    const token = progressTokenIn(notification);
    const call = typeof token === 'number' ? this.#open.get(token) : undefined;
    if (call === undefined || call.stage.kind === 'over') return;
    if (call.stage.kind === 'parked') hold(call.stage.held, notification);
    else tellProgress(call, call.stage.reply, notification);
  }

  logged(notification: Buffer): void {
    const call = callBehindLog(this.#open.values());
    const wanted = call?.request.envelope.logLevel ?? null;
    const level = parsedJson(memberOf(memberOf(notification, 'params') ?? notification, 'level'));
    if (call === null || wanted === null || !isLogLevel(level) || !reaches(level, wanted)) return;
    if (call.stage.kind === 'running' || call.stage.kind === 'gathering') call.stage.reply.notify(notification);
  }

  /** The child is gone. Whoever comes back with answers later is told, too. */
  ended(error: JsonRpcError): void {
    for (const call of this.#open.values()) {
      if (call.stage.kind === 'parked') {
        call.stage.held.response ??= errorText('null', error);
      } else if (call.stage.kind !== 'over') {
        if (call.stage.kind === 'gathering') call.stage.stopClock();
        const { reply } = call.stage;
        call.stage = { kind: 'over' };
        this.#context.flow.relieved(reply);
        refuse(reply, call.request.idText, error);
      }
    }
  }

  /** A retry has come for a parked call. Questions it leaves open are asked again. */
  #resume(call: Call, request: ModernRequest, reply: Reply): void {
    if (call.stage.kind !== 'parked')
      throw new Error(`A call that is ${call.stage.kind} was fetched from the parking.`);
    const { held } = call.stage;
    call.request = request;
    call.stage = { kind: 'running', reply };
    this.#watch(call, reply);
    if (isOver(call)) return;
    call.asks = call.asks.filter((ask) => !this.#asking.passOn(ask, request));
    if (held.response === null && call.asks.length > 0) {
      this.#asking.park(call, reply, held);
      return;
    }
    deliver(call, reply, held);
    if (held.response !== null) this.#finish(call, reply, held.response);
    else if (!call.sent) this.#send(call);
  }

  #send(call: Call): void {
    call.sent = true;
    this.#context.write(towardChild(call.request, call.id));
  }

  #watch(call: Call, reply: Reply): void {
    reply.watch({
      closed: () => {
        this.#context.flow.relieved(reply);
        if ((call.stage.kind !== 'running' && call.stage.kind !== 'gathering') || call.stage.reply !== reply) return;
        if (call.stage.kind === 'gathering') call.stage.stopClock();
        this.#giveUp(call, 'The client has closed the request.');
      },
      congested: () => this.#context.flow.congested(reply),
      relieved: () => this.#context.flow.relieved(reply),
    });
  }

  #finish(call: Call, reply: Reply, response: Buffer): void {
    this.#open.delete(call.id);
    call.stage = { kind: 'over' };
    this.#asking.over(call);
    const { face, flow, habits, parking } = this.#context;
    flow.relieved(reply);
    habits.keptQuiet(call.request);
    finish(call, reply, response, face.serverInfo, parking, (request, next) => this.start(request, next));
  }

  #giveUp(call: Call, reason: string): void {
    this.#open.delete(call.id);
    call.stage = { kind: 'over' };
    for (const { childId } of call.asks.splice(0)) this.#asking.refuse(childId, CODE.internalError, reason);
    this.#asking.over(call);
    if (!call.sent) return;
    this.#context.write(messageText({ method: 'notifications/cancelled', params: { requestId: call.id, reason } }));
  }
}

/** Also a client that has gone already is told of when it is watched. */
function isOver(call: Call): boolean {
  return call.stage.kind === 'over';
}

function deliver(call: Call, reply: Reply, held: HeldFrames): void {
  for (const notification of held.notifications) tellProgress(call, reply, notification);
}

function tellProgress(call: Call, reply: Reply, notification: Buffer): void {
  const restored = progressTowardClient(notification, call.request);
  if (restored !== null) reply.notify(restored);
}
