import type { LatencyFacts } from '../base/latency-histogram.ts';
import { isUsable, type PeerEnd, type ServerFacts, type ToolChangeCount } from '../servers/index.ts';
import type { SessionFacts } from './context.ts';
import type { GroupSnapshot } from './groups.ts';

/** A server, its children and its sessions. */
export interface ServerSnapshot extends ServerFacts {
  readonly sessions: readonly SessionFacts[];
  /** Missing while all of its tools are as they were approved. */
  readonly toolChanges?: ToolChangeCount;
}

export interface BridgeSnapshot {
  readonly servers: readonly ServerSnapshot[];
  /** Missing while no address that servers share is used. */
  readonly groups?: readonly GroupSnapshot[];
  readonly sessionsOpened: number;
  /** From the arrival of a request to its server's answer. */
  readonly latency: LatencyFacts;
}

/** Whether a server can be used, for /readyz. */
export interface Readiness {
  readonly name: string;
  /** Whether a new client can be served, as far as is known. */
  readonly ready: boolean;
  /** `failing`: its last start failed, and none has succeeded since. */
  readonly state: ServerFacts['state'];
  readonly condition: ServerFacts['condition'];
  readonly children: number;
  readonly sessions: number;
  /** The last end of a child that we did not ask for. */
  readonly lastEnd: PeerEnd | null;
}

export function readinessOf({ servers }: Pick<BridgeSnapshot, 'servers'>): readonly Readiness[] {
  return servers.map(({ name, state, condition, children, sessions, lastEnd }) => ({
    name,
    ready: isUsable(condition),
    state,
    condition,
    children: children.length,
    sessions: sessions.length,
    lastEnd,
  }));
}
