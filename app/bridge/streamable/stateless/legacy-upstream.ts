import {
  CODE,
  errorText,
  type InteractivityCache,
  isInteractive,
  type ModernRequest,
  type ModernToLegacy,
  type Reply,
  refuse,
  resultIn,
  type ServerFace,
  type Subscriptions,
  type SuspendedCalls,
  type Waiting,
} from '../../translate/index.ts';
import type { ChildConnection, Unserved, Upstream } from './child-pool.ts';
import { ToolHeaders } from './mirrored-headers.ts';

export type LegacyWorker = ChildConnection<ModernToLegacy>;

/** Children beside the main one for calls that may ask at the same time. */
const LANES = 31;

export interface LegacyUpstreamContext {
  readonly face: ServerFace;
  readonly main: LegacyWorker;
  /** Starts another child, introduced in the same way; resolves after its handshake. */
  readonly openLane: () => Promise<LegacyWorker | Unserved>;
  readonly habits: InteractivityCache;
  readonly subscriptions: Subscriptions;
  readonly parking: SuspendedCalls<Waiting>;
}

/**
 * The legacy children behind one modern client program: a main one, and lanes. A call that may make its child ask has a
 * child to itself, so that it is plain whose question comes; everything else goes to the main child, and so does such a call
 * when no other is in its way: what the server remembers from one call to the next should be there.
 */
export class LegacyUpstream implements Upstream {
  readonly toolHeaders: ToolHeaders;
  readonly #context: LegacyUpstreamContext;
  #lanes: LegacyWorker[] = [];
  #opening = 0;

  constructor(context: LegacyUpstreamContext) {
    this.#context = context;
    this.toolHeaders = new ToolHeaders(
      (method, params) =>
        new Promise((resolve) => context.main.talk.ask(method, params, (response) => resolve(resultIn(response)))),
    );
  }

  get face(): ServerFace {
    return this.#context.face;
  }

  start(request: ModernRequest, reply: Reply): void {
    const { subscriptions, habits, main, face } = this.#context;
    if (isInteractive(request.method) && request.params['requestState'] !== undefined) this.#retry(request, reply);
    else if (request.method === 'subscriptions/listen') void subscriptions.open(request, reply, face);
    else if (habits.mayAsk(request)) this.#startAlone(request, reply);
    else main.start(request, reply);
  }

  #startAlone(request: ModernRequest, reply: Reply): void {
    this.#lanes = this.#lanes.filter((lane) => !lane.ended);
    const { main } = this.#context;
    const free = [main, ...this.#lanes].find((line) => !line.talk.mayAsk);
    if (free !== undefined) free.start(request, reply);
    else if (this.#lanes.length + this.#opening < LANES) void this.#startInLane(request, reply);
    else main.start(request, reply);
  }

  async #startInLane(request: ModernRequest, reply: Reply): Promise<void> {
    this.#opening++;
    const lane = await this.#context.openLane();
    this.#opening--;
    if ('error' in lane) {
      reply.respond(errorText(request.idText, lane.error), lane.status);
    } else {
      this.#lanes.push(lane);
      lane.start(request, reply);
    }
  }

  /** A call that goes on, in whichever child it waits. */
  #retry(request: ModernRequest, reply: Reply): void {
    const waiting = this.#context.parking.fetch(request);
    if (waiting !== null) {
      waiting.resume(request, reply);
      return;
    }
    const message = 'Invalid params: requestState is not valid for this request, or not any more.';
    refuse(reply, request.idText, { code: CODE.invalidParams, message });
  }
}
