import type { BackPressureGate } from '../../../base/back-pressure.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Text } from '../../../i18n/index.ts';
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
  type InteractivityCache,
  isInteractive,
  joinCapabilities,
  missingFor,
  type ServerRequestMethod,
} from '../interactivity.ts';
import type { ModernRequest, Reply } from '../request.ts';
import { answerTo, inputRequiredText, modernParams, type ServerRequest } from './messages.ts';
import type { SuspendedCall, SuspendedCalls } from './suspended-calls.ts';

/** Where a call stands between the client and the child. */
export type Stage =
  | { readonly kind: 'running'; readonly reply: Reply }
  /** The child has sent a request; further ones within a moment go into the same response. */
  | { readonly kind: 'gathering'; readonly reply: Reply; readonly stopClock: () => void }
  /** The client has the input requests and no request open. The child works or waits. */
  | { readonly kind: 'suspended'; readonly held: HeldFrames }
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
  /** The server requests that the client has or will get next. */
  serverRequests: ServerRequest[];
  /** False while server requests from before the call have to be answered first. */
  sent: boolean;
  /** Capabilities the child needed for this call and the client does not have. */
  refused: JsonObject | null;
}

/**
 * The calls that a request of the child's may belong to. Legacy stdio does not say which, and the request may hold what only
 * one client should see: with more than one candidate it cannot be attributed.
 */
function candidatesFor(calls: Iterable<Call>): Call[] {
  return [...calls].filter(({ request }) => isInteractive(request.method));
}

/**
 * The call that a log message belongs to; null when that can not be told. Legacy stdio does not say it either: a message
 * is delivered only while a single call is at work, and dropped otherwise (logs are a MAY: 2026-07-28,
 * server/utilities/logging).
 */
export function callOfLog(calls: Iterable<Call>): Call | null {
  let only: Call | null = null;
  for (const call of calls) {
    if (call.stage.kind === 'suspended') continue;
    if (only !== null) return null;
    only = call;
  }
  return only;
}

/** Milliseconds in which further requests of the child join the first: parallel ones rarely come in one read. */
const GATHERING_TIME = 5;

/** Milliseconds an ambiguous server request waits until only one of its candidates is left. */
const AMBIGUITY_TIMEOUT = 2000;

/** Ambiguous server requests kept at one time, and as many unowned ones. */
const WAITING_LIMIT = 16;

export interface ServerRequestsContext {
  readonly text: () => Text;
  readonly write: (json: Buffer) => void;
  readonly clock: Clock;
  readonly flow: BackPressureGate;
  readonly suspended: SuspendedCalls;
  readonly interactivity: InteractivityCache;
  /** What the child was told that its client can do. */
  readonly capabilities: JsonObject;
  readonly face: ServerFace;
}

/** How a suspended call goes on. */
export interface CallContinuation {
  resume(call: Call, request: ModernRequest, reply: Reply): void;
  giveUp(call: Call, reason: string): void;
}

/** A server request that may belong to any of several calls. */
interface Ambiguous {
  readonly serverRequest: ServerRequest;
  /** The calls under way when it came, without those that have ended since. */
  readonly candidates: Set<Call>;
  readonly stopClock: () => void;
}

/**
 * The requests of a legacy child to its client, there and back: each is attributed to a call, gathered with others, sent as
 * `input_required`, and answered to the child under its own id.
 */
export class ServerRequests {
  readonly #context: ServerRequestsContext;
  readonly #calls: ReadonlyMap<number, Call>;
  readonly #continuation: CallContinuation;
  #unowned: ServerRequest[] = [];
  #ambiguous: Ambiguous[] = [];
  #lastKey = 0;

  constructor(context: ServerRequestsContext, calls: ReadonlyMap<number, Call>, continuation: CallContinuation) {
    this.#context = context;
    this.#calls = calls;
    this.#continuation = continuation;
  }

  get #words(): Text['bridge']['toServer'] {
    return this.#context.text().bridge.toServer;
  }

  /** The child has sent a request that is for the client. */
  requested({ id, bytes }: RequestFrame, method: ServerRequestMethod): void {
    const params = memberOf(bytes, 'params');
    const candidates = candidatesFor(this.#calls.values());
    const [only, another] = candidates;
    const capabilities = (another === undefined && only?.request.envelope.capabilities) || this.#context.capabilities;
    const missing = missingFor(method, Object(parsedJson(params)), capabilities);
    if (missing !== null) {
      for (const call of candidates) {
        call.refused = joinCapabilities(call.refused ?? {}, missing);
        this.#context.interactivity.interacted(call.request);
      }
      this.refuse(id, CODE.methodNotFound, this.#words.clientCannot);
      return;
    }
    const key = `${method.slice(0, method.indexOf('/'))}_${++this.#lastKey}`;
    const serverRequest: ServerRequest = { key, childId: id, method, params: modernParams(params) };
    if (only === undefined) this.#keepUnowned(serverRequest);
    else if (another === undefined) this.#attribute(serverRequest, only);
    else this.#holdAmbiguous(serverRequest, candidates);
  }

  /** The child no longer wants to know. */
  withdrawn(childId: unknown): void {
    const others = (serverRequest: ServerRequest) => serverRequest.childId !== childId;
    this.#unowned = this.#unowned.filter(others);
    this.#ambiguous = this.#ambiguous.filter((held) => {
      if (!others(held.serverRequest)) held.stopClock();
      return others(held.serverRequest);
    });
    for (const call of this.#calls.values()) {
      call.serverRequests = call.serverRequests.filter(others);
      if (call.stage.kind !== 'gathering' || call.serverRequests.length > 0) continue;
      call.stage.stopClock();
      call.stage = { kind: 'running', reply: call.stage.reply };
    }
  }

  /** A call has ended. Server requests that it still has belong to another. */
  over(ended: Call): void {
    const left = ended.serverRequests.splice(0);
    const before = this.#ambiguous;
    this.#ambiguous = [];
    for (const held of before) {
      held.candidates.delete(ended);
      const [only, another] = held.candidates;
      if (another !== undefined) {
        this.#ambiguous.push(held);
        continue;
      }
      held.stopClock();
      if (only === undefined) this.#keepUnowned(held.serverRequest);
      else this.#attribute(held.serverRequest, only);
    }
    for (const serverRequest of left) this.#keepUnowned(serverRequest);
  }

  /** Takes the server requests that came before there was a call for them. */
  takeUnowned(): ServerRequest[] {
    const taken = this.#unowned;
    this.#unowned = [];
    return taken;
  }

  /** Sends the client the server requests of a call, and keeps the call until it comes back with answers. */
  suspend(call: Call, reply: Reply, held: HeldFrames): void {
    const { suspended, flow, face } = this.#context;
    const waiting: SuspendedCall = { resume: (request, next) => this.#continuation.resume(call, request, next) };
    const state = suspended.add(waiting, call.request, () => this.#continuation.giveUp(call, this.#words.clientLate));
    call.stage = { kind: 'suspended', held };
    flow.relieved(reply);
    reply.respond(inputRequiredText(call.request.idText, call.serverRequests, state, face.serverInfo), 200);
  }

  /** Gives the child its answer; false when the retry holds none. */
  passOn(serverRequest: ServerRequest, request: ModernRequest): boolean {
    const answer = answerTo(serverRequest, request.bytes);
    if (answer === undefined) return false;
    this.#context.write(Buffer.from(`{"jsonrpc":"2.0","id":${idText(serverRequest.childId)},"result":${answer}}`));
    return true;
  }

  refuse(childId: JsonRpcId, code: number, message: string): void {
    this.#context.write(errorText(idText(childId), { code, message }));
  }

  #attribute(serverRequest: ServerRequest, call: Call): void {
    this.#context.interactivity.interacted(call.request);
    if (call.stage.kind !== 'suspended' && this.#context.suspended.full) {
      this.refuse(serverRequest.childId, CODE.internalError, this.#words.tooManyWaiting);
      return;
    }
    call.serverRequests.push(serverRequest);
    if (call.stage.kind !== 'running') return;
    const { reply } = call.stage;
    const { clock } = this.#context;
    let stop = clock.after(GATHERING_TIME, () => {
      // Where the event loop is late, timers run ahead of what has arrived in time: that is read first.
      stop = clock.after(0, () => this.suspend(call, reply, nothingHeld()));
    });
    call.stage = { kind: 'gathering', reply, stopClock: () => stop() };
  }

  /**
   * A server request outside any call. Servers ask for the roots right after the handshake, and the next call can carry that.
   * Anything else may tell what only the client of some earlier call should see.
   */
  #keepUnowned(serverRequest: ServerRequest): void {
    if (serverRequest.method === 'roots/list' && this.#unowned.length < WAITING_LIMIT)
      this.#unowned.push(serverRequest);
    else this.refuse(serverRequest.childId, CODE.internalError, this.#words.unowned);
  }

  /** From now on, each of them has its child to itself. */
  #holdAmbiguous(serverRequest: ServerRequest, candidates: readonly Call[]): void {
    for (const call of candidates) this.#context.interactivity.interacted(call.request);
    const giveUp = () => {
      this.#ambiguous = this.#ambiguous.filter((held) => held.serverRequest !== serverRequest);
      const message = this.#words.ambiguous;
      this.refuse(serverRequest.childId, CODE.internalError, message);
    };
    if (this.#ambiguous.length >= WAITING_LIMIT) giveUp();
    else {
      const stopClock = this.#context.clock.after(AMBIGUITY_TIMEOUT, giveUp);
      this.#ambiguous.push({ serverRequest, candidates: new Set(candidates), stopClock });
    }
  }
}
