import type { Text } from '../../../i18n/index.ts';
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
import { isInteractive, missingFor, type ServerRequestMethod } from '../interactivity.ts';
import { type ModernRequest, type Reply, refuse } from '../request.ts';
import { progressTokenIn, progressTowardClient } from '../rewrite-ids.ts';
import { inputRequiredText, pageRequests, towardChild, towardClient } from './messages.ts';
import {
  type Call,
  callOfLog,
  type HeldFrames,
  hold,
  nothingHeld,
  ServerRequests,
  type ServerRequestsContext,
} from './server-requests.ts';

export interface LegacyCallsContext extends ServerRequestsContext {
  /** An id not used towards the child. */
  readonly newId: () => number;
  /** Sends the child a notification. */
  readonly notify: (json: Buffer) => void;
}

/**
 * The modern requests that are on their way through one legacy child. A request of the child's own ends the client's
 * request with `input_required` and parks the call; the retry brings the answers, and the call goes on in the retry's
 * response (2026-07-28, basic/patterns/mrtr).
 */
export class LegacyCalls {
  readonly #context: LegacyCallsContext;
  readonly #open = new Map<number, Call>();
  readonly #serverRequests: ServerRequests;

  constructor(context: LegacyCallsContext) {
    this.#context = context;
    this.#serverRequests = new ServerRequests(context, this.#open, {
      resume: (call, request, reply) => this.#resume(call, request, reply),
      giveUp: (call, reason) => this.#giveUp(call, reason),
    });
  }

  get size(): number {
    return this.#open.size;
  }

  /** Whether a call is under way that may cause a server request, or has. */
  get mayInteract(): boolean {
    for (const { request } of this.#open.values()) if (this.#context.interactivity.mayInteract(request)) return true;
    return false;
  }

  start(request: ModernRequest, reply: Reply): void {
    const id = this.#context.newId();
    const call: Call = {
      id,
      request,
      stage: { kind: 'running', reply },
      serverRequests: [],
      sent: false,
      refused: null,
    };
    this.#open.set(id, call);
    this.#watch(call, reply);
    if (isOver(call)) return;
    if (isInteractive(request.method)) call.serverRequests = this.#serverRequests.takeUnowned();
    if (call.serverRequests.length > 0) this.#serverRequests.suspend(call, reply, nothingHeld());
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
      case 'suspended':
        call.stage.held.response = response;
        break;
      case 'over':
        break;
      default:
        call.stage satisfies never;
    }
  }

  requested(frame: RequestFrame, method: ServerRequestMethod): void {
    this.#serverRequests.requested(frame, method);
  }

  withdrawn(childId: unknown): void {
    this.#serverRequests.withdrawn(childId);
  }

  progressed(notification: Buffer): void {
    const token = progressTokenIn(notification);
    const call = typeof token === 'number' ? this.#open.get(token) : undefined;
    if (call === undefined || call.stage.kind === 'over') return;
    if (call.stage.kind === 'suspended') hold(call.stage.held, notification);
    else tellProgress(call, call.stage.reply, notification);
  }

  logged(notification: Buffer): void {
    const call = callOfLog(this.#open.values());
    const wanted = call?.request.envelope.logLevel ?? null;
    const level = parsedJson(memberOf(memberOf(notification, 'params') ?? notification, 'level'));
    if (call === null || wanted === null || !isLogLevel(level) || !reaches(level, wanted)) return;
    if (call.stage.kind === 'running' || call.stage.kind === 'gathering') call.stage.reply.notify(notification);
  }

  /** The child is gone. A client that comes back with answers later is told, too. */
  ended(error: JsonRpcError): void {
    for (const call of this.#open.values()) {
      if (call.stage.kind === 'suspended') {
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

  /** A retry has come for a suspended call. Input requests it leaves open are sent again. */
  #resume(call: Call, request: ModernRequest, reply: Reply): void {
    if (call.stage.kind !== 'suspended') throw new Error(`A call that is ${call.stage.kind} was resumed.`);
    const { held } = call.stage;
    call.request = request;
    call.stage = { kind: 'running', reply };
    this.#watch(call, reply);
    if (isOver(call)) return;
    call.serverRequests = call.serverRequests.filter(
      (serverRequest) => !this.#serverRequests.passOn(serverRequest, request),
    );
    if (held.response === null && call.serverRequests.length > 0) {
      this.#serverRequests.suspend(call, reply, held);
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
        this.#giveUp(call, this.#context.text().bridge.toServer.clientClosed);
      },
      congested: () => this.#context.flow.congested(reply),
      relieved: () => this.#context.flow.relieved(reply),
    });
  }

  /**
   * Answers a call with the child's response. Two legacy outcomes have another form in the modern revision: a call that failed
   * for want of a capability says so with -32021 (2026-07-28, basic/index, Per-request protocol fields), and the demand to open
   * a page first (-32042 of 2025-11-25) becomes an input request, after which the call is made anew.
   */
  #finish(call: Call, reply: Reply, response: Buffer): void {
    this.#open.delete(call.id);
    call.stage = { kind: 'over' };
    this.#serverRequests.over(call);
    const { face, flow, interactivity } = this.#context;
    const { request } = call;
    flow.relieved(reply);
    interactivity.completedAlone(request);
    if (call.refused !== null && hasFailed(response)) {
      this.#refuseIncapable(request, reply, call.refused);
      return;
    }
    const { bytes, errorCode } = towardClient(response, request, face.serverInfo, this.#words);
    if (errorCode === CODE.legacyUrlElicitationRequired) this.#requestPage(request, reply, response);
    else reply.respond(bytes, errorCode === null ? 200 : httpStatusOf(errorCode, request.aboutName));
  }

  #requestPage(request: ModernRequest, reply: Reply, response: Buffer): void {
    const { face, suspended } = this.#context;
    const missing = missingFor('elicitation/create', { mode: 'url' }, request.envelope.capabilities);
    if (missing !== null) {
      this.#refuseIncapable(request, reply, missing);
      return;
    }
    const pages = pageRequests(response);
    if (pages.length === 0 || suspended.full) {
      refuse(reply, request.idText, { code: CODE.internalError, message: this.#words.pageNotPassedOn });
      return;
    }
    const again = { resume: (retry: ModernRequest, next: Reply) => this.start(retry, next) };
    const state = suspended.add(again, request, () => undefined);
    reply.respond(inputRequiredText(request.idText, pages, state, face.serverInfo), 200);
  }

  #refuseIncapable(request: ModernRequest, reply: Reply, missing: JsonObject): void {
    const message = this.#words.missingCapability(Object.keys(missing));
    refuse(reply, request.idText, missingCapability(missing, message));
  }

  get #words(): Text['bridge']['translation'] {
    return this.#context.text().bridge.translation;
  }

  #giveUp(call: Call, reason: string): void {
    this.#open.delete(call.id);
    call.stage = { kind: 'over' };
    for (const { childId } of call.serverRequests.splice(0))
      this.#serverRequests.refuse(childId, CODE.internalError, reason);
    this.#serverRequests.over(call);
    if (!call.sent) return;
    this.#context.notify(messageText({ method: 'notifications/cancelled', params: { requestId: call.id, reason } }));
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

/** An error, or a tool's result that says it is one. */
function hasFailed(response: Buffer): boolean {
  const result = memberOf(response, 'result');
  return result === undefined || parsedJson(memberOf(result, 'isError')) === true;
}
