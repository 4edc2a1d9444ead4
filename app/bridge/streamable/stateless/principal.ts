import {
  type Habits,
  type Introduction,
  LegacyConversation,
  ModernConversation,
  type Parking,
  type ServerFace,
  Subscriptions,
  systemClock,
  type Waiting,
} from '../../eras/index.ts';
import type { JsonRpcError } from '../../frame/index.ts';
import type { ChildLines } from './child-lines.ts';
import { type LegacyLine, LegacyUpstream } from './legacy-upstream.ts';
import { type ModernLine, ModernUpstream } from './modern-upstream.ts';
import type { Unserved } from './upstream.ts';

/** What all principals of a server have in common. */
export interface SharedByPrincipals {
  readonly parking: Parking<Waiting>;
  readonly habits: Habits;
}

/**
 * The children of one server that belong to one principal, and to no other: modern ones for all its clients together,
 * and a legacy one for each client program, by what it declares and who it says it is.
 */
export class Principal {
  readonly #lines: ChildLines;
  readonly #shared: SharedByPrincipals;
  readonly #subscriptions = new Subscriptions();
  readonly #legacy = new Map<string, Promise<LegacyUpstream | Unserved>>();
  readonly #legacyLines = new Set<LegacyLine>();
  #modern: ModernUpstream | null = null;

  constructor(lines: ChildLines, shared: SharedByPrincipals) {
    this.#lines = lines;
    this.#shared = shared;
  }

  get modern(): ModernUpstream | null {
    return this.#modern;
  }

  openModern(use: 'shared' | 'probe', stateIssued: (state: string) => void = () => undefined): ModernLine | Unserved {
    return this.#lines.open(use, (end) => new ModernConversation({ ...end, stateIssued }), {
      gone: () => undefined,
      isNeeded: () => false,
    });
  }

  /** Serves modern requests from now on, by a child that is open already. */
  adopt(line: ModernLine, face: ServerFace): ModernUpstream {
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
          if (!('error' in line)) void line.close();
          resolve({ error, status: 200 });
        },
      };
      const line: LegacyLine | Unserved = this.#lines.open(
        'shared',
        (end) =>
          new LegacyConversation({ ...end, ...this.#shared, clock: systemClock, introduction, changed }, greeting),
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
  readonly line: LegacyLine;
  readonly face: ServerFace;
}
