import {
  type ClientFiles,
  type DesiredMode,
  type ModeChange,
  type Plan,
  proxyLabel,
  type Refusal,
  type Applied as Written,
} from '../../clients/index.ts';
import type { ApplyChoices, ChangeOutcome } from '../../ipc/index.ts';
import type { TokenSetting } from '../../settings/index.ts';
import { type Adopted, adopt, giveBack, type Needed, release, type SettingsOwner } from './adoption.ts';
import { serversOf } from './needs.ts';
import type { ClientsReader, EntryToken } from './reading.ts';
import type { Target } from './target.ts';

/** A plan that has been shown. */
export interface Planned {
  readonly target: Target;
  readonly plan: Plan & { readonly kind: 'change' | 'unchanged' };
  /** The token that the plan writes into the file, if it writes one. */
  readonly token: TokenSetting | null;
  /** The token that the entry shows before. */
  readonly shown: EntryToken | null;
  /** What leads back to how things are now. */
  readonly before: DesiredMode;
}

/** A change that can be taken back. */
export interface Change {
  readonly target: Exclude<Target, { readonly kind: 'file' }>;
  readonly before: DesiredMode;
  readonly adopted: Adopted;
  /** The token that the entry showed before; it is valid again once the change is taken back. */
  readonly shown: EntryToken | null;
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
      readonly mode: ModeChange | null;
      /** What became of clearing up in our settings afterwards. */
      readonly after: ChangeOutcome;
    }
  | NotMade;

const DONE: ChangeOutcome = { ok: true };

/** Changes a client's file and our settings together, or neither. */
export class Changes {
  readonly #files: ClientFiles;
  readonly #owner: SettingsOwner;
  readonly #reading: ClientsReader;

  constructor(files: ClientFiles, owner: SettingsOwner, reading: ClientsReader) {
    this.#files = files;
    this.#owner = owner;
    this.#reading = reading;
  }

  async apply(planned: Planned, choices: ApplyChoices): Promise<Made> {
    const { target, plan } = planned;
    const made = await this.#make(planned, choices.upstream);
    if (made.kind !== 'made' || plan.kind !== 'change') return made;
    const tokens = unneededTokens(planned);
    if (!choices.release) return { ...made, after: await release(this.#owner, { servers: [], forwards: [], tokens }) };
    const { servers, ports } = await this.#reading.needsBesides(target);
    const after = await release(this.#owner, {
      servers: plan.released.filter((name) => !servers.has(name)),
      forwards: plan.releasedForwards.filter(({ port }) => !ports.has(port)),
      tokens,
    });
    return { ...made, after };
  }

  async undo({ target: { found, key }, before, adopted, shown }: Change): Promise<Made> {
    const target: Target = { kind: 'entry', found, key, wish: before };
    const { plan, token } = await this.#reading.planFor(target, shown);
    if (plan.kind === 'refused') return { kind: 'refused-file', refusal: plan.refusal };
    const planned: Planned = { target, plan, token, shown: null, before };
    const made = await this.#make(planned, false);
    if (made.kind !== 'made') return made;
    const { server, forward, upstream } = adopted;
    const { servers, ports } = await this.#reading.needsBesides(target);
    const after = await giveBack(this.#owner, {
      server: server !== null && servers.has(server) ? null : server,
      forward: forward !== null && ports.has(forward.port) ? null : forward,
      upstream,
      token: null,
    });
    if (!after.ok) return { ...made, after };
    return {
      ...made,
      after: await release(this.#owner, { servers: [], forwards: [], tokens: unneededTokens(planned) }),
    };
  }

  /** What the file is to lead to has to be ours before it does. */
  async #make({ plan, token }: Planned, wantsUpstream: boolean): Promise<Made> {
    const adoption = await adopt(this.#owner, neededFor(plan, token, wantsUpstream));
    if (adoption.kind === 'refused') return { kind: 'refused-settings', outcome: adoption.outcome };
    const { adopted } = adoption;
    const written = await this.#written(plan, adopted);
    if (written.kind === 'refused') return { kind: 'refused-file', refusal: written.refusal };
    return { kind: 'made', adopted, backup: written.backup, mode: written.mode, after: DONE };
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

function neededFor(plan: Planned['plan'], token: TokenSetting | null, wantsUpstream: boolean): Needed {
  if (plan.kind === 'unchanged') return { server: null, forward: null, upstream: null, token: null };
  const { server, forward, upstream, isSecret } = plan;
  return { server, forward, upstream: wantsUpstream ? upstream : null, token: isSecret ? token : null };
}

/** Names of the tokens that were made for the entries of a plan, and that they do not show any more. */
function unneededTokens({ target, plan, token }: Planned): readonly string[] {
  const { found } = target;
  const keys = target.kind === 'file' ? serversOf(found).map(({ key }) => key) : [target.key];
  const shown = plan.kind === 'unchanged' || plan.isSecret ? token?.name : undefined;
  return keys.map((key) => proxyLabel({ ...found, key })).filter((name) => name !== shown);
}
