import {
  type Introduction,
  LegacyConversation,
  ModernConversation,
  type Parking,
  type ServerFace,
  Subscriptions,
  systemClock,
  type Waiting,
} from '../../eras/index.ts';
import type { ChildLines } from './child-lines.ts';
import { type LegacyLine, LegacyUpstream } from './legacy-upstream.ts';
import { type ModernLine, ModernUpstream } from './modern-upstream.ts';
import type { Unserved } from './upstream.ts';

/**
 * The children of one server that belong to one principal, and to no other: modern ones for all its clients together,
 * and a legacy one for each client program, by what it declares and who it says it is.
 */
export class Principal {
  readonly #lines: ChildLines;
  readonly #parking: Parking<Waiting>;
  readonly #subscriptions = new Subscriptions();
  readonly #legacy = new Map<string, Promise<LegacyUpstream | Unserved>>();
  readonly #legacyLines = new Set<LegacyLine>();
  #modern: ModernUpstream | null = null;

  constructor(lines: ChildLines, parking: Parking<Waiting>) {
    this.#lines = lines;
    this.#parking = parking;
  }

  get modern(): ModernUpstream | null {
    return this.#modern;
  }

  openModern(use: 'shared' | 'probe', stateIssued: (state: string) => void = () => undefined): ModernLine | Unserved {
    return this.#lines.open(use, ({ write, flow }) => new ModernConversation(write, flow, stateIssued), {
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

  #openLegacy(introduction: Introduction, gone: () => void): Promise<LegacyUpstream | Unserved> {
    return new Promise((resolve) => {
      const line: LegacyLine | Unserved = this.#lines.open(
        'shared',
        ({ write, flow }) =>
          new LegacyConversation(
            {
              write,
              flow,
              clock: systemClock,
              parking: this.#parking,
              introduction,
              changed: (method, uri, notification) => this.#subscriptions.changed(method, uri, notification),
            },
            {
              greeted: (face) => {
                if ('error' in line) return;
                this.#subscriptions.attach(line.talk);
                resolve(new LegacyUpstream(face, line, this.#subscriptions, this.#parking));
              },
              refused: (error) => {
                gone();
                if (!('error' in line)) void line.close();
                resolve({ error, status: 200 });
              },
            },
          ),
        {
          gone: (ended) => {
            gone();
            this.#legacyLines.delete(ended);
            this.#subscriptions.detach(ended.talk);
          },
          isNeeded: () => this.#subscriptions.size > 0,
        },
      );
      if (!('error' in line)) {
        this.#legacyLines.add(line);
        return;
      }
      gone();
      resolve(line);
    });
  }
}
