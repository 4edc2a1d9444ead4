import type { BridgeSnapshot } from '../bridge/index.ts';
import type { TokenUse } from '../gateway/index.ts';
import type { ServerActivity } from '../inspect/index.ts';
import type { FailureRecord, LastRequest, Totals, Tunnel } from '../proxy/index.ts';
import type { ForwardSetting } from '../settings/settings.ts';

/** An open tunnel as windows and `status` show it. */
export type TunnelView = Omit<Tunnel, 'stream' | 'request'>;

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

/** What has changed since the last delta. Applied to a snapshot in order, deltas keep it true. */
export interface Delta<State> {
  readonly opened: readonly TunnelView[];
  readonly closed: readonly number[];
  /** Byte counts that moved. */
  readonly moved: readonly Pick<TunnelView, 'id' | 'up' | 'down'>[];
  /** Everything but the tunnels, whole: it is small. */
  readonly state: State;
}

/** Least ms between two deltas, under any load; the first after a pause comes at once. */
const INTERVAL_MS = 250;

/** Sends listeners what has changed, at most four times a second, and nothing while nothing changes. */
export class DeltaFeed<State> {
  readonly #tunnels: () => readonly TunnelView[];
  readonly #state: () => State;
  readonly #listeners = new Set<(delta: Delta<State>) => void>();
  readonly #sent = new Map<number, TunnelView>();
  #timer: NodeJS.Timeout | null = null;
  #lastAt = 0;

  constructor(tunnels: () => readonly TunnelView[], state: () => State) {
    this.#tunnels = tunnels;
    this.#state = state;
  }

  /** Called on every change, also for every chunk of every tunnel: nearly always it does nothing. */
  readonly changed = (): void => {
    if (this.#timer !== null || this.#listeners.size === 0) return;
    const wait = Math.max(0, this.#lastAt + INTERVAL_MS - performance.now());
    this.#timer = setTimeout(() => this.#send(), wait).unref();
  };

  /** The tunnels as the deltas have sent them so far, in the order they were opened in. */
  get sent(): readonly TunnelView[] {
    return [...this.#sent.values()];
  }

  /** The first delta lists every open tunnel. Returns the unsubscribe. */
  subscribe(listener: (delta: Delta<State>) => void): () => void {
    if (this.#listeners.size === 0) this.#sent.clear();
    this.#listeners.add(listener);
    this.changed();
    return () => {
      this.#listeners.delete(listener);
    };
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#listeners.clear();
  }

  #send(): void {
    this.#timer = null;
    this.#lastAt = performance.now();
    const delta = this.#collect();
    for (const listener of this.#listeners) listener(delta);
  }

  #collect(): Delta<State> {
    const now = this.#tunnels();
    const open = new Set(now.map(({ id }) => id));
    const opened = now.filter(({ id }) => !this.#sent.has(id));
    const moved = now.filter(({ id, up, down }) => {
      const sent = this.#sent.get(id);
      return sent !== undefined && (sent.up !== up || sent.down !== down);
    });
    const closed = [...this.#sent.keys()].filter((id) => !open.has(id));
    for (const tunnel of [...opened, ...moved]) this.#sent.set(tunnel.id, tunnel);
    for (const id of closed) this.#sent.delete(id);
    return { opened, closed, moved: moved.map(({ id, up, down }) => ({ id, up, down })), state: this.#state() };
  }
}
