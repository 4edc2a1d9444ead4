import type { Socket } from 'node:net';
import { authorityOf, type Target } from '../base/address.ts';
import { DialError, type Dialling } from '../dial/index.ts';
import type { ProxiedRequest } from '../inspect/index.ts';
import type { ProxyContext } from './context.ts';
import { dialAfresh } from './dial-afresh.ts';
import { dialFailure } from './dial-failure.ts';
import { type Failure, internalFailure, portDeniedFailure, said } from './failures.ts';
import { EstablishedTunnel } from './relay.ts';
import type { TunnelKind } from './tunnels.ts';

/** Bytes a client may send ahead while we still dial. */
const EARLY_LIMIT = 64 * 1024;
/** How long a dial goes on for a client that has sent nothing for the target and then its FIN. */
const AFTER_FIN_MS = 1_000;

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
  client.once('end', finished);
  client.once('error', reset);
  client.once('close', reset);
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
