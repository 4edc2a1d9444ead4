import type { Socket } from 'node:net';
import type { ProxyContext } from './context.ts';
import { Relay, type RelayEvents } from './relay/index.ts';
import { authorityOf, type Target } from './target.ts';
import type { Tunnel, TunnelKind } from './tunnels.ts';

/**
 * A tunnel that stands: listed, counted and relayed until it ends. There may be thousands, for hours, so it holds
 * nothing of how it was opened.
 */
export class LivingTunnel implements RelayEvents {
  readonly #context: ProxyContext;
  readonly #tunnel: Tunnel;
  #relay: Relay | null = null;

  constructor(context: ProxyContext, kind: TunnelKind, target: Target, label: string) {
    this.#context = context;
    this.#tunnel = context.tunnels.add(kind, target, label, () => this.#relay?.close());
    context.ledger.connected(label, target);
    context.log.debug(`${authorityOf(target)} open`, { kind, client: label });
  }

  /** Relays from now on; both sockets have been sent what had to come first. */
  join(client: Socket, target: Socket): void {
    this.#relay = new Relay(client, target, this);
  }

  up(bytes: number): void {
    this.#context.tunnels.countUp(this.#tunnel, bytes);
  }

  down(bytes: number): void {
    this.#context.tunnels.countDown(this.#tunnel, bytes);
  }

  expired(): void {
    this.#context.log.info(
      `${authorityOf(this.#tunnel.target)} closed: half-closed, and nothing moved for two minutes`,
    );
  }

  closed(): void {
    const { target, up, down } = this.#tunnel;
    this.#context.tunnels.remove(this.#tunnel);
    this.#context.log.debug(`${authorityOf(target)} closed`, { up, down });
  }
}
