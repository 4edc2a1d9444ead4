import { Handles } from '../base/handles.ts';
import type { ChangeOutcome, RemovalAnswer, Removed } from '../ipc/index.ts';
import type { ForwardSetting, GroupSetting, ServerSetting, Settings, TokenSetting } from '../settings/index.ts';

/** What was removed, with its place: it comes back as it was, with the secrets that no window is shown. */
type RemovedItem =
  | { readonly kind: 'server'; readonly item: ServerSetting; readonly at: number; readonly isDefault: boolean }
  | { readonly kind: 'group'; readonly item: GroupSetting; readonly at: number }
  | { readonly kind: 'forward'; readonly item: ForwardSetting; readonly at: number }
  | { readonly kind: 'token'; readonly item: TokenSetting; readonly at: number };

export interface RemovalsOwner {
  readonly settings: Settings;
  change(patch: (now: Settings) => Partial<Settings>): Promise<ChangeOutcome>;
}

/** Removals that can still be taken back. */
const MOST_KEPT = 64;

/** Removes servers, groups of them, TCP forwards and tokens, and puts them back. */
export class Removals {
  readonly #owner: RemovalsOwner;
  readonly #kept = new Handles<RemovedItem>(MOST_KEPT);

  constructor(owner: RemovalsOwner) {
    this.#owner = owner;
  }

  async remove(removed: Removed): Promise<RemovalAnswer> {
    const kept = keptOf(removed, this.#owner.settings);
    // Another window was faster.
    if (kept === null) return { ok: true, removal: null };
    const outcome = await this.#owner.change((now) => without(now, kept));
    return outcome.ok ? { ok: true, removal: this.#kept.keep(kept) } : { ok: false, outcome };
  }

  /** Nothing happens to what is there again already. */
  async restore(removal: number): Promise<ChangeOutcome> {
    const kept = this.#kept.get(removal);
    if (kept === undefined) return { ok: true };
    const outcome = await this.#owner.change((now) => (keptOf(nameOf(kept), now) === null ? withAgain(now, kept) : {}));
    if (outcome.ok) this.#kept.forget(removal);
    return outcome;
  }
}

function nameOf(kept: RemovedItem): Removed {
  return kept.kind === 'forward'
    ? { kind: kept.kind, port: kept.item.port }
    : { kind: kept.kind, name: kept.item.name };
}

function keptOf(removed: Removed, { servers, defaultServer, groups, forwards, tokens }: Settings): RemovedItem | null {
  switch (removed.kind) {
    case 'server': {
      const at = servers.findIndex(({ name }) => name === removed.name);
      const item = servers[at];
      return item === undefined ? null : { kind: 'server', item, at, isDefault: item.name === defaultServer };
    }
    case 'group': {
      const at = groups.findIndex(({ name }) => name === removed.name);
      const item = groups[at];
      return item === undefined ? null : { kind: 'group', item, at };
    }
    case 'forward': {
      const at = forwards.findIndex(({ port }) => port === removed.port);
      const item = forwards[at];
      return item === undefined ? null : { kind: 'forward', item, at };
    }
    case 'token': {
      const at = tokens.findIndex(({ name }) => name === removed.name);
      const item = tokens[at];
      return item === undefined ? null : { kind: 'token', item, at };
    }
    default:
      return removed satisfies never;
  }
}

function without({ servers, defaultServer, groups, forwards, tokens }: Settings, kept: RemovedItem): Partial<Settings> {
  switch (kept.kind) {
    case 'server': {
      const rest = servers.filter(({ name }) => name !== kept.item.name);
      return { servers: rest, defaultServer: kept.isDefault ? (rest[0]?.name ?? null) : defaultServer };
    }
    case 'group':
      return { groups: groups.filter(({ name }) => name !== kept.item.name) };
    case 'forward':
      return { forwards: forwards.filter(({ port }) => port !== kept.item.port) };
    case 'token':
      return { tokens: tokens.filter(({ name }) => name !== kept.item.name) };
    default:
      return kept satisfies never;
  }
}

function withAgain(
  { servers, defaultServer, groups, forwards, tokens }: Settings,
  kept: RemovedItem,
): Partial<Settings> {
  switch (kept.kind) {
    case 'server':
      return {
        servers: servers.toSpliced(kept.at, 0, kept.item),
        defaultServer: kept.isDefault ? kept.item.name : defaultServer,
      };
    case 'group':
      return { groups: groups.toSpliced(kept.at, 0, kept.item) };
    case 'forward':
      return { forwards: forwards.toSpliced(kept.at, 0, kept.item) };
    case 'token':
      return { tokens: tokens.toSpliced(kept.at, 0, kept.item) };
    default:
      return kept satisfies never;
  }
}
