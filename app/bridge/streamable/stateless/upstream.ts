import type { Text } from '../../../i18n/index.ts';
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
} from '../../translate/index.ts';
import type { ChildConnection, Unserved, Upstream } from './child-connection.ts';
import { ToolHeaders } from './mirrored-headers.ts';

export type ModernWorker = ChildConnection<ModernToModern>;

/** Starts another child; `stateIssued` hears of every `requestState` it gives out. */
export type OpenModern = (stateIssued: (requestState: string) => void) => ModernWorker | Unserved;

/** Children beside the main one for requests whose log messages could not be told apart in it. */
const LOG_WORKERS = 4;

/** States of calls in log workers that are remembered at one time. */
const STATE_LIMIT = 1000;

/**
 * The modern children of one principal: a main one that all its requests share, and log workers. A modern server keeps
 * nothing between requests, so any child can serve any of them; a new one is started when a request finds none.
 */
export class ModernUpstream implements Upstream {
  readonly face: ServerFace;
  readonly toolHeaders: ToolHeaders;
  readonly #open: OpenModern;
  /** Which log worker gave out a `requestState`, oldest first. The sealing key may be known in that process only. */
  readonly #issuers = new Map<string, ModernWorker>();
  #connections: ModernWorker[];

  constructor(face: ServerFace, first: ModernWorker, open: OpenModern, text: () => Text) {
    this.face = face;
    this.#connections = [first];
    this.#open = open;
    this.toolHeaders = new ToolHeaders(
      (method, params) =>
        new Promise((resolve) => {
          const connection = this.#main();
          if ('error' in connection) resolve(null);
          else connection.translator.request(method, params, (response) => resolve(resultIn(response)));
        }),
      () => text().bridge.headers,
    );
  }

  start(request: ModernRequest, reply: Reply): void {
    const connection = this.#workerFor(request);
    if ('error' in connection) reply.respond(errorText(request.idText, connection.error), connection.status);
    else connection.start(request, reply);
  }

  /** Passes on what a client has posted without expecting an answer. */
  tell(notification: Buffer): void {
    const connection = this.#main();
    if (!('error' in connection)) connection.translator.tell(notification);
  }

  #workerFor({ envelope, params }: ModernRequest): ModernWorker | Unserved {
    const state = params['requestState'];
    if (typeof state === 'string') return this.#issuer(state) ?? this.#main();
    return envelope.logLevel === null ? this.#main() : this.#quietest();
  }

  #issuer(state: string): ModernWorker | null {
    const connection = this.#issuers.get(state);
    return connection === undefined || connection.ended ? null : connection;
  }

  #main(): ModernWorker | Unserved {
    return this.#alive()[0] ?? this.#another(() => undefined);
  }

  /** A child in which no other request wants log messages; the main one when there are enough. */
  #quietest(): ModernWorker | Unserved {
    const alive = this.#alive();
    const quiet = alive.find((connection) => !connection.translator.logging);
    if (quiet !== undefined) return quiet;
    const worker: ModernWorker | Unserved | null =
      alive.length <= LOG_WORKERS ? this.#another((state) => this.#remember(state, worker)) : null;
    return worker === null || 'error' in worker ? this.#main() : worker;
  }

  #alive(): ModernWorker[] {
    this.#connections = this.#connections.filter((connection) => !connection.ended);
    return this.#connections;
  }

  #remember(state: string, worker: ModernWorker | Unserved | null): void {
    if (worker === null || 'error' in worker) return;
    this.#issuers.set(state, worker);
    const [oldest] = this.#issuers.keys();
    if (this.#issuers.size > STATE_LIMIT && oldest !== undefined) this.#issuers.delete(oldest);
  }

  #another(stateIssued: (requestState: string) => void): ModernWorker | Unserved {
    const connection = this.#open(stateIssued);
    if (!('error' in connection)) this.#connections.push(connection);
    return connection;
  }
}

export type LegacyWorker = ChildConnection<ModernToLegacy>;

/** Children beside the main one for calls that may cause server requests at the same time. */
const WORKERS = 31;

export interface LegacyUpstreamContext {
  readonly text: () => Text;
  readonly face: ServerFace;
  readonly main: LegacyWorker;
  /** Starts another child, introduced in the same way; resolves after its handshake. */
  readonly openWorker: () => Promise<LegacyWorker | Unserved>;
  readonly interactivity: InteractivityCache;
  readonly subscriptions: Subscriptions;
  readonly suspended: SuspendedCalls;
}

/**
 * The legacy children behind one modern client program: a main one, and workers. A call that may cause a server request has a
 * child to itself, so that the request can be attributed; everything else goes to the main child, and so does such a call
 * when no other is in its way: what the server remembers from one call to the next should be there.
 */
export class LegacyUpstream implements Upstream {
  readonly toolHeaders: ToolHeaders;
  readonly #context: LegacyUpstreamContext;
  #workers: LegacyWorker[] = [];
  #opening = 0;

  constructor(context: LegacyUpstreamContext) {
    this.#context = context;
    this.toolHeaders = new ToolHeaders(
      (method, params) =>
        new Promise((resolve) =>
          context.main.translator.request(method, params, (response) => resolve(resultIn(response))),
        ),
      () => context.text().bridge.headers,
    );
  }

  get face(): ServerFace {
    return this.#context.face;
  }

  start(request: ModernRequest, reply: Reply): void {
    const { subscriptions, interactivity, main, face } = this.#context;
    if (isInteractive(request.method) && request.params['requestState'] !== undefined) this.#retry(request, reply);
    else if (request.method === 'subscriptions/listen') void subscriptions.open(request, reply, face);
    else if (interactivity.mayInteract(request)) this.#startAlone(request, reply);
    else main.start(request, reply);
  }

  #startAlone(request: ModernRequest, reply: Reply): void {
    this.#workers = this.#workers.filter((worker) => !worker.ended);
    const { main } = this.#context;
    const free = [main, ...this.#workers].find((connection) => !connection.translator.mayInteract);
    if (free !== undefined) free.start(request, reply);
    else if (this.#workers.length + this.#opening < WORKERS) void this.#startInWorker(request, reply);
    else main.start(request, reply);
  }

  async #startInWorker(request: ModernRequest, reply: Reply): Promise<void> {
    this.#opening++;
    const worker = await this.#context.openWorker();
    this.#opening--;
    if ('error' in worker) {
      reply.respond(errorText(request.idText, worker.error), worker.status);
    } else {
      this.#workers.push(worker);
      worker.start(request, reply);
    }
  }

  /** A call that goes on, in whichever child it waits. */
  #retry(request: ModernRequest, reply: Reply): void {
    const waiting = this.#context.suspended.fetch(request);
    if (waiting !== null) {
      waiting.resume(request, reply);
      return;
    }
    const message = this.#context.text().bridge.invalid.badRequestState;
    refuse(reply, request.idText, { code: CODE.invalidParams, message });
  }
}
