import type { BridgeSnapshot } from '../bridge/index.ts';
import type { TokenUse } from '../gateway/index.ts';
import type { ServerActivity } from '../inspect/index.ts';
import type { FailureRecord, LastRequest, Totals, Tunnel } from '../proxy/index.ts';
import type { ForwardSetting } from '../settings/settings.ts';

/** An open tunnel as windows and `status` show it. */
export type TunnelView = Omit<Tunnel, 'close' | 'request'>;

/** Where the port is open. */
export interface Listening {
  readonly host: string;
  readonly port: number;
}

/** Everything but the tunnels. */
export interface EngineState {
  /** Addresses the port is open on; empty while the engine is off. */
  readonly listening: readonly Listening[];
  readonly forwards: readonly ForwardSetting[];
  readonly totals: Totals;
  /** The newest failures, newest last. */
  readonly failures: readonly FailureRecord[];
  /** For each label that clients give to the proxy, what became of its last request. */
  readonly lastRequests: readonly LastRequest[];
  /** The named tokens, and when each was shown last. */
  readonly tokens: readonly TokenUse[];
  readonly bridge: BridgeSnapshot;
  /** The server behind `/sse`, `/messages` and `/mcp`; null when there is none. */
  readonly defaultServer: string | null;
  /** What each server has been doing in the last hour; missing is one that has done nothing since it was started or switched on. */
  readonly activity: readonly ServerActivity[];
  /** The servers whose messages are kept in memory. */
  readonly recordContents: readonly string[];
}

/** The whole state at one moment. */
export interface EngineSnapshot extends EngineState {
  readonly product: 'mcp-gangway';
  readonly version: string;
  readonly pid: number;
  /** Milliseconds since the epoch; null while the engine is off. */
  readonly startedAt: number | null;
  readonly tunnels: readonly TunnelView[];
}

export function viewOf({ id, kind, target, label, openedAt, up, down }: Tunnel): TunnelView {
  return { id, kind, target, label, openedAt, up, down };
}
