import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dialer } from '../dial/index.ts';
import type { ClientIdentity, Upgrade } from '../gateway/index.ts';
import type { Text } from '../i18n/index.ts';
import type { Log } from '../log/log.ts';
import type { PeerEnd, ServerFacts } from '../servers/index.ts';
import type { Graces, GroupRecord } from '../servers/process/index.ts';
import type { Settings } from '../settings/settings.ts';
import { LocalBridge } from './bridge.ts';
import type { BridgeTimes, LatencyFacts, SessionFacts } from './context.ts';
import type { StdioRequest } from './stdio.ts';

export type { PeerEnd } from '../servers/index.ts';
export { GroupRecord, recordsFolder } from '../servers/process/index.ts';
export type { LatencyFacts, SessionFacts } from './context.ts';
export type { StdioRequest } from './stdio.ts';

export type BridgeSettings = Pick<Settings, 'servers' | 'defaultServer' | 'limits'>;

export interface BridgeOptions {
  readonly settings: BridgeSettings;
  readonly log: Log;
  /** The words of the language in use now. */
  readonly text: () => Text;
  /** Something that a snapshot shows is different now. Called often: it must cost next to nothing. */
  readonly changed: () => void;
  /**
   * The PATH that commands are searched in and children get, null for our own. A promise while a login shell is being asked for
   * it, which programs started by a desktop need; sessions wait for it.
   */
  readonly searchPath?: () => string | null | Promise<string | null>;
  /** Makes the connections to servers that are reached by a URL; a direct one if left out. */
  readonly dialer?: Dialer | undefined;
  /** Waiting times that differ from the usual ones. */
  readonly times?: Partial<BridgeTimes>;
  /** Where the process groups of children are written down; nowhere if left out. */
  readonly groups?: GroupRecord | undefined;
  /** How long children may take to leave, if not the usual time. */
  readonly graces?: Graces;
}

/** A server, its children and its sessions. */
export interface ServerSnapshot extends ServerFacts {
  readonly sessions: readonly SessionFacts[];
}

export interface BridgeSnapshot {
  readonly servers: readonly ServerSnapshot[];
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

/** The inbound half: stdio MCP servers behind HTTP, for every generation of client. */
export interface Bridge {
  /** Whether an origin-form request target names an endpoint of ours, with whatever server. */
  isEndpoint(target: string): boolean;
  /** Answers a request that the guard has let through; false when no endpoint of ours has that path. */
  handle(request: IncomingMessage, response: ServerResponse, caller: ClientIdentity): boolean;
  /** Whether a request offers to switch to a protocol that the endpoint on its path speaks. */
  switches(request: IncomingMessage): boolean;
  /**
   * Answers such an offer, once the guard has let it through: by switching, after which the connection is ours, or by an
   * ordinary answer on `response`, which holds the socket until then.
   */
  handleOffer(request: IncomingMessage, response: ServerResponse, caller: ClientIdentity, offer: Upgrade): void;
  /** As an offer on a server's stdio endpoint, for a connection that comes another way; null is the default server. */
  connectStdio(server: string | null, request: StdioRequest): void;
  /** Takes over other servers or limits. Only what changed is restarted; sessions of servers that did not change go on. */
  apply(settings: BridgeSettings): void;
  snapshot(): BridgeSnapshot;
  readiness(): readonly Readiness[];
  /** Ends the children of a server, and with them its sessions; the next client gets a new one. An unknown name is ignored. */
  restart(server: string): Promise<void>;
  /** Ends the children of a server and starts none until `startServer`. */
  stopServer(server: string): Promise<void>;
  startServer(server: string): void;
  /** Ends every session and child; resolves, within five seconds, when none is left. Nothing is answered afterwards. */
  stop(): Promise<void>;
}

export function createBridge(options: BridgeOptions): Bridge {
  return new LocalBridge(options);
}
