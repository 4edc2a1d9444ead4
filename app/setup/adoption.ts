import type { ChangeOutcome } from '../ipc/index.ts';
import type { ServerSetting, Settings } from '../settings/index.ts';

/** The part of the operation that settings are changed by. */
export interface SettingsOwner {
  readonly settings: Settings;
  change(patch: Partial<Settings>): Promise<ChangeOutcome>;
}

/** What came into our settings for the sake of a client's file, so that it can leave again with it. */
export interface Adopted {
  /** Null when it was among ours already, or nothing was needed. */
  readonly server: string | null;
  readonly upstream: { readonly from: string | null; readonly to: string } | null;
}

export const NOTHING_ADOPTED: Adopted = { server: null, upstream: null };

export type Adoption =
  | { readonly kind: 'adopted'; readonly adopted: Adopted }
  | { readonly kind: 'refused'; readonly outcome: Extract<ChangeOutcome, { readonly ok: false }> };

/** Takes a server and an upstream proxy in, both or neither. */
export async function adopt(
  owner: SettingsOwner,
  server: ServerSetting | null,
  upstream: string | null,
): Promise<Adoption> {
  const { servers, upstream: before } = owner.settings;
  const isNew = server !== null && servers.every(({ name }) => name !== server.name);
  const wantsUpstream = upstream !== null && upstream !== before;
  const patch: Partial<Settings> = {
    ...(isNew ? { servers: [...servers, server] } : {}),
    ...(wantsUpstream ? { upstream } : {}),
  };
  if (Object.keys(patch).length === 0) return { kind: 'adopted', adopted: NOTHING_ADOPTED };
  const outcome = await owner.change(patch);
  if (!outcome.ok) return { kind: 'refused', outcome };
  const adopted: Adopted = {
    server: isNew ? server.name : null,
    upstream: wantsUpstream ? { from: before, to: upstream } : null,
  };
  return { kind: 'adopted', adopted };
}

/** Takes back what was adopted. What the person has changed since stays. */
export async function giveBack(owner: SettingsOwner, { server, upstream }: Adopted): Promise<ChangeOutcome> {
  const without = server === null ? {} : withoutServers(owner.settings, [server]);
  const isStillOurs = upstream !== null && owner.settings.upstream === upstream.to;
  const patch = { ...without, ...(isStillOurs ? { upstream: upstream.from } : {}) };
  return Object.keys(patch).length === 0 ? { ok: true } : owner.change(patch);
}

/** The settings without these servers. */
export function withoutServers(
  { servers, defaultServer }: Settings,
  gone: readonly string[],
): Partial<Pick<Settings, 'servers' | 'defaultServer'>> {
  const rest = servers.filter(({ name }) => !gone.includes(name));
  if (rest.length === servers.length) return {};
  const isDefaultGone = defaultServer !== null && gone.includes(defaultServer);
  return { servers: rest, defaultServer: isDefaultGone ? (rest[0]?.name ?? null) : defaultServer };
}
