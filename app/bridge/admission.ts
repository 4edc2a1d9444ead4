import { endError, type Peer, type Scope, type Server } from '../servers/index.ts';
import type { BridgeContext } from './context.ts';
import { type HttpFault, unavailable } from './http/index.ts';

/** A session that could end in favour of another one. */
export interface Evictable {
  /** It never went past `initialize`: mostly a probe whose client does not come back. */
  readonly isUnused: boolean;
  readonly principal: string;
  /** Since when nothing has been under way in it, in milliseconds of performance.now(); null while something is. */
  readonly quietSince: number | null;
  /** When it ends by itself if it stays quiet. */
  readonly expiresAt: number;
  close(): void;
}

/** The sessions of one server, oldest first, and whether it has more of them than are kept for it. */
export interface EvictionScope {
  readonly isOver: boolean;
  sessions(): Iterable<Evictable>;
}

/**
 * Ends one session in favour of a newcomer of this principal. First one that never went past `initialize`, then the
 * principal's own that has been quiet for longest, if that is `idle` milliseconds; of the newcomer's server first, then of
 * those that have more than is kept for them. Never one with a stream or a request under way. False when there is none.
 */
export function evict(scopes: readonly EvictionScope[], principal: string | null, idle: number, now: number): boolean {
  const open = scopes.filter((scope, index) => index === 0 || scope.isOver);
  for (const scope of open) {
    for (const session of scope.sessions()) {
      if (!session.isUnused || session.quietSince === null) continue;
      session.close();
      return true;
    }
  }
  for (const scope of open) {
    let oldest: Evictable | null = null;
    let since = now - idle;
    for (const session of scope.sessions()) {
      if (session.quietSince === null || session.principal !== principal || session.quietSince > since) continue;
      oldest = session;
      since = session.quietSince;
    }
    if (oldest === null) continue;
    oldest.close();
    return true;
  }
  return false;
}

/** Milliseconds until the first of these sessions ends by itself or may be ended for this principal; null when that cannot be told. */
export function freeIn(scopes: readonly EvictionScope[], principal: string, idle: number, now: number): number | null {
  let soonest = Number.POSITIVE_INFINITY;
  for (const [index, scope] of scopes.entries()) {
    if (index > 0 && !scope.isOver) continue;
    for (const { quietSince, expiresAt, principal: owner } of scope.sessions()) {
      if (quietSince === null) continue;
      soonest = Math.min(
        soonest,
        expiresAt - now,
        owner === principal ? quietSince + idle - now : Number.POSITIVE_INFINITY,
      );
    }
  }
  return Number.isFinite(soonest) ? Math.max(0, soonest) : null;
}

/** The server's side of a session that has a place; `leave` gives it back, once. */
export interface Admitted {
  readonly peer: Peer;
  readonly leave: () => void;
}

/** A place for a session of this principal and the server's side of it, or why there is none. */
export function admit(
  server: Server,
  context: BridgeContext,
  principal: string,
  scope: Scope,
): Admitted | { readonly fault: HttpFault } {
  const { sessions, openPeer, makeRoom, text } = context;
  if (!sessions.take() && !(makeRoom.evict(principal) && sessions.take())) {
    const { limit, staying } = sessions;
    const why = { kind: 'too-many-sessions', limit, own: staying, wait: makeRoom.freeIn(principal) } as const;
    return { fault: unavailable(server.name, why, text()) };
  }
  const leave = () => sessions.giveBack();
  let opened = openPeer(server, scope);
  if (isFull(opened) && makeRoom.evict(principal)) opened = openPeer(server, scope);
  if ('peer' in opened) return { peer: opened.peer, leave };
  leave();
  return { fault: unavailable(server.name, opened.refusal, text(), makeRoom.freeIn(principal)) };
}

/** The client's side of a session that is being opened. Each of the two is called at most once, and never both. */
export interface OpeningClient {
  readonly isGone: () => boolean;
  readonly begin: (admitted: Admitted) => void;
  readonly refuse: (fault: HttpFault) => void;
}

/**
 * Admits a session whose transport has no handshake to wait for. A command that cannot be run is known by the next turn of the
 * event loop, so that the client can still be refused with a status.
 */
export function open(
  server: Server,
  context: BridgeContext,
  { principal, scope }: { readonly principal: string; readonly scope: Scope },
  client: OpeningClient,
): void {
  const admitted = admit(server, context, principal, scope);
  if ('fault' in admitted) {
    client.refuse(admitted.fault);
    return;
  }
  const { peer, leave } = admitted;
  setImmediate(() => {
    if (peer.end === null && !client.isGone()) {
      client.begin(admitted);
      return;
    }
    leave();
    if (peer.end === null) void peer.close();
    else client.refuse({ status: 502, error: endError(server.name, peer.end, context.text()) });
  });
}

function isFull(opened: ReturnType<BridgeContext['openPeer']>): boolean {
  return 'refusal' in opened && opened.refusal.kind === 'too-many-children';
}
