import { connect, type Socket } from 'node:net';
import { authorityOf, type Target } from '../../base/address.ts';
import { reasonOf } from '../../base/errno.ts';
import { isObject } from '../../base/schema/index.ts';
import { askGangway, freePortAfter, portHolder, type Reply, reachable } from '../../platform/port/index.ts';
import {
  type GatewayAttempt,
  type GatewayFacts,
  NOT_APPLICABLE,
  type Observed,
  observedValue,
  type Probe,
  seen,
} from '../facts.ts';
import { round } from './connect.ts';

/** The name our own attempts go by in the gateway's log and lists. */
export const DOCTOR_LABEL = 'doctor';

/** Milliseconds. The gateway itself would wait half a minute for the target. */
const THROUGH_GATEWAY_PATIENCE = 6_000;
const HEAD_LIMIT = 16 * 1024;

export interface GatewayAddress extends Target {
  readonly token: string | null;
}

/** A way to the running gateway beside its port: its control socket, or the process that it runs in. */
export interface GatewayControl {
  /** The snapshot of the gateway; null when it does not answer any more. */
  status(): Promise<object | null>;
  /** A connection that carries the answer to a CONNECT to the target; null where there is none but the port. */
  tunnel(target: Target): Promise<Socket | null>;
}

/** us -> running gateway (CONNECT target) -> target: the way a server goes whose traffic is led through Gangway. */
export function connectThroughGateway(
  address: () => GatewayAddress,
  control: GatewayControl | null,
): Probe<GatewayAttempt> {
  return async ({ question: { target }, signal, seen: look }) => {
    const gateway = observedValue(await look('gateway'));
    if (target === null || (gateway?.kind !== 'running' && gateway?.kind !== 'token-required')) return NOT_APPLICABLE;
    const started = performance.now();
    const socket = (await control?.tunnel(target)) ?? ask(address(), target);
    return seen(await answerOn(socket, started, signal));
  };
}

function ask({ host, port, token }: GatewayAddress, target: Target): Socket {
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
    const timer = setTimeout(late, THROUGH_GATEWAY_PATIENCE);
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

/** Milliseconds; a gateway answers in one or two. */
const PATIENCE = 3_000;

/**
 * Whether the gateway answers on its port, what it has carried, and else which program holds the port. With a control
 * the port is only asked for its health, which needs no token; the control answers the rest. A gateway that says it listens
 * there is not taken for another program's where the port is only slow: a busy machine can be slower than our patience.
 */
export function lookAtGateway(
  address: () => GatewayAddress,
  control: GatewayControl | null,
): () => Promise<Observed<GatewayFacts>> {
  return async () => {
    const { host, port, token } = address();
    const told = control === null ? null : await control.status();
    if (told !== null && isOff(told)) return seen({ kind: 'off', port });
    const reply = await askGangway({ host, port, path: '/healthz', token, timeout: PATIENCE });
    if (told !== null && isSlow(reply) && listensOn(told, port)) {
      return seen({ kind: 'running', port, ...healthIn(told), carried: carriedIn(told) });
    }
    switch (reply.kind) {
      case 'page':
      case 'token-required': {
        if (told !== null) return seen({ kind: 'running', port, ...healthIn(told), carried: carriedIn(told) });
        if (reply.kind === 'token-required') return seen({ kind: 'token-required', port });
        const status = await askGangway({ host, port, path: '/status', token, timeout: PATIENCE });
        const carried = status.kind === 'page' ? carriedIn(status.body) : null;
        return seen({ kind: 'running', port, ...healthIn(reply.body), carried });
      }
      case 'other-program': {
        const [holder, free] = await Promise.all([portHolder(host, port), freePortAfter(port, host)]);
        const program = holder.kind === 'program' ? holder : null;
        return seen({ kind: 'stranger', port, holder: program?.name ?? null, pid: program?.pid ?? null, free });
      }
      case 'no-listener':
        return seen({ kind: 'off', port });
      default:
        return reply satisfies never;
    }
  };
}

/** An instance that was switched off is open nowhere. */
function isOff(snapshot: object): boolean {
  const listening = isObject(snapshot) ? snapshot['listening'] : undefined;
  return Array.isArray(listening) && listening.length === 0;
}

/** A snapshot that lists the port among those that are open. */
function listensOn(snapshot: object, port: number): boolean {
  const listening = isObject(snapshot) ? snapshot['listening'] : undefined;
  return Array.isArray(listening) && listening.some((one) => isObject(one) && one['port'] === port);
}

/** No answer in time, which says nothing of who would have answered. */
function isSlow(reply: Reply): boolean {
  return reply.kind === 'other-program' ? reply.silent : reply.kind === 'no-listener' && reply.code === 'ETIMEDOUT';
}

function healthIn(page: object): { readonly version: string; readonly pid: number } {
  const { version, pid } = isObject(page) ? page : {};
  return { version: typeof version === 'string' ? version : '', pid: number(pid) };
}

function carriedIn(
  page: object,
): { readonly tunnels: number; readonly requests: number; readonly failures: number } | null {
  const totals = isObject(page) ? page['totals'] : null;
  if (!isObject(totals)) return null;
  return {
    tunnels: number(totals['tunnels']),
    requests: number(totals['requests']),
    failures: number(totals['failures']),
  };
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
