import type { FoundClient } from '../../clients/index.ts';
import type { ClientApps } from './client-apps.ts';

type Client = FoundClient['client'];

interface Pending {
  readonly changes: number;
  /** Of the last change, in milliseconds since the epoch: what the system tells of a start is a time of day. */
  readonly at: number;
}

/** The changes that clients have not read yet, because they were started before and read their file at no other time. */
export class PendingRestarts {
  readonly #apps: ClientApps;
  readonly #now: () => number;
  readonly #pending = new Map<Client['id'], Pending>();

  constructor(apps: ClientApps, now: () => number = Date.now) {
    this.#apps = apps;
    this.#now = now;
  }

  /** One more change was made to a file of this client. */
  add({ id }: Client): void {
    if (!this.#apps.canRestart(id)) return;
    const { changes } = this.#pending.get(id) ?? { changes: 0 };
    this.#pending.set(id, { changes: changes + 1, at: this.#now() });
  }

  /** The client was started after its last change. */
  settle({ id }: Client): void {
    this.#pending.delete(id);
  }

  /** How many changes each client waits for with a start; those that were started by hand since are asked for and left out. */
  async count(): Promise<ReadonlyMap<Client['id'], number>> {
    for (const [id, { at }] of [...this.#pending]) {
      if (await this.#apps.isStartedSince(id, at)) this.#pending.delete(id);
    }
    return new Map([...this.#pending].map(([id, { changes }]) => [id, changes]));
  }
}
