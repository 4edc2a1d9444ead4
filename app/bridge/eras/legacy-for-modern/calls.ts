import {
  editMembers,
  type JsonObject,
  type JsonRpcError,
  type JsonRpcId,
  memberOf,
  parsedJson,
  type RequestFrame,
  type ResponseFrame,
} from '../../frame/index.ts';
import { errorText, messageText, refuse } from '../answers.ts';
import { type AskMethod, isInteractive, joinCapabilities, missingFor } from '../asks.ts';
import type { Clock } from '../clock.ts';
import { isLogLevel, reaches } from '../envelope.ts';
import { CODE } from '../error-codes.ts';
import type { Flow } from '../flow.ts';
import type { ModernRequest } from '../modern-request.ts';
import type { Reply } from '../reply.ts';
import type { ServerFace } from '../server-face.ts';
import { callBehindAsk, callBehindLog } from './attribution.ts';
import type { Ask, Call, HeldFrames, Waiting } from './call.ts';
import { finish } from './finish.ts';
import type { Parking } from './parking.ts';
import { answerTo, inputRequiredText, modernAskParams } from './questions.ts';
import { towardChild } from './toward-child.ts';

/** Milliseconds in which further questions of the child join the first: parallel ones rarely come in one read. */
const GATHERING_TIME = 5;

/** Bytes of notifications kept for a client that is busy answering. */
const HELD_LIMIT = 64 * 1024;

/** Questions outside any call that wait for a call to carry them, such as for the roots right after the handshake. */
const ORPHAN_LIMIT = 16;

export interface CallsContext {
  readonly write: (json: Buffer) => void;
  readonly newId: () => number;
  readonly clock: Clock;
  readonly flow: Flow;
  readonly parking: Parking<Waiting>;
  /** What the child was told that its client can do. */
  readonly capabilities: JsonObject;
  readonly face: ServerFace;
}

/**
 * The modern requests that are on their way through one legacy child. A request of the child's own ends the client's
 * request with `input_required` and parks the call; the retry brings the answers, and the call goes on in the retry's
 * response (2026-07-28, basic/patterns/mrtr).
 */
export class Calls {
  readonly #context: CallsContext;
  readonly #open = new Map<number, Call>();
  #orphans: Ask[] = [];
  #questions = 0;

  constructor(context: CallsContext) {
    this.#context = context;
  }

  get size(): number {
    return this.#open.size;
  }

  start(request: ModernRequest, reply: Reply): void {
    const id = this.#context.newId();
    const call: Call = { id, request, stage: { kind: 'running', reply }, asks: [], sent: true, refused: null };
    this.#open.set(id, call);
    this.#watch(call, reply);
    if (this.#orphans.length > 0 && isInteractive(request.method)) {
      call.sent = false;
      call.asks = this.#orphans;
      this.#orphans = [];
      this.#park(call, reply, { notifications: [], bytes: 0, response: null });
    } else {
      this.#context.write(towardChild(request, id));
    }
  }

  /** A retry has come for a parked call. Questions it leaves open are asked again. */
  resume(call: Call, request: ModernRequest, reply: Reply): void {
    if (call.stage.kind !== 'parked')
      throw new Error(`A call that is ${call.stage.kind} was fetched from the parking.`);
    const { held } = call.stage;
    call.request = request;
    call.stage = { kind: 'running', reply };
    this.#watch(call, reply);
    call.asks = call.asks.filter((ask) => !this.#passOn(ask, request));
    if (held.response !== null) {
      this.#deliver(call, reply, held);
      this.#finish(call, reply, held.response);
    } else if (call.asks.length > 0) {
      this.#park(call, reply, held);
    } else {
      this.#deliver(call, reply, held);
      if (!call.sent) this.#context.write(towardChild(request, call.id));
      call.sent = true;
    }
  }

  answered(frame: ResponseFrame): void {
    const call = typeof frame.id === 'number' ? this.#open.get(frame.id) : undefined;
    if (call === undefined) return;
    switch (call.stage.kind) {
      case 'running':
        this.#finish(call, call.stage.reply, frame.bytes);
        break;
      case 'gathering': {
        call.stage.stopClock();
        this.#finish(call, call.stage.reply, frame.bytes);
        // It answered without waiting, so somebody else asked.
        for (const ask of call.asks) this.#attribute(ask);
        break;
      }
      case 'parked':
        call.stage.held.response = frame.bytes;
        break;
      case 'over':
        break;
      default:
        call.stage satisfies never;
    }
  }

  /** The child has sent a request that is for the client. */
  asked(frame: RequestFrame, method: AskMethod): void {
    const params = memberOf(frame.bytes, 'params');
    const call = callBehindAsk(this.#open.values());
    const capabilities = call?.request.envelope.capabilities ?? this.#context.capabilities;
    const missing = missingFor(method, Object(parsedJson(params)), capabilities);
    if (missing !== null) {
      if (call !== null) call.refused = joinCapabilities(call.refused ?? {}, missing);
      this.#refuseChild(frame.id, CODE.methodNotFound, 'The client does not support this.');
      return;
    }
    const key = `${method.slice(0, method.indexOf('/'))}_${++this.#questions}`;
    this.#attribute({ key, childId: frame.id, method, params: modernAskParams(params) });
  }

  /** The child no longer wants to know. */
  withdrawn(childId: unknown): void {
    const others = (ask: Ask) => ask.childId !== childId;
    this.#orphans = this.#orphans.filter(others);
    for (const call of this.#open.values()) {
      call.asks = call.asks.filter(others);
      if (call.stage.kind !== 'gathering' || call.asks.length > 0) continue;
      call.stage.stopClock();
      call.stage = { kind: 'running', reply: call.stage.reply };
    }
  }

  progressed(notification: Buffer): void {
    const token = parsedJson(memberOf(memberOf(notification, 'params') ?? notification, 'progressToken'));
    const call = typeof token === 'number' ? this.#open.get(token) : undefined;
    if (call === undefined) return;
    if (call.stage.kind === 'parked') hold(call.stage.held, notification);
    else if (call.stage.kind !== 'over') this.#notify(call, call.stage.reply, notification);
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

  #watch(call: Call, reply: Reply): void {
    reply.watch({
      closed: () => {
        this.#context.flow.relieved(reply);
        if ((call.stage.kind === 'running' || call.stage.kind === 'gathering') && call.stage.reply === reply) {
          if (call.stage.kind === 'gathering') call.stage.stopClock();
          this.#giveUp(call, 'The client has closed the request.');
        }
      },
      congested: () => this.#context.flow.congested(reply),
      relieved: () => this.#context.flow.relieved(reply),
    });
  }

  #attribute(ask: Ask): void {
    const call = callBehindAsk(this.#open.values());
    if (call === null) {
      if (this.#orphans.length < ORPHAN_LIMIT) this.#orphans.push(ask);
      else this.#refuseChild(ask.childId, CODE.internalError, 'No request is open that could carry the question.');
      return;
    }
    if (call.stage.kind !== 'parked' && this.#context.parking.full) {
      this.#refuseChild(ask.childId, CODE.internalError, 'Too many calls wait for an answer already.');
      return;
    }
    call.asks.push(ask);
    if (call.stage.kind !== 'running') return;
    const { reply } = call.stage;
    const stopClock = this.#context.clock.after(GATHERING_TIME, () =>
      this.#park(call, reply, { notifications: [], bytes: 0, response: null }),
    );
    call.stage = { kind: 'gathering', reply, stopClock };
  }

  #park(call: Call, reply: Reply, held: HeldFrames): void {
    const { parking, flow, face } = this.#context;
    const waiting: Waiting = { resume: (request, next) => this.resume(call, request, next) };
    const state = parking.park(waiting, call.request, () => this.#giveUp(call, 'The client did not answer in time.'));
    call.stage = { kind: 'parked', held };
    flow.relieved(reply);
    reply.respond(inputRequiredText(call.request.idText, call.asks, state, face.serverInfo), 200);
  }

  /** False when the retry holds no answer to this. */
  #passOn(ask: Ask, request: ModernRequest): boolean {
    const answer = answerTo(ask, request.bytes);
    if (answer === undefined) return false;
    this.#context.write(Buffer.from(`{"jsonrpc":"2.0","id":${JSON.stringify(ask.childId)},"result":${answer}}`));
    return true;
  }

  #deliver(call: Call, reply: Reply, held: HeldFrames): void {
    for (const notification of held.notifications) this.#notify(call, reply, notification);
  }

  #notify(call: Call, reply: Reply, notification: Buffer): void {
    const token = call.request.envelope.progressToken;
    if (token === null) return;
    const params = memberOf(notification, 'params') ?? notification;
    const restored = editMembers(params, new Map([['progressToken', JSON.stringify(token)]]));
    reply.notify(editMembers(notification, new Map([['params', restored]])));
  }

  #finish(call: Call, reply: Reply, response: Buffer): void {
    this.#open.delete(call.id);
    call.stage = { kind: 'over' };
    this.#context.flow.relieved(reply);
    finish(call, reply, response, this.#context.face.serverInfo, this.#context.parking, (request, next) =>
      this.start(request, next),
    );
  }

  #giveUp(call: Call, reason: string): void {
    this.#open.delete(call.id);
    call.stage = { kind: 'over' };
    for (const { childId } of call.asks) this.#refuseChild(childId, CODE.internalError, reason);
    if (!call.sent) return;
    this.#context.write(messageText({ method: 'notifications/cancelled', params: { requestId: call.id, reason } }));
  }

  #refuseChild(childId: JsonRpcId, code: number, message: string): void {
    this.#context.write(errorText(JSON.stringify(childId), { code, message }));
  }
}

function hold(held: HeldFrames, notification: Buffer): void {
  if (held.bytes + notification.length > HELD_LIMIT) return;
  held.bytes += notification.length;
  held.notifications.push(notification);
}
