import type { Socket } from 'node:net';
import { authorityOf, type Target } from '../base/address.ts';
import { DialError, type Dialling } from '../dial/index.ts';
import type { ProxyContext } from './context.ts';
import { dialFailure } from './dial-failure.ts';
import { type Failure, internalFailure, portDeniedFailure } from './failures.ts';
import { Relay, type RelayEvents } from './relay/index.ts';
import type { Tunnel, TunnelKind } from './tunnels.ts';

/**
 * A tunnel that stands: listed, counted and relayed until it ends. There may be thousands, for hours, so it holds
 * nothing of how it was opened.
 */
export class EstablishedTunnel implements RelayEvents {
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

/** Bytes a client may send ahead while we still dial. */
const EARLY_LIMIT = 64 * 1024;
/** How long a dial goes on for a client that has sent nothing for the target and then its FIN. */
const AFTER_FIN_MS = 1_000;

/** A client that wants a byte stream to somewhere. */
export interface TunnelRequest {
  readonly kind: TunnelKind;
  readonly client: Socket;
  /** Bytes that came in behind the request; they belong to the target. */
  readonly early: Buffer | null;
  readonly target: Target;
  readonly label: string;
  /** Whether the client is on another machine. */
  readonly isRemote: boolean;
  /** Ports on this machine that lead back to this door. */
  readonly avoided?: readonly number[];
  /** The Via value the request came with. */
  readonly via?: string | undefined;
  /** Tells the client that the stream stands, in its protocol. */
  opened(target: Socket): void;
  /** Tells the client why there is no stream, in its protocol, and closes. */
  refused(failure: Failure): void;
}

/** client -> us -> dial -> target, then bytes both ways. */
export function openTunnel(context: ProxyContext, request: TunnelRequest): void {
  const { client, target, label } = request;
  if (context.settings().deniedPorts.includes(target.port)) {
    return refuse(context, request, portDeniedFailure(target.port, context.text()));
  }
  const early: Buffer[] = request.early === null || request.early.length === 0 ? [] : [request.early];
  let earlyBytes = request.early?.length ?? 0;
  let afterFin: NodeJS.Timeout | null = null;
  const dialling: Dialling = context.dialer.dial(target, request);

  client.on('data', keep);
  client.once('end', finished);
  client.once('error', reset);
  client.once('close', reset);
  dialling.socket.then(connected, failed);

  function keep(chunk: Buffer): void {
    early.push(chunk);
    earlyBytes += chunk.length;
    if (earlyBytes > EARLY_LIMIT) client.pause();
  }

  /** What it has sent ahead is still to be delivered, and may be all it has to say. */
  function finished(): void {
    if (earlyBytes === 0) afterFin = setTimeout(gone, AFTER_FIN_MS, 'FIN');
  }

  function reset(): void {
    gone('RST');
  }

  function gone(how: string): void {
    stopListening();
    context.ledger.givenUp(label, target);
    context.log.info(`${authorityOf(target)} given up: the client left while it was dialled (${how})`, {
      kind: request.kind,
    });
    dialling.cancel();
    client.destroy();
  }

  function stopListening(): void {
    if (afterFin !== null) clearTimeout(afterFin);
    client.off('data', keep);
    client.off('end', finished);
    client.off('error', reset);
    client.off('close', reset);
  }

  function connected(upstream: Socket): void {
    stopListening();
    if (client.destroyed) upstream.destroy();
    else live(context, request, upstream, early);
  }

  function failed(error: unknown): void {
    stopListening();
    if (!(error instanceof DialError)) {
      context.log.error('dial failed in an unexpected way', { error: String(error) });
      return refuse(context, request, internalFailure(context.text()));
    }
    if (error.fault.kind === 'cancelled' && client.destroyed) return;
    refuse(context, request, dialFailure(error, context.text()));
  }
}

function live(context: ProxyContext, request: TunnelRequest, upstream: Socket, early: readonly Buffer[]): void {
  const tunnel = new EstablishedTunnel(context, request.kind, request.target, request.label);
  for (const chunk of early) {
    upstream.write(chunk);
    tunnel.up(chunk.length);
  }
  request.opened(upstream);
  tunnel.join(request.client, upstream);
}

function refuse(context: ProxyContext, request: TunnelRequest, failure: Failure): void {
  context.failures.record(failure, request.target, request.label);
  request.client.on('error', () => request.client.destroy());
  request.refused(failure);
}
