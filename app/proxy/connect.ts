import type { Socket } from 'node:net';
import { parseAuthority } from '../base/address.ts';
import type { ProxyContext } from './context.ts';
import { failureAnswer } from './failure-response.ts';
import { badRequestFailure, type Failure, returnedFailure, said } from './failures.ts';
import { lingeringEnd } from './socket-close.ts';
import { openTunnel } from './tunnel.ts';

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

/** A 2xx answer to CONNECT has no content and no framing (RFC 9110 section 9.3.6). */
const ESTABLISHED = 'HTTP/1.1 200 Connection Established\r\n\r\n';

/** client (CONNECT host:port) -> us -> target; 200, then a tunnel. */
export function connect(context: ProxyContext, request: ConnectRequest): void {
  const { client, early, label, isRemote, via } = request;
  const target = parseAuthority(request.authority, null);
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
