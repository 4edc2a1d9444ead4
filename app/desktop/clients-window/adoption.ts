import type { ChangeOutcome } from '../../ipc/index.ts';
import type { ForwardSetting, ServerSetting, Settings, TokenSetting } from '../../settings/index.ts';

type Patch = Partial<Settings> | ((now: Settings) => Partial<Settings>);

/** The part of the operation that settings are changed by. */
export interface SettingsOwner {
  readonly settings: Settings;
  /** A function is given the settings of the moment that the change is made in. */
  change(patch: Patch): Promise<ChangeOutcome>;
}

/** What has to be in our settings before a client's file leads to it. */
export interface Needed {
  readonly server: ServerSetting | null;
  readonly forward: ForwardSetting | null;
  /** The parent proxy that the person wants Gangway to go through. */
  readonly upstream: string | null;
  /** The token that the file shows from then on. */
  readonly token: TokenSetting | null;
}

/** What came into our settings for the sake of a client's file, so that it can leave again with it. Null where nothing did. */
export interface Adopted {
  readonly server: string | null;
  readonly forward: ForwardSetting | null;
  readonly upstream: { readonly from: string | null; readonly to: string } | null;
  /** `from` is the one of the same name that it took the place of. */
  readonly token: { readonly from: TokenSetting | null; readonly to: TokenSetting } | null;
}

export type SettingsImport =
  | { readonly kind: 'adopted'; readonly adopted: Adopted }
  | { readonly kind: 'refused'; readonly outcome: Extract<ChangeOutcome, { readonly ok: false }> };

/** Takes in what is needed and not there yet: all of it or nothing. */
export async function adopt(owner: SettingsOwner, needed: Needed): Promise<SettingsImport> {
  const { servers, forwards, upstream, tokens } = owner.settings;
  const server = servers.some(({ name }) => name === needed.server?.name) ? null : needed.server;
  const forward = forwards.some(({ port }) => port === needed.forward?.port) ? null : needed.forward;
  const parent = needed.upstream === upstream ? null : needed.upstream;
  const { token } = needed;
  const isKnown = token === null || tokens.some(({ hash }) => hash === token.hash);
  const patch = (now: Settings): Partial<Settings> => ({
    ...(server === null ? {} : { servers: [...servers, server] }),
    ...(forward === null ? {} : { forwards: [...forwards, forward] }),
    ...(parent === null ? {} : { upstream: parent }),
    ...(isKnown ? {} : { tokens: [...now.tokens.filter(({ name }) => name !== token.name), token] }),
  });
  const isThere = server === null && forward === null && parent === null && isKnown;
  const outcome = isThere ? DONE : await owner.change(patch);
  if (!outcome.ok) return { kind: 'refused', outcome };
  const adopted: Adopted = {
    server: server?.name ?? null,
    forward,
    upstream: parent === null ? null : { from: upstream, to: parent },
    token: isKnown ? null : { from: tokens.find(({ name }) => name === token.name) ?? null, to: token },
  };
  return { kind: 'adopted', adopted };
}

/** Takes back what was adopted. What the person has changed since stays. */
export function giveBack(owner: SettingsOwner, { server, forward, upstream, token }: Adopted): Promise<ChangeOutcome> {
  const isStillOurs = upstream !== null && owner.settings.upstream === upstream.to;
  return changed(owner, (now) => ({
    ...withoutServers(now, server === null ? [] : [server]),
    ...withoutForwards(now, forward === null ? [] : [forward]),
    ...(isStillOurs ? { upstream: upstream.from } : {}),
    ...(token === null ? {} : withTokenBefore(now, token)),
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

const DONE: ChangeOutcome = { ok: true };

function changed(owner: SettingsOwner, patch: (now: Settings) => Partial<Settings>): Promise<ChangeOutcome> {
  return Object.keys(patch(owner.settings)).length === 0 ? Promise.resolve(DONE) : owner.change(patch);
}

function withoutTokens({ tokens }: Settings, gone: readonly string[]): Partial<Settings> {
  const rest = tokens.filter(({ name }) => !gone.includes(name));
  return rest.length === tokens.length ? {} : { tokens: rest };
}

function withTokenBefore({ tokens }: Settings, { from, to }: NonNullable<Adopted['token']>): Partial<Settings> {
  const isThere = tokens.some(({ hash }) => hash === to.hash);
  return isThere
    ? { tokens: tokens.flatMap((one) => (one.hash !== to.hash ? [one] : from === null ? [] : [from])) }
    : {};
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
