import type { EngineState, TunnelView } from '../engine/index.ts';
import type { Language } from '../i18n/index.ts';
import type { Habits, Settings } from '../settings/index.ts';

/** Bytes that passed within one second. */
export interface Rate {
  readonly up: number;
  readonly down: number;
}

/** How far the port is from open. */
export type Phase = 'off' | 'starting' | 'on' | 'stopping';

/** What the person can do about a problem with one click. */
export type Fix =
  | { readonly kind: 'use-port'; readonly port: number }
  | { readonly kind: 'restart-server'; readonly server: string }
  | { readonly kind: 'show-log'; readonly source: string }
  | { readonly kind: 'open-settings' }
  /** Where the permission for the local network is explained and asked for. */
  | { readonly kind: 'allow-local-network' }
  /** Finds out why `target`, as `host:port`, cannot be reached. */
  | { readonly kind: 'doctor'; readonly target: string };

/** What is wrong, in one sentence, and what helps. */
export interface Problem {
  /** The same problem keeps its id, so that one that was dismissed does not come back by itself. */
  readonly id: string;
  /** `attention` changes the icon; `note` is a single thing that failed and is over. */
  readonly weight: 'attention' | 'note';
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly sentence: string;
  readonly hint: string;
  readonly fix: Fix | null;
}

/** The settings that are on show everywhere; the rest is the settings window's. */
export interface Address extends Pick<Settings, 'host' | 'port'> {
  readonly needsToken: boolean;
  readonly upstream: boolean;
}

/** What a server is, in one line for lists: a command without secrets, or a URL without its query. */
export interface ShownServer {
  readonly name: string;
  readonly line: string;
}

/** How long the port may be closed for in one click. */
export type OffPeriod = 'hour' | 'tomorrow';

/** Who used the port when it was closed. */
export interface CutOff {
  /** Names that clients of the proxy gave themselves. */
  readonly labels: readonly string[];
  /** Names of servers of ours with sessions. */
  readonly servers: readonly string[];
  /** Open tunnels without a name. */
  readonly tunnels: number;
}

/** Everything but the tunnels: small enough to be sent whole. */
export interface AppRest extends EngineState {
  readonly version: string;
  readonly phase: Phase;
  /** Milliseconds since the epoch; null while off. */
  readonly startedAt: number | null;
  readonly address: Address;
  readonly servers: readonly ShownServer[];
  /** Counts the changes of the settings: with another number, what a window has fetched of them is out of date. */
  readonly settingsRevision: number;
  readonly language: Language;
  readonly habits: Habits;
  readonly problem: Problem | null;
  /** Null while the port is open, or when it was closed while it was not in use. */
  readonly cutOff: CutOff | null;
  /** One entry a second, oldest first. */
  readonly rates: readonly Rate[];
}

/** What every window, the menu and the icon are projections of. */
export interface AppState extends AppRest {
  readonly tunnels: readonly TunnelView[];
}

/** What has changed since the last delta. */
export interface AppDelta {
  readonly opened: readonly TunnelView[];
  readonly closed: readonly number[];
  readonly moved: readonly Pick<TunnelView, 'id' | 'up' | 'down'>[];
  readonly rest: AppRest;
}

/** The state after a delta. Tunnels that nothing happened to stay the same objects. */
export function applyDelta(state: AppState, { opened, closed, moved, rest }: AppDelta): AppState {
  const gone = new Set(closed);
  const counts = new Map(moved.map((one) => [one.id, one]));
  const known = new Set(opened.map(({ id }) => id));
  const kept = state.tunnels.filter(({ id }) => !gone.has(id) && !known.has(id));
  const tunnels = [...kept, ...opened].map((tunnel) => {
    const count = counts.get(tunnel.id);
    return count === undefined ? tunnel : { ...tunnel, ...count };
  });
  return { ...rest, tunnels };
}
