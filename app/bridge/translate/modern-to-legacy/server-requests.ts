import type { BackPressureGate } from '../../../base/back-pressure.ts';
import type { Clock } from '../../../base/clock.ts';
import { errorText, type ServerFace } from '../../../mcp/index.ts';
import {
  CODE,
  idText,
  type JsonObject,
  type JsonRpcId,
  memberOf,
  parsedJson,
  type RequestFrame,
} from '../../../mcp/jsonrpc/index.ts';
import {
  type AskMethod,
  type InteractivityCache,
  isInteractive,
  joinCapabilities,
  missingFor,
} from '../interactivity.ts';
import type { ModernRequest, Reply } from '../request.ts';
import { type Ask, answerTo, inputRequiredText, modernAskParams } from './messages.ts';
import type { SuspendedCalls } from './suspended-calls.ts';

/** Where a call stands between the client and the child. */
export type Stage =
  | { readonly kind: 'running'; readonly reply: Reply }
  /** The child has asked; what else it asks within a moment goes into the same answer. */
  | { readonly kind: 'gathering'; readonly reply: Reply; readonly stopClock: () => void }
  /** The client has the questions and no request open. The child works or waits. */
  | { readonly kind: 'parked'; readonly held: HeldFrames }
  | { readonly kind: 'over' };

/** What the child said while the client was away. */
export interface HeldFrames {
  /** Notifications for the stream that comes with the answers. */
  readonly notifications: Buffer[];
  bytes: number;
  /** The response, when it came before the answers did. */
  response: Buffer | null;
}

/** Bytes of notifications kept for a client that is busy answering. */
const HELD_LIMIT = 64 * 1024;

export function nothingHeld(): HeldFrames {
  return { notifications: [], bytes: 0, response: null };
}

/** Keeps a notification for later, unless there is too much already. */
export function hold(held: HeldFrames, notification: Buffer): void {
  if (held.bytes + notification.length > HELD_LIMIT) return;
  held.bytes += notification.length;
  held.notifications.push(notification);
}

/** One modern request on its way through a legacy child, over all its rounds. */
export interface Call {
  /** Our request id towards the child, and the progress token. */
  readonly id: number;
  /** The newest round: the first request, then its retries. */
  request: ModernRequest;
  stage: Stage;
  /** Questions the client has or will get next. */
  asks: Ask[];
  /** False while questions from before the call have to be answered first. */
  sent: boolean;
  /** Capabilities the child needed for this call and the client does not have. */
  refused: JsonObject | null;
}

/** What the parking keeps for a call: how it goes on when its client retries. */
export interface Waiting {
  resume(request: ModernRequest, reply: Reply): void;
}

/**
 * The calls that a request of the child's may belong to. Legacy stdio does not say which, and the question may hold what only
 * one client should see: with more than one of them, there is no telling.
 */
export function callsBehindAsk(calls: Iterable<Call>): Call[] {
  return [...calls].filter(({ request }) => isInteractive(request.method));
}

/**
 * The call that a log message belongs to; null when that can not be told. Legacy stdio does not say it either: a message
 * is delivered only while a single call is at work, and dropped otherwise (logs are a MAY: 2026-07-28,
 * server/utilities/logging).
 */
export function callBehindLog(calls: Iterable<Call>): Call | null {
  let only: Call | null = null;
  for (const call of calls) {
    if (call.stage.kind === 'parked') continue;
    if (only !== null) return null;
    only = call;
  }
  return only;
}

/** Milliseconds in which further questions of the child join the first: parallel ones rarely come in one read. */
const GATHERING_TIME = 5;

/** Milliseconds a question waits for all calls to end that it might belong to but one. */
const DOUBT_TIME = 2000;

/** Questions in doubt at one time, and questions outside any call. */
const WAITING_LIMIT = 16;

export interface ServerRequestsContext {
  readonly write: (json: Buffer) => void;
  readonly clock: Clock;
  readonly flow: BackPressureGate;
  readonly parking: SuspendedCalls<Waiting>;
  readonly habits: InteractivityCache;
  /** What the child was told that its client can do. */
  readonly capabilities: JsonObject;
  readonly face: ServerFace;
}

/** How a parked call goes on. */
export interface Onward {
  resume(call: Call, request: ModernRequest, reply: Reply): void;
  giveUp(call: Call, reason: string): void;
}

/** A question that may be of any of several calls. */
interface Doubt {
  readonly ask: Ask;
  /** The calls under way when it came; one that has ended is out of the question. */
  readonly candidates: Set<Call>;
  readonly stopClock: () => void;
}

/**
 * What a legacy child asks its client, on its way to the client and back: questions are found their call, gathered, sent as
 * `input_required`, and their answers written to the child under its own ids.
 */
export class ServerRequests {
  readonly #context: ServerRequestsContext;
  readonly #calls: ReadonlyMap<number, Call>;
  readonly #onward: Onward;
  #orphans: Ask[] = [];
  #doubts: Doubt[] = [];
  #questions = 0;

  constructor(context: ServerRequestsContext, calls: ReadonlyMap<number, Call>, onward: Onward) {
    this.#context = context;
    this.#calls = calls;
    this.#onward = onward;
  }

  /** The child has sent a request that is for the client. */
  asked({ id, bytes }: RequestFrame, method: AskMethod): void {
    const params = memberOf(bytes, 'params');
    const candidates = callsBehindAsk(this.#calls.values());
    const [only, another] = candidates;
    const capabilities = (another === undefined && only?.request.envelope.capabilities) || this.#context.capabilities;
    const missing = missingFor(method, Object(parsedJson(params)), capabilities);
    if (missing !== null) {
      for (const call of candidates) {
        call.refused = joinCapabilities(call.refused ?? {}, missing);
        this.#context.habits.asked(call.request);
      }
      this.refuse(id, CODE.methodNotFound, 'The client does not support this.');
      return;
    }
    const key = `${method.slice(0, method.indexOf('/'))}_${++this.#questions}`;
    const ask: Ask = { key, childId: id, method, params: modernAskParams(params) };
    if (only === undefined) this.#orphaned(ask);
    else if (another === undefined) this.#attribute(ask, only);
    else this.#doubt(ask, candidates);
  }

  /** The child no longer wants to know. */
  withdrawn(childId: unknown): void {
    const others = (ask: Ask) => ask.childId !== childId;
    this.#orphans = this.#orphans.filter(others);
    this.#doubts = this.#doubts.filter((doubt) => {
      if (!others(doubt.ask)) doubt.stopClock();
      return others(doubt.ask);
    });
    for (const call of this.#calls.values()) {
      call.asks = call.asks.filter(others);
      if (call.stage.kind !== 'gathering' || call.asks.length > 0) continue;
      call.stage.stopClock();
      call.stage = { kind: 'running', reply: call.stage.reply };
    }
  }

  /** A call has ended. What it still asks, if anything, was of another. */
  over(ended: Call): void {
    const left = ended.asks.splice(0);
    const doubts = this.#doubts;
    this.#doubts = [];
    for (const doubt of doubts) {
      doubt.candidates.delete(ended);
      const [only, another] = doubt.candidates;
      if (another !== undefined) {
        this.#doubts.push(doubt);
        continue;
      }
      doubt.stopClock();
      if (only === undefined) this.#orphaned(doubt.ask);
      else this.#attribute(doubt.ask, only);
    }
    for (const ask of left) this.#orphaned(ask);
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
    this.#context.write(Buffer.from(`{"jsonrpc":"2.0","id":${idText(ask.childId)},"result":${answer}}`));
    return true;
  }

  refuse(childId: JsonRpcId, code: number, message: string): void {
    this.#context.write(errorText(idText(childId), { code, message }));
  }

  #attribute(ask: Ask, call: Call): void {
    this.#context.habits.asked(call.request);
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

  /**
   * A question outside any call. Servers ask for the roots right after the handshake, and the next call can carry that.
   * Anything else may tell what only the client of some earlier call should see.
   */
  #orphaned(ask: Ask): void {
    if (ask.method === 'roots/list' && this.#orphans.length < WAITING_LIMIT) this.#orphans.push(ask);
    else this.refuse(ask.childId, CODE.internalError, 'No request is under way that the question could belong to.');
  }

  /** From now on, each of them has its child to itself. */
  #doubt(ask: Ask, candidates: readonly Call[]): void {
    for (const call of candidates) this.#context.habits.asked(call.request);
    const giveUp = () => {
      this.#doubts = this.#doubts.filter((doubt) => doubt.ask !== ask);
      const message = 'Several requests are under way, and it can not be told which client to ask. Try again.';
      this.refuse(ask.childId, CODE.internalError, message);
    };
    if (this.#doubts.length >= WAITING_LIMIT) giveUp();
    else {
      const stopClock = this.#context.clock.after(DOUBT_TIME, giveUp);
      this.#doubts.push({ ask, candidates: new Set(candidates), stopClock });
    }
  }
}
