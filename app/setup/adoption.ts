import type { ChangeOutcome } from '../ipc/index.ts';
import type { ForwardSetting, ServerSetting, Settings } from '../settings/index.ts';

/** The part of the operation that settings are changed by. */
export interface SettingsOwner {
  readonly settings: Settings;
  change(patch: Partial<Settings>): Promise<ChangeOutcome>;
}

/** What has to be in our settings before a client's file leads to it. */
export interface Needed {
  readonly server: ServerSetting | null;
  readonly forward: ForwardSetting | null;
  /** The parent proxy that the person wants Gangway to go through. */
  readonly upstream: string | null;
}

/** What came into our settings for the sake of a client's file, so that it can leave again with it. Null where nothing did. */
export interface Adopted {
  readonly server: string | null;
  readonly forward: ForwardSetting | null;
  readonly upstream: { readonly from: string | null; readonly to: string } | null;
}

export type Adoption =
  | { readonly kind: 'adopted'; readonly adopted: Adopted }
  | { readonly kind: 'refused'; readonly outcome: Extract<ChangeOutcome, { readonly ok: false }> };

/** Takes in what is needed and not there yet: all of it or nothing. */
export async function adopt(owner: SettingsOwner, needed: Needed): Promise<Adoption> {
  const { servers, forwards, upstream } = owner.settings;
  const server = servers.some(({ name }) => name === needed.server?.name) ? null : needed.server;
  const forward = forwards.some(({ port }) => port === needed.forward?.port) ? null : needed.forward;
  const parent = needed.upstream === upstream ? null : needed.upstream;
  const patch: Partial<Settings> = {
    ...(server === null ? {} : { servers: [...servers, server] }),
    ...(forward === null ? {} : { forwards: [...forwards, forward] }),
    ...(parent === null ? {} : { upstream: parent }),
  };
  const outcome = await changed(owner, patch);
  if (!outcome.ok) return { kind: 'refused', outcome };
  const adopted: Adopted = {
    server: server?.name ?? null,
    forward,
    upstream: parent === null ? null : { from: upstream, to: parent },
  };
  return { kind: 'adopted', adopted };
}

/** Takes back what was adopted. What the person has changed since stays. */
export function giveBack(owner: SettingsOwner, { server, forward, upstream }: Adopted): Promise<ChangeOutcome> {
  const isStillOurs = upstream !== null && owner.settings.upstream === upstream.to;
  return changed(owner, {
    ...withoutServers(owner.settings, server === null ? [] : [server]),
    ...withoutForwards(owner.settings, forward === null ? [] : [forward]),
    ...(isStillOurs ? { upstream: upstream.from } : {}),
  });
}

/** Takes servers and forwards out of the settings. */
export function release(
  owner: SettingsOwner,
  servers: readonly string[],
  forwards: readonly ForwardSetting[],
): Promise<ChangeOutcome> {
  return changed(owner, { ...withoutServers(owner.settings, servers), ...withoutForwards(owner.settings, forwards) });
}

function changed(owner: SettingsOwner, patch: Partial<Settings>): Promise<ChangeOutcome> {
  return Object.keys(patch).length === 0 ? Promise.resolve({ ok: true }) : owner.change(patch);
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
