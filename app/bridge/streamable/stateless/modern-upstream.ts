import {
  errorText,
  type ModernRequest,
  type ModernToModern,
  type Reply,
  resultIn,
  type ServerFace,
} from '../../translate/index.ts';
import type { ChildConnection, Unserved, Upstream } from './child-pool.ts';
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
          else line.talk.ask(method, params, (response) => resolve(resultIn(response)));
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
    if (!('error' in line)) line.talk.tell(notification);
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
    const quiet = alive.find((line) => !line.talk.logging);
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
