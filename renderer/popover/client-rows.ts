import type { AppText } from '../../app/i18n/app.ts';
import type { AppState } from '../../app/ipc/index.ts';
import type { FoundServer } from '../shared/found-clients.ts';
import { type Badge, badgeOf } from '../shared/server-badge.ts';

/** What the button beside a server does about it. */
export type Remedy =
  /** Shows what it takes to give it the mode that works, in the window for the servers of clients. */
  | { readonly kind: 'fix' | 'suggestion' }
  /** Finds out why its target cannot be reached. */
  | { readonly kind: 'doctor'; readonly target: string }
  | { readonly kind: 'restart'; readonly server: string }
  | { readonly kind: 'show' };

/** One server of a client as the popover shows it. */
export interface ShownServer extends FoundServer {
  readonly badge: Badge | null;
  readonly remedy: Remedy;
}

function remedyOf({ server }: FoundServer, badge: Badge | null, bridge: AppState['bridge']): Remedy {
  const { mode, stale, isOurs, proposal } = server;
  if (stale !== null) return { kind: 'fix' };
  const { problem = null, light = 'stopped' } = badge ?? {};
  if (problem !== null) return { kind: 'doctor', target: problem.target };
  if (light === 'failing') {
    if (mode === 'off') return { kind: isOurs ? 'fix' : 'show' };
    const ours = bridge.servers.find(({ name }) => name === server.server);
    return ours === undefined ? { kind: 'show' } : { kind: 'restart', server: ours.name };
  }
  return { kind: proposal === null ? 'show' : 'suggestion' };
}

/** What fails comes first, then what was used last, then what could be better; what the client has switched off comes last. */
function rankOf({ server, badge, remedy }: ShownServer): number {
  if (!server.enabled) return 4;
  if (server.stale !== null || badge?.light === 'failing') return 0;
  if (badge !== null && badge.last !== null) return 1;
  return remedy.kind === 'suggestion' ? 2 : 3;
}

/** The servers in the order of the rows. `at` in milliseconds since the epoch. */
export function shownServers(
  servers: readonly FoundServer[],
  known: Pick<AppState, 'failures' | 'lastRequests' | 'bridge'>,
  at: number,
  words: AppText,
): readonly ShownServer[] {
  const shown = servers.map((one): ShownServer => {
    const badge = badgeOf(one.server, one.file.title, known, at, words);
    return { ...one, badge, remedy: remedyOf(one, badge, known.bridge) };
  });
  return shown.toSorted(
    (left, right) => rankOf(left) - rankOf(right) || (right.badge?.last?.at ?? 0) - (left.badge?.last?.at ?? 0),
  );
}
