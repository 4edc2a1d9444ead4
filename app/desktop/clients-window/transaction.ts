import { read } from '../../base/schema/index.ts';
import {
  type ClientFiles,
  type DesiredMode,
  type FoundClient,
  type FoundServer,
  isSameEntry,
  type ModeChange,
  type Plan,
  proxyLabel,
  type Refusal,
  type Applied as Written,
} from '../../clients/index.ts';
import type { ApplyChoices, ChangeOutcome } from '../../ipc/index.ts';
import {
  checkSettings,
  type ForwardSetting,
  type ServerSetting,
  type Settings,
  settingsSchema,
  type TokenSetting,
} from '../../settings/index.ts';
import {
  type ClientsReader,
  type EntryToken,
  NO_REFERENCES,
  releasesAny,
  type SettingsOwner,
  serversOf,
  type Target,
} from './clients-reader.ts';

/** What has to be in our settings before clients' files lead to it. */
export interface Requirements {
  readonly servers: readonly ServerSetting[];
  readonly forwards: readonly ForwardSetting[];
  /** The parent proxy that the person wants Gangway to go through. */
  readonly upstream: string | null;
  /** The tokens that the files show from then on. */
  readonly tokens: readonly TokenSetting[];
}

const NO_REQUIREMENTS: Requirements = { servers: [], forwards: [], upstream: null, tokens: [] };

/** A token that came into our settings; `from` is the one of the same name that it took the place of. */
interface ImportedToken {
  readonly from: TokenSetting | null;
  readonly to: TokenSetting;
}

/** What came into our settings for the sake of clients' files, so that it can leave again with them. */
export interface ImportedSettings {
  /** By name. */
  readonly servers: readonly string[];
  readonly forwards: readonly ForwardSetting[];
  readonly upstream: { readonly from: string | null; readonly to: string } | null;
  readonly tokens: readonly ImportedToken[];
}

export type SettingsImport =
  | { readonly kind: 'imported'; readonly imported: ImportedSettings }
  | { readonly kind: 'refused'; readonly outcome: Extract<ChangeOutcome, { readonly ok: false }> };

type RefusedSettings = Extract<ChangeOutcome, { readonly ok: false }>;

/** Why the settings would not take in what is needed, as far as that can be told before; null when they would. */
export function importRefusal(settings: Settings, required: Requirements): RefusedSettings | null {
  const change = importOf(settings, required).patch(settings);
  if (Object.keys(change).length === 0) return null;
  const wanted = read(settingsSchema, { ...settings, ...change });
  const faults = wanted.ok ? checkSettings(wanted.value) : wanted.faults;
  return faults.length === 0 ? null : { ok: false, faults, problem: null };
}

/** What is needed and not there yet, and the change that takes it in. */
function importOf(settings: Settings, required: Requirements) {
  const servers = required.servers.filter(({ name }) => settings.servers.every((one) => one.name !== name));
  const forwards = required.forwards.filter(({ port }) => settings.forwards.every((one) => one.port !== port));
  const parent = required.upstream === settings.upstream ? null : required.upstream;
  const tokens = required.tokens.filter(({ hash }) => settings.tokens.every((one) => one.hash !== hash));
  const names = new Set(tokens.map(({ name }) => name));
  const patch = (now: Settings): Partial<Settings> => ({
    ...(servers.length === 0 ? {} : { servers: [...now.servers, ...servers] }),
    ...(forwards.length === 0 ? {} : { forwards: [...now.forwards, ...forwards] }),
    ...(parent === null ? {} : { upstream: parent }),
    ...(tokens.length === 0 ? {} : { tokens: [...now.tokens.filter(({ name }) => !names.has(name)), ...tokens] }),
  });
  return { servers, forwards, parent, tokens, patch };
}

/** Takes in what is needed and not there yet: all of it or nothing. */
export async function importSettings(owner: SettingsOwner, required: Requirements): Promise<SettingsImport> {
  const { settings } = owner;
  const { servers, forwards, parent, tokens, patch } = importOf(settings, required);
  const outcome = await changed(owner, patch);
  if (!outcome.ok) return { kind: 'refused', outcome };
  const imported: ImportedSettings = {
    servers: servers.map(({ name }) => name),
    forwards,
    upstream: parent === null ? null : { from: settings.upstream, to: parent },
    tokens: tokens.map((to) => ({ from: settings.tokens.find(({ name }) => name === to.name) ?? null, to })),
  };
  return { kind: 'imported', imported };
}

/** Removes what was imported. What the person has changed since stays. */
export function removeImported(
  owner: SettingsOwner,
  { servers, forwards, upstream, tokens }: ImportedSettings,
): Promise<ChangeOutcome> {
  const isStillOurs = upstream !== null && owner.settings.upstream === upstream.to;
  return changed(owner, (now) => ({
    ...withoutServers(now, servers),
    ...withoutForwards(now, forwards),
    ...(isStillOurs ? { upstream: upstream.from } : {}),
    ...withTokensBefore(now, tokens),
  }));
}

/** What clients do not need any more. */
export interface Unneeded {
  readonly servers: readonly string[];
  readonly forwards: readonly ForwardSetting[];
  /** Names of tokens. */
  readonly tokens: readonly string[];
}

/** Takes servers and forwards out of the settings, and revokes tokens. */
export function release(owner: SettingsOwner, { servers, forwards, tokens }: Unneeded): Promise<ChangeOutcome> {
  return changed(owner, (now) => ({
    ...withoutServers(now, servers),
    ...withoutForwards(now, forwards),
    ...withoutTokens(now, tokens),
  }));
}

function changed(owner: SettingsOwner, patch: (now: Settings) => Partial<Settings>): Promise<ChangeOutcome> {
  return Object.keys(patch(owner.settings)).length === 0 ? Promise.resolve(DONE) : owner.change(patch);
}

function withoutTokens({ tokens }: Settings, gone: readonly string[]): Partial<Settings> {
  const rest = tokens.filter(({ name }) => !gone.includes(name));
  return rest.length === tokens.length ? {} : { tokens: rest };
}

function withTokensBefore({ tokens }: Settings, imported: readonly ImportedToken[]): Partial<Settings> {
  const before = new Map(imported.map(({ from, to }) => [to.hash, from]));
  if (tokens.every(({ hash }) => !before.has(hash))) return {};
  return {
    tokens: tokens.flatMap((one) => {
      const from = before.get(one.hash);
      return from === undefined ? [one] : from === null ? [] : [from];
    }),
  };
}

function withoutServers({ servers, defaultServer }: Settings, gone: readonly string[]): Partial<Settings> {
  const rest = servers.filter(({ name }) => !gone.includes(name));
  if (rest.length === servers.length) return {};
  const isDefaultGone = defaultServer !== null && gone.includes(defaultServer);
  return { servers: rest, defaultServer: isDefaultGone ? (rest[0]?.name ?? null) : defaultServer };
}

/** One whose target the person has changed since is not the one that goes. */
function withoutForwards({ forwards }: Settings, gone: readonly ForwardSetting[]): Partial<Settings> {
  const rest = forwards.filter((one) => !gone.some((other) => isSameForward(one, other)));
  return rest.length === forwards.length ? {} : { forwards: rest };
}

export function isSameForward(left: ForwardSetting, right: ForwardSetting): boolean {
  return left.port === right.port && left.host === right.host && left.targetPort === right.targetPort;
}

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
  readonly imported: ImportedSettings;
  /** The token that the entry showed before; it is valid again once the change is taken back. */
  readonly shown: EntryToken | null;
}

/** Nothing has changed then, neither the file nor our settings. */
export type NotMade =
  | { readonly kind: 'refused-file'; readonly refusal: Refusal }
  | { readonly kind: 'refused-settings'; readonly outcome: RefusedSettings };

export type Made =
  | {
      readonly kind: 'made';
      readonly imported: ImportedSettings;
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
  readonly #reader: ClientsReader;

  constructor(files: ClientFiles, owner: SettingsOwner, reading: ClientsReader) {
    this.#files = files;
    this.#owner = owner;
    this.#reader = reading;
  }

  async apply(planned: Planned, choices: ApplyChoices): Promise<Made> {
    const { target, plan } = planned;
    const made = await this.#make(planned, choices.upstream);
    if (made.kind !== 'made' || plan.kind !== 'change') return made;
    const tokens = unneededTokens(planned);
    if (!choices.release) return { ...made, after: await release(this.#owner, { servers: [], forwards: [], tokens }) };
    const { servers, ports } = releasesAny(plan) ? await this.#reader.otherReferences(target) : NO_REFERENCES;
    const after = await release(this.#owner, {
      servers: plan.released.filter((name) => !servers.has(name)),
      forwards: plan.releasedForwards.filter(({ port }) => !ports.has(port)),
      tokens,
    });
    return { ...made, after };
  }

  async undo({ target: { found, key }, before, imported, shown }: Change): Promise<Made> {
    const target: Target = { kind: 'entry', found, key, desired: before };
    const { plan, token } = await this.#reader.planFor(target, shown);
    if (plan.kind === 'refused') return { kind: 'refused-file', refusal: plan.refusal };
    const planned: Planned = { target, plan, token, shown: null, before };
    const made = await this.#make(planned, false);
    if (made.kind !== 'made') return made;
    const { servers, forwards, upstream } = imported;
    const isAlone = servers.length === 0 && forwards.length === 0;
    const needed = isAlone ? NO_REFERENCES : await this.#reader.otherReferences(target);
    const after = await removeImported(this.#owner, {
      servers: servers.filter((name) => !needed.servers.has(name)),
      forwards: forwards.filter(({ port }) => !needed.ports.has(port)),
      upstream,
      tokens: [],
    });
    if (!after.ok) return { ...made, after };
    return {
      ...made,
      after: await release(this.#owner, { servers: [], forwards: [], tokens: unneededTokens(planned) }),
    };
  }

  /** What the file is to lead to has to be ours before it does. */
  async #make({ plan, token }: Planned, wantsUpstream: boolean): Promise<Made> {
    const result = await importSettings(this.#owner, requirementsOf(plan, token, wantsUpstream));
    if (result.kind === 'refused') return { kind: 'refused-settings', outcome: result.outcome };
    const { imported } = result;
    const written = await this.#written(plan, imported);
    if (written.kind === 'refused') return { kind: 'refused-file', refusal: written.refusal };
    return { kind: 'made', imported, backup: written.backup, mode: written.mode, after: DONE };
  }

  /** A file that was not written takes what was imported for it out of our settings again. */
  async #written(plan: Plan, imported: ImportedSettings): Promise<Written> {
    let isWritten = false;
    try {
      const outcome = await this.#files.apply(plan);
      isWritten = outcome.kind === 'written';
      return outcome;
    } finally {
      if (!isWritten) await removeImported(this.#owner, imported);
    }
  }
}

/** What a plan needs in our settings. */
export function requirementsOf(
  plan: Planned['plan'],
  token: TokenSetting | null,
  wantsUpstream: boolean,
): Requirements {
  if (plan.kind === 'unchanged') return NO_REQUIREMENTS;
  const { server, forward, upstream, isSecret } = plan;
  return {
    servers: server === null ? [] : [server],
    forwards: forward === null ? [] : [forward],
    upstream: wantsUpstream ? upstream : null,
    tokens: isSecret && token !== null ? [token] : [],
  };
}

/** Names of the tokens that were made for the entries of a plan, and that they do not show any more. */
function unneededTokens({ target, plan, token }: Planned): readonly string[] {
  const { found } = target;
  const all = serversOf(found);
  const servers = target.kind === 'file' ? all : all.filter(({ key }) => isSameEntry(key, target.key));
  const shown = plan.kind === 'unchanged' || plan.isSecret ? token?.name : undefined;
  return servers.flatMap((server) => tokenNames(found, server)).filter((name) => name !== shown);
}

/** Names of the tokens that an entry may show: by its place now, and by the one that it had when the token was made. */
export function tokenNames(found: FoundClient, { key, label, patch }: FoundServer): readonly string[] {
  const now = proxyLabel({ ...found, key });
  return label === null || label === now || patch === null ? [now] : [now, label];
}
