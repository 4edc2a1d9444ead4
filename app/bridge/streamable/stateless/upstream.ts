import { systemClock } from '../../../base/clock.ts';
import type { Text } from '../../../i18n/index.ts';
import { errorText, methodNotFound, type ServerFace } from '../../../mcp/index.ts';
import { CODE, type JsonRpcError, resultIn } from '../../../mcp/jsonrpc/index.ts';
import {
  type InteractivityCache,
  type Introduction,
  isInteractive,
  type ModernRequest,
  ModernToLegacy,
  ModernToModern,
  type Reply,
  refuse,
  Subscriptions,
  type SuspendedCalls,
} from '../../translate/index.ts';
import type { ChildConnection, ChildConnections, Unserved, Upstream } from './child-connection.ts';
import { ToolHeaders } from './validation.ts';

export type ModernWorker = ChildConnection<ModernToModern>;

/** Starts another child; `stateIssued` hears of every `requestState` that it gives out, and of every task that it begins. */
export type OpenModern = (stateIssued: (requestState: string) => void) => ModernWorker | Unserved;

/** Children beside the main one for requests whose log messages could not be told apart in it. */
const LOG_WORKERS = 4;

/** States of calls in log workers that are remembered at one time. */
const STATE_LIMIT = 1000;

/** Characters of the longest of them. */
const LONGEST_STATE = 32 * 1024;

/**
 * The modern children of one principal: a main one that all its requests share, and log workers. A modern server keeps
 * nothing between requests, so any child can serve any of them; a new one is started when a request finds none.
 */
class ModernUpstream implements Upstream {
  readonly face: ServerFace;
  readonly toolHeaders: ToolHeaders;
  readonly #open: OpenModern;
  /** Which log worker gave out a `requestState` or began a task, oldest first. Both may be known in that process only. */
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
    const state = params['requestState'] ?? params['taskId'];
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
    if (worker === null || 'error' in worker || state.length > LONGEST_STATE) return;
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

/** The tasks of 2025-11-25 are of another form than the extension of these names: what a client means by it is not what a child does. */
const TASKS: ReadonlySet<string> = new Set(['tasks/get', 'tasks/update', 'tasks/cancel']);

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
    if (TASKS.has(request.method)) refuse(reply, request.idText, methodNotFound(request.method));
    else if (isInteractive(request.method) && request.params['requestState'] !== undefined) this.#retry(request, reply);
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

/** What all principals of a server have in common. */
export interface SharedByPrincipals {
  readonly suspended: SuspendedCalls;
  readonly interactivity: InteractivityCache;
}

/**
 * The children of one server that belong to one principal, and to no other: modern ones for all its clients together,
 * and a legacy one for each client program, by what it declares and who it says it is.
 */
export class PrincipalChildren {
  readonly #connections: ChildConnections;
  readonly #shared: SharedByPrincipals;
  readonly #text: () => Text;
  readonly #via: string | undefined;
  readonly #subscriptions: Subscriptions;
  readonly #legacy = new Map<string, Promise<LegacyUpstream | Unserved>>();
  readonly #legacyConnections = new Set<LegacyWorker>();
  #modern: ModernUpstream | null = null;

  /** `via` names the instances that the principal's requests have passed. */
  constructor(connections: ChildConnections, shared: SharedByPrincipals, text: () => Text, via: string | undefined) {
    this.#via = via;
    this.#text = text;
    this.#subscriptions = new Subscriptions(text);
    this.#connections = connections;
    this.#shared = shared;
  }

  get modern(): ModernUpstream | null {
    return this.#modern;
  }

  openModern(use: 'shared' | 'probe', stateIssued: (state: string) => void = () => undefined): ModernWorker | Unserved {
    return this.#connections.open(use, (end) => new ModernToModern({ ...end, text: this.#text, stateIssued }), {
      gone: () => undefined,
      isNeeded: () => false,
      via: this.#via,
    });
  }

  /** Serves modern requests from now on, by a child that is open already. */
  adopt(connection: ModernWorker, face: ServerFace): ModernUpstream {
    this.#modern = new ModernUpstream(
      face,
      connection,
      (stateIssued) => this.openModern('shared', stateIssued),
      this.#text,
    );
    return this.#modern;
  }

  /** The legacy child for a client that introduces itself so, after the handshake. */
  legacy(introduction: Introduction): Promise<LegacyUpstream | Unserved> {
    const key = JSON.stringify([introduction.capabilities, introduction.clientInfo]);
    const known = this.#legacy.get(key);
    if (known !== undefined) return known;
    const opening = this.#openLegacy(introduction, () => this.#legacy.delete(key));
    this.#legacy.set(key, opening);
    return opening;
  }

  /** The server turned out to be modern: what was opened to find that out goes. */
  dropLegacy(): void {
    for (const connection of this.#legacyConnections) void connection.close();
  }

  close(): void {
    this.#subscriptions.close();
  }

  async #openLegacy(introduction: Introduction, gone: () => void): Promise<LegacyUpstream | Unserved> {
    const greeted = await this.#greet(introduction, gone, () => this.#subscriptions.size > 0);
    if ('error' in greeted) {
      gone();
      return greeted;
    }
    const openWorker = async () => {
      const worker = await this.#greet(
        introduction,
        () => undefined,
        () => false,
      );
      return 'error' in worker ? worker : worker.connection;
    };
    const { connection: main, face } = greeted;
    return new LegacyUpstream({
      text: this.#text,
      face,
      main,
      openWorker,
      subscriptions: this.#subscriptions,
      ...this.#shared,
    });
  }

  /** A legacy child after its handshake. */
  #greet(introduction: Introduction, gone: () => void, isNeeded: () => boolean): Promise<Greeted | Unserved> {
    return new Promise((resolve) => {
      const changed = (method: string, uri: string | null, notification: Buffer) =>
        this.#subscriptions.changed(method, uri, notification);
      const greeting = {
        greeted: (face: ServerFace) => {
          if ('error' in connection) return;
          this.#subscriptions.attach(connection.translator);
          resolve({ connection, face });
        },
        refused: (error: JsonRpcError) => {
          const refused: Unserved = { error, status: 200 };
          // Where two processes cannot live side by side, the next one starts when this one has gone.
          if ('error' in connection) resolve(refused);
          else void connection.close().then(() => resolve(refused));
        },
      };
      const connection: LegacyWorker | Unserved = this.#connections.open(
        'shared',
        (end) =>
          new ModernToLegacy(
            { ...end, text: this.#text, ...this.#shared, clock: systemClock, introduction, changed },
            greeting,
          ),
        {
          isNeeded,
          via: this.#via,
          gone: (ended) => {
            gone();
            this.#legacyConnections.delete(ended);
            this.#subscriptions.detach(ended.translator);
          },
        },
      );
      if ('error' in connection) resolve(connection);
      else this.#legacyConnections.add(connection);
    });
  }
}

interface Greeted {
  readonly connection: LegacyWorker;
  readonly face: ServerFace;
}
