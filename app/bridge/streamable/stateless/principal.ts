import type { JsonRpcError } from '../../../mcp/jsonrpc/index.ts';
import {
  type InteractivityCache,
  type Introduction,
  ModernToLegacy,
  ModernToModern,
  type ServerFace,
  Subscriptions,
  type SuspendedCalls,
  systemClock,
  type Waiting,
} from '../../translate/index.ts';
import type { ChildPool, Unserved } from './child-pool.ts';
import { LegacyUpstream, type LegacyWorker } from './legacy-upstream.ts';
import { ModernUpstream, type ModernWorker } from './modern-upstream.ts';

/** What all principals of a server have in common. */
export interface SharedByPrincipals {
  readonly parking: SuspendedCalls<Waiting>;
  readonly habits: InteractivityCache;
}

/**
 * The children of one server that belong to one principal, and to no other: modern ones for all its clients together,
 * and a legacy one for each client program, by what it declares and who it says it is.
 */
export class Principal {
  readonly #lines: ChildPool;
  readonly #shared: SharedByPrincipals;
  readonly #subscriptions = new Subscriptions();
  readonly #legacy = new Map<string, Promise<LegacyUpstream | Unserved>>();
  readonly #legacyLines = new Set<LegacyWorker>();
  #modern: ModernUpstream | null = null;

  constructor(lines: ChildPool, shared: SharedByPrincipals) {
    this.#lines = lines;
    this.#shared = shared;
  }

  get modern(): ModernUpstream | null {
    return this.#modern;
  }

  openModern(use: 'shared' | 'probe', stateIssued: (state: string) => void = () => undefined): ModernWorker | Unserved {
    return this.#lines.open(use, (end) => new ModernToModern({ ...end, stateIssued }), {
      gone: () => undefined,
      isNeeded: () => false,
    });
  }

  /** Serves modern requests from now on, by a child that is open already. */
  adopt(line: ModernWorker, face: ServerFace): ModernUpstream {
    this.#modern = new ModernUpstream(face, line, (stateIssued) => this.openModern('shared', stateIssued));
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
    for (const line of this.#legacyLines) void line.close();
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
    const openLane = async () => {
      const lane = await this.#greet(
        introduction,
        () => undefined,
        () => false,
      );
      return 'error' in lane ? lane : lane.line;
    };
    const { line: main, face } = greeted;
    return new LegacyUpstream({ face, main, openLane, subscriptions: this.#subscriptions, ...this.#shared });
  }

  /** A legacy child after its handshake. */
  #greet(introduction: Introduction, gone: () => void, isNeeded: () => boolean): Promise<Greeted | Unserved> {
    return new Promise((resolve) => {
      const changed = (method: string, uri: string | null, notification: Buffer) =>
        this.#subscriptions.changed(method, uri, notification);
      const greeting = {
        greeted: (face: ServerFace) => {
          if ('error' in line) return;
          this.#subscriptions.attach(line.talk);
          resolve({ line, face });
        },
        refused: (error: JsonRpcError) => {
          const refused: Unserved = { error, status: 200 };
          // Where two processes cannot live side by side, the next one starts when this one has gone.
          if ('error' in line) resolve(refused);
          else void line.close().then(() => resolve(refused));
        },
      };
      const line: LegacyWorker | Unserved = this.#lines.open(
        'shared',
        (end) => new ModernToLegacy({ ...end, ...this.#shared, clock: systemClock, introduction, changed }, greeting),
        {
          isNeeded,
          gone: (ended) => {
            gone();
            this.#legacyLines.delete(ended);
            this.#subscriptions.detach(ended.talk);
          },
        },
      );
      if ('error' in line) resolve(line);
      else this.#legacyLines.add(line);
    });
  }
}

interface Greeted {
  readonly line: LegacyWorker;
  readonly face: ServerFace;
}
