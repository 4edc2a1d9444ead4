import { connect, type Socket } from 'node:net';
import { reachable } from '../../platform/port/index.ts';
import { authorityOf, type Target } from '../../proxy/index.ts';
import type { GatewayAttempt } from '../facts.ts';
import { NOT_APPLICABLE, reasonOf, seen, sight } from '../observed.ts';
import type { Probe } from '../probe.ts';
import { round } from './attempt.ts';

/** The name our own attempts go by in the gateway's log and lists. */
export const DOCTOR_LABEL = 'doctor';

/** Milliseconds. The gateway itself would wait half a minute for the target. */
const PATIENCE = 6_000;
const HEAD_LIMIT = 16 * 1024;

export interface GatewayPlace extends Target {
  readonly token: string | null;
}

/** The control socket of the running gateway. Both resolve with null when it does not answer any more. */
export interface GatewayControl {
  status(): Promise<object | null>;
  /** A connection that carries the answer to a CONNECT to the target. */
  tunnel(target: Target): Promise<Socket | null>;
}

/** us -> running gateway (CONNECT target) -> target: the way a server goes whose traffic is led through Gangway. */
export function connectThroughGateway(
  place: () => GatewayPlace,
  control: GatewayControl | null,
): Probe<GatewayAttempt> {
  return async ({ question: { target }, signal, seen: look }) => {
    const gateway = sight(await look('gateway'));
    if (target === null || (gateway?.kind !== 'running' && gateway?.kind !== 'token-required')) return NOT_APPLICABLE;
    const started = performance.now();
    const socket = (await control?.tunnel(target)) ?? ask(place(), target);
    return seen(await answerOn(socket, started, signal));
  };
}

function ask({ host, port, token }: GatewayPlace, target: Target): Socket {
  const authority = authorityOf(target);
  const credentials = Buffer.from(`${DOCTOR_LABEL}:${token ?? 'x'}`).toString('base64');
  const socket = connect({ host: reachable(host), port });
  socket.write(
    `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nProxy-Authorization: Basic ${credentials}\r\n\r\n`,
  );
  return socket;
}

function answerOn(socket: Socket, started: number, signal: AbortSignal): Promise<GatewayAttempt> {
  return new Promise((resolve) => {
    let head = '';
    const finish = (known: Pick<GatewayAttempt, 'status' | 'error' | 'errno'>): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', late);
      socket.destroy();
      resolve({ ...known, elapsedMs: round(performance.now() - started) });
    };
    const fail = (errno: string): void => finish({ status: null, error: null, errno });
    const late = (): void => fail('ETIMEDOUT');
    const timer = setTimeout(late, PATIENCE);
    signal.addEventListener('abort', late, { once: true });
    socket.on('error', (error) => fail(reasonOf(error)));
    socket.on('end', () => fail('ECONNRESET'));
    socket.resume();
    socket.setEncoding('latin1').on('data', (text: string) => {
      head += text;
      if (head.includes('\r\n\r\n') || head.length > HEAD_LIMIT) finish(readAnswer(head));
    });
  });
}

/** Status line and Proxy-Status (RFC 9209) of an answer's head. */
export function readAnswer(head: string): Pick<GatewayAttempt, 'status' | 'error' | 'errno'> {
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
  const field = /^proxy-status:(.*)$/im.exec(head)?.[1] ?? '';
  return {
    status: status === undefined ? null : Number(status),
    error: /;\s*error=([a-z_]+)/.exec(field)?.[1] ?? null,
    errno: /;\s*details="([^"]*)"/.exec(field)?.[1] ?? null,
  };
}
