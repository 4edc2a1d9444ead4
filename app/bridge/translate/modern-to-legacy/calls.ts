import { errorText, isLogLevel, messageText, missingCapability, reaches } from '../../../mcp/index.ts';
import {
  CODE,
  httpStatusOf,
  type JsonObject,
  type JsonRpcError,
  memberOf,
  parsedJson,
  type RequestFrame,
} from '../../../mcp/jsonrpc/index.ts';
import { type AskMethod, isInteractive, missingFor } from '../interactivity.ts';
import { type ModernRequest, type Reply, refuse } from '../request.ts';
import { progressTokenIn, progressTowardClient } from '../rewrite-ids.ts';
import { inputRequiredText, towardChild, towardClient, urlQuestions } from './messages.ts';
import {
  type Call,
  callBehindLog,
  type HeldFrames,
  hold,
  nothingHeld,
  ServerRequests,
  type ServerRequestsContext,
  type Waiting,
} from './server-requests.ts';
import type { SuspendedCalls } from './suspended-calls.ts';

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

/**
 * Answers a call with the child's response. Two legacy outcomes have another form in the modern era: a call that failed
 * for want of a capability says so with -32021 (2026-07-28, basic/index, Per-request protocol fields), and the demand to
 * open a page first (-32042 of 2025-11-25) becomes a question, after which the call is made anew by `again`.
 */
function finish(
  call: Pick<Call, 'request' | 'refused'>,
  reply: Reply,
  response: Buffer,
  serverInfo: JsonObject,
  parking: SuspendedCalls<Waiting>,
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
  parking: SuspendedCalls<Waiting>,
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
