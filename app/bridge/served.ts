import type { LatencyFacts } from '../base/latency-histogram.ts';
import type { ServerRecorder } from '../inspect/index.ts';
import {
  isUsable,
  type PeerEnd,
  type Server,
  type ServerFacts,
  type Share,
  type ToolChangeCount,
} from '../servers/index.ts';
import type { OpenPeer, SessionFacts } from './context.ts';
import type { GroupSnapshot } from './groups.ts';
import type { HttpSse } from './http-sse.ts';
import type { Stdio } from './stdio.ts';
import type { Streamable } from './streamable/endpoint.ts';
import type { StatelessEndpoint } from './streamable/stateless/endpoint.ts';

/** A server and the endpoints in front of it. */
export interface Served<Of extends Server = Server> {
  readonly server: Of;
  readonly openPeer: OpenPeer;
  readonly recorder: ServerRecorder;
  readonly httpSse: HttpSse;
  readonly streamable: Streamable;
  /** The half of it for requests without a session. */
  readonly stateless: StatelessEndpoint;
  readonly stdio: Stdio;
  readonly sessions: Share;
  /** A client on another machine has used it since its sessions were ended for that the last time. */
  usedByOthers: boolean;
}

export function sessionsOf({ httpSse, streamable, stdio }: Served): readonly SessionFacts[] {
  return [...httpSse.sessions(), ...streamable.sessions(), ...stdio.sessions()];
}

/** Sessions end before their children, which may take seconds to leave. */
export function restart(served: Served): Promise<void> {
  closeSessions(served);
  return served.server.restart();
}

export function stop(served: Served): Promise<void> {
  closeSessions(served);
  return served.server.stop();
}

/** What others have opened while they might would go on as its owner: each request is judged, and not what is open. */
export function endUseByOthers(served: Served): void {
  if (!served.usedByOthers || served.server.servesOthers) return;
  served.usedByOthers = false;
  closeSessions(served);
}

function closeSessions({ httpSse, streamable, stdio }: Served): void {
  httpSse.close();
  streamable.close();
  stdio.close();
}

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
