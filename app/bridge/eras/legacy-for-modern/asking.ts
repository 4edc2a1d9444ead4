import { type JsonObject, type JsonRpcId, memberOf, parsedJson, type RequestFrame } from '../../frame/index.ts';
import { errorText } from '../answers.ts';
import { type AskMethod, joinCapabilities, missingFor } from '../asks.ts';
import type { Clock } from '../clock.ts';
import { CODE } from '../error-codes.ts';
import type { Flow } from '../flow.ts';
import type { ModernRequest } from '../modern-request.ts';
import type { Reply } from '../reply.ts';
import type { ServerFace } from '../server-face.ts';
import { callBehindAsk } from './attribution.ts';
import { type Ask, type Call, type HeldFrames, nothingHeld, type Waiting } from './call.ts';
import type { Parking } from './parking.ts';
import { answerTo, inputRequiredText, modernAskParams } from './questions.ts';

/** Milliseconds in which further questions of the child join the first: parallel ones rarely come in one read. */
const GATHERING_TIME = 5;

/** Questions outside any call that wait for a call to carry them, such as for the roots right after the handshake. */
const ORPHAN_LIMIT = 16;

export interface AskingContext {
  readonly write: (json: Buffer) => void;
  readonly clock: Clock;
  readonly flow: Flow;
  readonly parking: Parking<Waiting>;
  /** What the child was told that its client can do. */
  readonly capabilities: JsonObject;
  readonly face: ServerFace;
}

/** How a parked call goes on. */
export interface Onward {
  resume(call: Call, request: ModernRequest, reply: Reply): void;
  giveUp(call: Call, reason: string): void;
}

/**
 * What a legacy child asks its client, on its way to the client and back: questions are found a call, gathered, sent as
 * `input_required`, and their answers written to the child under its own ids.
 */
export class Asking {
  readonly #context: AskingContext;
  readonly #calls: ReadonlyMap<number, Call>;
  readonly #onward: Onward;
  #orphans: Ask[] = [];
  #questions = 0;

  constructor(context: AskingContext, calls: ReadonlyMap<number, Call>, onward: Onward) {
    this.#context = context;
    this.#calls = calls;
    this.#onward = onward;
  }

  /** The child has sent a request that is for the client. */
  asked({ id, bytes }: RequestFrame, method: AskMethod): void {
    const params = memberOf(bytes, 'params');
    const call = callBehindAsk(this.#calls.values());
    const capabilities = call?.request.envelope.capabilities ?? this.#context.capabilities;
    const missing = missingFor(method, Object(parsedJson(params)), capabilities);
    if (missing !== null) {
      if (call !== null) call.refused = joinCapabilities(call.refused ?? {}, missing);
      this.refuse(id, CODE.methodNotFound, 'The client does not support this.');
      return;
    }
    const key = `${method.slice(0, method.indexOf('/'))}_${++this.#questions}`;
    this.attribute({ key, childId: id, method, params: modernAskParams(params) });
  }

  /** The child no longer wants to know. */
  withdrawn(childId: unknown): void {
    const others = (ask: Ask) => ask.childId !== childId;
    this.#orphans = this.#orphans.filter(others);
    for (const call of this.#calls.values()) {
      call.asks = call.asks.filter(others);
      if (call.stage.kind !== 'gathering' || call.asks.length > 0) continue;
      call.stage.stopClock();
      call.stage = { kind: 'running', reply: call.stage.reply };
    }
  }

  /** Finds a question the call that carries it, and begins to gather if it is the first. */
  attribute(ask: Ask): void {
    const call = callBehindAsk(this.#calls.values());
    if (call === null) {
      if (this.#orphans.length < ORPHAN_LIMIT) this.#orphans.push(ask);
      else this.refuse(ask.childId, CODE.internalError, 'No request is open that could carry the question.');
      return;
    }
    if (call.stage.kind !== 'parked' && this.#context.parking.full) {
      this.refuse(ask.childId, CODE.internalError, 'Too many calls wait for an answer already.');
      return;
    }
    call.asks.push(ask);
    if (call.stage.kind !== 'running') return;
    const { reply } = call.stage;
    const stopClock = this.#context.clock.after(GATHERING_TIME, () => this.park(call, reply, nothingHeld()));
    call.stage = { kind: 'gathering', reply, stopClock };
  }

  /** The questions that came before there was a call for them. They are the taker's now. */
  takeOrphans(): Ask[] {
    const taken = this.#orphans;
    this.#orphans = [];
    return taken;
  }

  /** Sends the client the questions of a call, and keeps the call until it comes back with answers. */
  park(call: Call, reply: Reply, held: HeldFrames): void {
    const { parking, flow, face } = this.#context;
    const waiting: Waiting = { resume: (request, next) => this.#onward.resume(call, request, next) };
    const state = parking.park(waiting, call.request, () =>
      this.#onward.giveUp(call, 'The client did not answer in time.'),
    );
    call.stage = { kind: 'parked', held };
    flow.relieved(reply);
    reply.respond(inputRequiredText(call.request.idText, call.asks, state, face.serverInfo), 200);
  }

  /** Gives the child its answer; false when the retry holds none. */
  passOn(ask: Ask, request: ModernRequest): boolean {
    const answer = answerTo(ask, request.bytes);
    if (answer === undefined) return false;
    this.#context.write(Buffer.from(`{"jsonrpc":"2.0","id":${JSON.stringify(ask.childId)},"result":${answer}}`));
    return true;
  }

  refuse(childId: JsonRpcId, code: number, message: string): void {
    this.#context.write(errorText(JSON.stringify(childId), { code, message }));
  }
}
