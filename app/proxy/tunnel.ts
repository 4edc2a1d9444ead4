import type { Socket } from 'node:net';
import { authorityOf, hasBothEndsHere, isThisMachine, parseConnectTarget, type Target } from '../base/address.ts';
import { isLoopback } from '../base/host.ts';
import type { Place } from '../base/linked-list.ts';
import { dialAfresh } from '../dial/http/index.ts';
import { DialError, type Dialling, dialFailure } from '../dial/index.ts';
import type { ProxiedRequest } from '../inspect/index.ts';
import type { ProxyContext } from './context.ts';
import { failureAnswer } from './failure-response.ts';
import {
  badRequestFailure,
  type Failure,
  internalFailure,
  portDeniedFailure,
  returnedFailure,
  said,
} from './failures.ts';
import { Direction, type HalfClosed, type HalfClosedPlace, type RelayedTunnel } from './relay.ts';
import { lingeringEnd, reset } from './socket-close.ts';
import type { Tunnel, TunnelKind, TunnelStream } from './traffic.ts';

/** Bytes a client may send ahead while we still dial. */
const EARLY_LIMIT = 64 * 1024;
/** How long a dial goes on for a client that has sent nothing for the target and then its FIN. */
const AFTER_FIN_MS = 1_000;
/** A 2xx answer to CONNECT has no content and no framing (RFC 9110 section 9.3.6). */
const ESTABLISHED = 'HTTP/1.1 200 Connection Established\r\n\r\n';

/** A client that asks for a byte stream to a target. */
export interface TunnelRequest {
  readonly kind: TunnelKind;
  readonly client: Socket;
  /** Bytes that came in behind the request; they belong to the target. */
  readonly early: Buffer | null;
  readonly target: Target;
  readonly label: string;
  /** Whether the client is on another machine. */
  readonly isRemote: boolean;
  /** Ports on this machine that lead back to this endpoint. */
  readonly avoided?: readonly number[];
  /** The Via value the request came with. */
  readonly via?: string | undefined;
  /** Answers the client in its protocol that the tunnel is established. */
  opened(target: Socket): void;
  /** Answers the client in its protocol why there is no tunnel, and closes. */
  refused(failure: Failure): void;
}

/** client -> us -> dial -> target, then bytes both ways. */
export function openTunnel(context: ProxyContext, request: TunnelRequest): void {
  const { client, target, label, kind } = request;
  const record = context.recorder.request({ kind, target, label });
  if (context.settings().deniedPorts.includes(target.port)) {
    return refuse(
      context,
      request,
      record,
      said(context.text(), (text) => portDeniedFailure(target.port, text)),
    );
  }
  const early: Buffer[] = request.early === null || request.early.length === 0 ? [] : [request.early];
  let earlyBytes = request.early?.length ?? 0;
  let afterFin: NodeJS.Timeout | null = null;
  const dialling: Dialling = dialAfresh(context, target, request);

  client.on('data', keep);
  // Not `once`: each comes once, and is taken back below, for half of what Node's wrapper of it costs.
  client.on('end', finished);
  client.on('error', reset);
  client.on('close', reset);
  dialling.socket.then(connected, failed);

  function keep(chunk: Buffer): void {
    early.push(chunk);
    earlyBytes += chunk.length;
    if (earlyBytes > EARLY_LIMIT) client.pause();
  }

  /** Bytes it has sent ahead are still to be delivered, and may be all it sends. */
  function finished(): void {
    if (earlyBytes === 0) afterFin = setTimeout(gone, AFTER_FIN_MS, 'FIN');
  }

  function reset(): void {
    gone('RST');
  }

  function gone(how: string): void {
    stopListening();
    context.lastRequests.givenUp(label, target);
    record.givenUp();
    context.log.info(`${authorityOf(target)} given up: the client left while it was dialled (${how})`, {
      kind,
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
    if (client.destroyed) {
      record.givenUp();
      return void upstream.destroy();
    }
    const tunnel = new EstablishedTunnel(context, kind, target, label, record);
    request.opened(upstream);
    tunnel.relay(client, upstream, early);
  }

  function failed(error: unknown): void {
    stopListening();
    if (!(error instanceof DialError)) {
      context.log.error('dial failed in an unexpected way', { error: String(error) });
      return refuse(context, request, record, said(context.text(), internalFailure));
    }
    if (error.fault.kind === 'cancelled' && client.destroyed) return;
    refuse(
      context,
      request,
      record,
      said(context.text(), (text) => dialFailure(error, text)),
    );
  }
}

function refuse(context: ProxyContext, request: TunnelRequest, record: ProxiedRequest, failure: Failure): void {
  record.failed(failure.code, failure.sentence);
  context.failures.record(failure, request.target, request.label);
  request.client.on('error', () => request.client.destroy());
  request.refused(failure);
}

/** A CONNECT request, already past the guard. */
export interface ConnectRequest {
  readonly client: Socket;
  /** The request target as it was written. */
  readonly authority: string;
  /** Value of Via, all lines joined; undefined when there is none. */
  readonly via: string | undefined;
  /** Bytes that came in behind the head. */
  readonly early: Buffer | null;
  readonly label: string;
  /** Whether the client is on another machine. */
  readonly isRemote: boolean;
}

/** client (CONNECT host:port) -> us -> target; 200, then a tunnel. */
export function connect(context: ProxyContext, request: ConnectRequest): void {
  const { client, early, label, isRemote, via } = request;
  const target = parseConnectTarget(request.authority);
  if (target === null) {
    const failure = said(context.text(), (text) => badRequestFailure(text.failures.badRequest.badAuthority, text));
    context.failures.record(failure, null, label);
    context.recorder.request({ kind: 'connect', target, label }).failed(failure.code, failure.sentence);
    return refuseConnect(client, failure);
  }
  if (context.dialer.hasPassed(via)) {
    const failure = said(context.text(), (text) => returnedFailure(target, text));
    context.failures.record(failure, target, label);
    context.recorder.request({ kind: 'connect', target, label }).failed(failure.code, failure.sentence);
    return refuseConnect(client, failure);
  }
  openTunnel(context, {
    kind: 'connect',
    client,
    early,
    target,
    label,
    isRemote,
    via,
    opened: () => client.write(ESTABLISHED, 'latin1'),
    refused: (failure) => refuseConnect(client, failure),
  });
}

/** Answers a CONNECT with a failure and closes: what follows the head was meant for the target, not for us. */
export function refuseConnect(client: Socket, failure: Failure): void {
  lingeringEnd(client, failureAnswer(failure));
}

/** Whether `socket`, a connection to `target`, ends on this machine. One to a parent proxy, whose port is another, may end anywhere. */
export function endsHere(socket: Socket, { port }: Target): boolean {
  return socket.remotePort === port && hasBothEndsHere(socket);
}

/**
 * client <=> target, byte for byte, until both sides have ended: listed, counted and relayed. There may be thousands, for
 * hours, so it holds nothing of how it was opened.
 *
 * A FIN is passed on and leaves the other direction alone (RFC 9110 section 9.3.6 lets a tunnel drain); an RST is
 * passed on as an RST. There is no idle timeout: a quiet tunnel is in use, and TCP keep-alive finds dead peers.
 * Both sockets must allow half-open, and have no other reader.
 */
export class EstablishedTunnel implements RelayedTunnel, HalfClosed, TunnelStream {
  readonly #context: ProxyContext;
  readonly #place: Place<Tunnel>;
  readonly #record: Tunnel;
  #halfClosed: HalfClosedPlace | null = null;
  #sockets: readonly Socket[] = [];
  #open = 0;

  /** `request` is what is recorded of it. */
  constructor(context: ProxyContext, kind: TunnelKind, target: Target, label: string, request: ProxiedRequest) {
    this.#context = context;
    this.#place = context.tunnels.add(kind, target, label, request, this);
    this.#record = this.#place.value;
    request.connected(true);
    context.lastRequests.connected(label, target);
    if (context.log.isDebug) context.log.debug(`${authorityOf(target)} open`, { kind, client: label });
  }

  /** Relays from now on, beginning with the bytes that each side has sent ahead. */
  relay(client: Socket, target: Socket, fromClient: readonly Buffer[], fromTarget: readonly Buffer[] = []): void {
    this.#sockets = [client, target];
    this.#open = 2;
    new Direction(client, target, this, this.#record, this.#context.tunnels, 'up').start(fromClient);
    new Direction(target, client, this, this.#record, this.#context.tunnels, 'down').start(fromTarget);
  }

  passed(): number {
    return this.#record.up + this.#record.down;
  }

  expire(): void {
    this.#context.log.info(
      `${authorityOf(this.#record.target)} closed: half-closed, and nothing moved for two minutes`,
    );
    this.close();
  }

  halfClosed(): void {
    this.#halfClosed ??= this.#context.tunnels.relay.halfClosed.add(this);
  }

  sourceClosed(): void {
    if (--this.#open > 0) return;
    const { tunnels, log } = this.#context;
    const { target, up, down, request } = this.#record;
    request.sent(up);
    request.received(down);
    request.done();
    if (this.#halfClosed !== null) tunnels.relay.halfClosed.delete(this.#halfClosed);
    tunnels.remove(this.#place);
    if (log.isDebug) log.debug(`${authorityOf(target)} closed`, { up, down });
  }

  close(): void {
    for (const socket of this.#sockets) reset(socket);
  }

  isLent(): boolean {
    const [client, target] = this.#sockets;
    const from = client?.remoteAddress;
    if (from === undefined || isLoopback(from) || isThisMachine(from)) return false;
    return target !== undefined && endsHere(target, this.#record.target);
  }
}
