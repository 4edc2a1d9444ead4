import { errorText, type ServerFace } from '../../../mcp/index.ts';
import { CODE, resultIn } from '../../../mcp/jsonrpc/index.ts';
import {
  type InteractivityCache,
  isInteractive,
  type ModernRequest,
  type ModernToLegacy,
  type ModernToModern,
  type Reply,
  refuse,
  type Subscriptions,
  type SuspendedCalls,
  type Waiting,
} from '../../translate/index.ts';
import type { ChildConnection, Unserved, Upstream } from './child-connection.ts';
import { ToolHeaders } from './mirrored-headers.ts';

export type ModernWorker = ChildConnection<ModernToModern>;

/** Starts another child; `stateIssued` hears of every `requestState` it gives out. */
export type OpenModern = (stateIssued: (requestState: string) => void) => ModernWorker | Unserved;

/** Children beside the main one for requests whose log messages could not be told apart in it. */
const LOG_LANES = 4;

/** States of calls in log lanes that are remembered at one time. */
const STATE_LIMIT = 1000;

/**
 * The modern children of one principal: a main one that all its requests share, and log lanes. A modern server keeps
 * nothing between requests, so any child can serve any of them; a new one is started when a request finds none.
 */
export class ModernUpstream implements Upstream {
  readonly face: ServerFace;
  readonly toolHeaders: ToolHeaders;
  readonly #open: OpenModern;
  /** Which log lane gave out a `requestState`, oldest first. The sealing key may be known in that process only. */
  readonly #issuers = new Map<string, ModernWorker>();
  #lines: ModernWorker[];

  constructor(face: ServerFace, first: ModernWorker, open: OpenModern) {
    this.face = face;
    this.#lines = [first];
    this.#open = open;
    this.toolHeaders = new ToolHeaders(
      (method, params) =>
        new Promise((resolve) => {
          const line = this.#main();
          if ('error' in line) resolve(null);
          else line.translator.ask(method, params, (response) => resolve(resultIn(response)));
        }),
    );
  }

  start(request: ModernRequest, reply: Reply): void {
    const line = this.#lineFor(request);
    if ('error' in line) reply.respond(errorText(request.idText, line.error), line.status);
    else line.start(request, reply);
  }

  /** Passes on what a client has posted without expecting an answer. */
  tell(notification: Buffer): void {
    const line = this.#main();
    if (!('error' in line)) line.translator.tell(notification);
  }

  #lineFor({ envelope, params }: ModernRequest): ModernWorker | Unserved {
    const state = params['requestState'];
    if (typeof state === 'string') return this.#issuer(state) ?? this.#main();
    return envelope.logLevel === null ? this.#main() : this.#quietest();
  }

  #issuer(state: string): ModernWorker | null {
    const line = this.#issuers.get(state);
    return line === undefined || line.ended ? null : line;
  }

  #main(): ModernWorker | Unserved {
    return this.#alive()[0] ?? this.#another(() => undefined);
  }

  /** A child in which no other request wants log messages; the main one when there are enough. */
  #quietest(): ModernWorker | Unserved {
    const alive = this.#alive();
    const quiet = alive.find((line) => !line.translator.logging);
    if (quiet !== undefined) return quiet;
    const lane: ModernWorker | Unserved | null =
      alive.length <= LOG_LANES ? this.#another((state) => this.#remember(state, lane)) : null;
    return lane === null || 'error' in lane ? this.#main() : lane;
  }

  #alive(): ModernWorker[] {
    this.#lines = this.#lines.filter((line) => !line.ended);
    return this.#lines;
  }

  #remember(state: string, lane: ModernWorker | Unserved | null): void {
    if (lane === null || 'error' in lane) return;
    this.#issuers.set(state, lane);
    const [oldest] = this.#issuers.keys();
    if (this.#issuers.size > STATE_LIMIT && oldest !== undefined) this.#issuers.delete(oldest);
  }

  #another(stateIssued: (requestState: string) => void): ModernWorker | Unserved {
    const line = this.#open(stateIssued);
    if (!('error' in line)) this.#lines.push(line);
    return line;
  }
}

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
        new Promise((resolve) =>
          context.main.translator.ask(method, params, (response) => resolve(resultIn(response))),
        ),
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
    const free = [main, ...this.#lanes].find((line) => !line.translator.mayAsk);
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
