import type { Target } from '../base/address.ts';
import { LinkedList, type Place } from '../base/linked-list.ts';
import type { ProxiedRequest } from '../inspect/index.ts';
import { RelayResources } from './relay-resources.ts';

/** The endpoint a tunnel came in by: CONNECT, SOCKS5, a TCP forward, or Upgrade on an absolute-form request. */
export type TunnelKind = 'connect' | 'socks' | 'tcp-forward' | 'upgrade';

/** The record of an open byte stream through us. The relay counts into `up` and `down`; everything else is fixed. */
export interface Tunnel {
  readonly id: number;
  readonly kind: TunnelKind;
  readonly target: Target;
  /** The name the client gave itself; empty when it gave none. */
  readonly label: string;
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
  /** Bytes from the client to the target. */
  up: number;
  /** Bytes from the target to the client. */
  down: number;
  /** What is recorded of it. */
  readonly request: ProxiedRequest;
  /** Ends both sides at once. */
  readonly close: () => void;
}

/** Sums since the start. */
export interface Totals {
  /** Tunnels that reached their target. */
  tunnels: number;
  /** Absolute-form requests, answered or failed. */
  requests: number;
  /** Failures of any kind. */
  failures: number;
  /** Bytes of tunnels and of request and response bodies. */
  up: number;
  down: number;
}

/** The open tunnels, the sums, and what the tunnels share while they relay. */
export class Tunnels {
  readonly relay: RelayResources = new RelayResources();
  readonly totals: Totals = { tunnels: 0, requests: 0, failures: 0, up: 0, down: 0 };
  readonly #open = new LinkedList<Tunnel>();
  readonly #changed: () => void;
  #lastId = 0;

  /** `changed` is called on every change, also for every chunk that passes: it must cost next to nothing. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** The place is what `remove` needs. */
  add(kind: TunnelKind, target: Target, label: string, request: ProxiedRequest, close: () => void): Place<Tunnel> {
    const id = ++this.#lastId;
    const place = this.#open.add({ id, kind, target, label, openedAt: Date.now(), up: 0, down: 0, request, close });
    this.totals.tunnels++;
    this.#changed();
    return place;
  }

  remove(tunnel: Place<Tunnel>): void {
    if (this.#open.delete(tunnel)) this.#changed();
  }

  countUp(tunnel: Tunnel | null, bytes: number): void {
    if (tunnel !== null) tunnel.up += bytes;
    this.totals.up += bytes;
    this.#changed();
  }

  countDown(tunnel: Tunnel | null, bytes: number): void {
    if (tunnel !== null) {
      if (tunnel.down === 0) tunnel.request.cameBack();
      tunnel.down += bytes;
    }
    this.totals.down += bytes;
    this.#changed();
  }

  countRequest(): void {
    this.totals.requests++;
    this.#changed();
  }

  countFailure(): void {
    this.totals.failures++;
    this.#changed();
  }

  get size(): number {
    return this.#open.size;
  }

  /** Oldest first. */
  list(): Tunnel[] {
    return this.#open.values();
  }

  /** Closes one tunnel; false when it is gone already. */
  close(id: number): boolean {
    const tunnel = this.list().find((open) => open.id === id);
    tunnel?.close();
    return tunnel !== undefined;
  }

  closeAll(): void {
    for (const tunnel of this.list()) tunnel.close();
  }
}
