import { authorityOf } from '../base/host.ts';
import type { AppText } from '../i18n/app.ts';
import type { Text } from '../i18n/index.ts';
import type { AppState, CutOff, Fix } from './index.ts';

/** `hold` keeps a server from being started that has no process yet. */
export type ServerAction = 'start' | 'restart' | 'stop' | 'hold';

type ServerState = AppState['bridge']['servers'][number];

/** What can be done with a server: only what is stopped can be started, and only what runs, or tries to, be stopped or restarted. */
export function serverActions(
  { state, condition, children }: Pick<ServerState, 'state' | 'condition' | 'children'>,
  phase: AppState['phase'],
): readonly ServerAction[] {
  if (phase !== 'on') return [];
  switch (state) {
    case 'stopped':
      return ['start'];
    case 'failing':
      return ['restart', 'stop'];
    case 'ready':
      if (condition.kind === 'not-started') return ['hold'];
      return children.length === 0 ? ['stop'] : ['restart', 'stop'];
    default:
      return state satisfies never;
  }
}

/** The light of a server: one without a process is no different from one that is stopped. */
export function serverLight({ state, condition }: Pick<ServerState, 'state' | 'condition'>): ServerLight {
  if (state === 'ready' && condition.kind === 'not-started') return 'stopped';
  if (state === 'ready' && condition.kind === 'starting') return 'starting';
  return state;
}

export type ServerLight = ServerState['state'] | 'starting';

/** What the button beside a problem says, in the menu and in windows. */
export function fixLabel(fix: Fix, { menu, permission }: AppText): string {
  switch (fix.kind) {
    case 'use-port':
      return menu.usePort(fix.port);
    case 'restart-server':
      return menu.restartServer(fix.server);
    case 'show-log':
      return menu.showLog;
    case 'open-settings':
      return menu.settings;
    case 'allow-local-network':
      return permission.fix;
    case 'doctor':
      return menu.findOut;
    default:
      return fix satisfies never;
  }
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** A size as people read it: three digits at most, decimal units as Finder counts them. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? ''}`;
}

/** How long ago something began, in the words of the catalogue: its two largest units. */
export function age(milliseconds: number, { status: { ages } }: Text): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return ages.seconds(seconds);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return ages.minutes(minutes);
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return ages.hours(hours, minutes % 60);
  return ages.days(Math.floor(hours / 24), hours % 24);
}

/** How long something took: two digits at least where it was short. */
export function duration(milliseconds: number): string {
  if (milliseconds < 9.95) return `${milliseconds.toFixed(1)} ms`;
  return milliseconds < 9950 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** An authority, an IPv6 address in brackets (RFC 3986 section 3.2.2). */
export function authority(host: string, port: number): string {
  return authorityOf({ host, port });
}

type TunnelView = AppState['tunnels'][number];

/** The open tunnels of one server to one target. */
export interface TunnelGroup {
  /** The same for as long as there is one of them. */
  readonly key: string;
  /** The target, as `nas.lan:8123`. */
  readonly name: string;
  /** The name the server gave itself; empty when it gave none. */
  readonly label: string;
  readonly ids: readonly number[];
  readonly kinds: readonly TunnelView['kind'][];
  /** Of the oldest, in milliseconds since the epoch. */
  readonly openedAt: number;
  /** Bytes of all of them. */
  readonly up: number;
  readonly down: number;
}

/** Tunnels by server and target, the group with the newest tunnel first. */
export function tunnelGroups(tunnels: readonly TunnelView[]): readonly TunnelGroup[] {
  const groups = Map.groupBy(
    tunnels.toReversed(),
    ({ label, target: { host, port } }) => `${label} ${authority(host, port)}`,
  );
  return [...groups].map(([key, of]) => {
    const [{ target, label } = { target: { host: '', port: 0 }, label: '' }] = of;
    return {
      key,
      name: authority(target.host, target.port),
      label,
      ids: of.map(({ id }) => id),
      kinds: [...new Set(of.map(({ kind }) => kind))],
      openedAt: Math.min(...of.map((one) => one.openedAt)),
      up: of.reduce((sum, one) => sum + one.up, 0),
      down: of.reduce((sum, one) => sum + one.down, 0),
    };
  });
}

/** What the icon says. Each has a shape of its own: colour alone says nothing in a menu bar. */
export type Light = 'off' | 'starting' | 'on' | 'attention';

export function lightOf({ phase, problem }: Pick<AppState, 'phase' | 'problem'>): Light {
  if (problem?.weight === 'attention') return 'attention';
  switch (phase) {
    case 'on':
      return 'on';
    case 'off':
      return 'off';
    case 'starting':
    case 'stopping':
      return 'starting';
    default:
      return phase satisfies never;
  }
}

/** Where clients find us: the port that is really open, else the one there would be. */
export function addressOf({ listening, address }: Pick<AppState, 'listening' | 'address'>): {
  readonly host: string;
  readonly port: number;
} {
  const [first] = listening;
  return { host: first?.host ?? address.host, port: first?.port ?? address.port };
}

export function sessionCount({ bridge }: Pick<AppState, 'bridge'>): number {
  return [...bridge.servers, ...(bridge.groups ?? [])].reduce((sum, { sessions }) => sum + sessions.length, 0);
}

/**
 * What stands beside the icon: how long the port stays closed, where that has an end; else the number of open tunnels, if the person
 * wants it, and nothing while there are none. `now` in milliseconds since the epoch.
 */
export function titleOf(
  { phase, tunnels, habits }: Pick<AppState, 'phase' | 'tunnels' | 'habits'>,
  { status: { ages } }: Text,
  now: number,
): string {
  const { backOnAt } = habits;
  if (phase === 'off' && backOnAt !== null) {
    const minutes = Math.max(1, Math.round((backOnAt - now) / 60_000));
    return minutes < 60 ? ages.minutes(minutes) : ages.wholeHours(Math.round(minutes / 60));
  }
  return habits.countInBar && phase === 'on' && tunnels.length > 0 ? String(tunnels.length) : '';
}

/** Milliseconds for which a server counts as in use after a request that left no tunnel. */
const IN_USE_MS = 15 * 60_000;

/** Who would be cut off by closing the port now; null when it is not in use. `now` in milliseconds since the epoch. */
export function cutOffBy(
  { tunnels, lastRequests, bridge }: Pick<AppState, 'tunnels' | 'lastRequests' | 'bridge'>,
  now: number,
): CutOff | null {
  const recent = lastRequests.filter(({ lastAt, outcome }) => outcome.kind !== 'failed' && now - lastAt < IN_USE_MS);
  const labels = [...tunnels, ...recent].map(({ label }) => label).filter((label) => label !== '');
  const cut: CutOff = {
    labels: [...new Set(labels)],
    servers: [
      ...bridge.servers.filter(({ sessions }) => sessions.length > 0).map(({ name }) => name),
      ...(bridge.groups ?? [])
        .filter(({ sessions }) => sessions.length > 0)
        .map(({ name }) => (name === null ? '/all' : `/groups/${name}`)),
    ],
    tunnels: tunnels.filter(({ label }) => label === '').length,
  };
  return cut.labels.length + cut.servers.length + cut.tunnels === 0 ? null : cut;
}

/** The tooltip of the icon: the state, and what is wrong where the icon shows that something is. */
export function tooltipOf(state: AppState, text: Text, now: number): string {
  const { problem } = state;
  const line = statusLine(state, text, now);
  return problem?.weight === 'attention' ? `${line}\n${problem.sentence}` : line;
}

/** The state in one line of words, for the first row of the menu, the tooltip and the popover. `now` in milliseconds since the epoch. */
export function statusLine(state: AppState, text: Text, now: number): string {
  const words = text.status;
  const { host, port } = addressOf(state);
  switch (state.phase) {
    case 'off': {
      const { backOnAt } = state.habits;
      return backOnAt === null ? words.off : words.offFor(age(backOnAt - now, text));
    }
    case 'starting':
      return words.starting;
    case 'stopping':
      return words.stopping;
    case 'on':
      return `${words.on(authority(host, port))} — ${words.tunnels(state.tunnels.length)}${words.comma}${words.sessions(sessionCount(state))}`;
    default:
      return state.phase satisfies never;
  }
}

/** The condition of a server as any version of the product reports it. */
export interface ToldCondition {
  readonly kind: string;
  /** Milliseconds since the epoch. */
  readonly since: number | null;
  readonly until: number | null;
}

/** The condition of a server in a few words: `starting, 12 s`, `failed 2 min ago`. A kind that only a newer version knows is shown by its own name. */
export function conditionWords({ kind, since, until }: ToldCondition, now: number, text: Text): string {
  const words = text.status.conditions;
  const elapsed = age(now - (since ?? now), text);
  switch (kind) {
    case 'not-started':
      return words.notStarted;
    case 'starting':
      return words.starting(elapsed);
    case 'running':
      return words.running;
    case 'failed':
      return words.failed(elapsed);
    case 'resting':
      return words.resting(elapsed, age((until ?? now) - now, text));
    case 'signed-out':
      return words.signedOut;
    case 'stopped':
      return words.stopped;
    default:
      return kind;
  }
}

/** The same where it stands alone: with a capital letter. */
export function conditionTitle(condition: ToldCondition, now: number, text: Text): string {
  const words = conditionWords(condition, now, text);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
