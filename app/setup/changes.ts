import type { ClientFiles, Plan, Refusal, Wish, Applied as Written } from '../clients/index.ts';
import type { ApplyChoices, ChangeOutcome } from '../ipc/index.ts';
import { type Adopted, adopt, giveBack, type Needed, release, type SettingsOwner } from './adoption.ts';
import type { Reading } from './reading.ts';
import type { Target } from './target.ts';

/** A plan that has been shown. */
export interface Planned {
  readonly target: Target;
  readonly plan: Plan & { readonly kind: 'change' | 'unchanged' };
  /** What leads back to how things are now. */
  readonly before: Wish;
}

/** A change that can be taken back. */
export interface Change {
  readonly target: Exclude<Target, { readonly kind: 'file' }>;
  readonly before: Wish;
  readonly adopted: Adopted;
}

type RefusedSettings = Extract<ChangeOutcome, { readonly ok: false }>;

/** Nothing has changed then, neither the file nor our settings. */
export type NotMade =
  | { readonly kind: 'refused-file'; readonly refusal: Refusal }
  | { readonly kind: 'refused-settings'; readonly outcome: RefusedSettings };

export type Made =
  | {
      readonly kind: 'made';
      readonly adopted: Adopted;
      readonly backup: string | null;
      /** What became of clearing up in our settings afterwards. */
      readonly after: ChangeOutcome;
    }
  | NotMade;

const DONE: ChangeOutcome = { ok: true };

/** Changes a client's file and our settings together, or neither. */
export class Changes {
  readonly #files: ClientFiles;
  readonly #owner: SettingsOwner;
  readonly #reading: Reading;

  constructor(files: ClientFiles, owner: SettingsOwner, reading: Reading) {
    this.#files = files;
    this.#owner = owner;
    this.#reading = reading;
  }

  async apply({ target, plan }: Planned, choices: ApplyChoices): Promise<Made> {
    const made = await this.#make(plan, choices.upstream);
    if (made.kind !== 'made' || plan.kind !== 'change' || !choices.release) return made;
    const { servers, ports } = await this.#reading.needsBesides(target);
    const after = await release(
      this.#owner,
      plan.released.filter((name) => !servers.has(name)),
      plan.releasedForwards.filter(({ port }) => !ports.has(port)),
    );
    return { ...made, after };
  }

  async undo({ target: { found, key }, before, adopted }: Change): Promise<Made> {
    const target: Target = { kind: 'entry', found, key, wish: before };
    const plan = await this.#reading.planFor(target);
    if (plan.kind === 'refused') return { kind: 'refused-file', refusal: plan.refusal };
    const made = await this.#make(plan, false);
    if (made.kind !== 'made') return made;
    const { server, forward, upstream } = adopted;
    const { servers, ports } = await this.#reading.needsBesides(target);
    const after = await giveBack(this.#owner, {
      server: server !== null && servers.has(server) ? null : server,
      forward: forward !== null && ports.has(forward.port) ? null : forward,
      upstream,
    });
    return { ...made, after };
  }

  /** What the file is to lead to has to be ours before it does. */
  async #make(plan: Planned['plan'], wantsUpstream: boolean): Promise<Made> {
    const adoption = await adopt(this.#owner, neededFor(plan, wantsUpstream));
    if (adoption.kind === 'refused') return { kind: 'refused-settings', outcome: adoption.outcome };
    const { adopted } = adoption;
    const written = await this.#written(plan, adopted);
    if (written.kind === 'refused') return { kind: 'refused-file', refusal: written.refusal };
    return { kind: 'made', adopted, backup: written.backup, after: DONE };
  }

  /** A file that was not written takes what was adopted for it out of our settings again. */
  async #written(plan: Plan, adopted: Adopted): Promise<Written> {
    let isWritten = false;
    try {
      const outcome = await this.#files.apply(plan);
      isWritten = outcome.kind === 'written';
      return outcome;
    } finally {
      if (!isWritten) await giveBack(this.#owner, adopted);
    }
  }
}

function neededFor(plan: Planned['plan'], wantsUpstream: boolean): Needed {
  if (plan.kind === 'unchanged') return { server: null, forward: null, upstream: null };
  const { server, forward, upstream } = plan;
  return { server, forward, upstream: wantsUpstream ? upstream : null };
}
