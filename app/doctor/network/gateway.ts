import { isObject } from '../../base/schema/index.ts';
import { askGangway, freePortAfter, portHolder } from '../../platform/port/index.ts';
import type { GatewayFacts } from '../facts.ts';
import { seen } from '../observed.ts';
import type { Probe } from '../probe.ts';
import type { GatewayControl, GatewayPlace } from './through-gateway.ts';

/** Milliseconds; a gateway answers in one or two. */
const PATIENCE = 3_000;

/**
 * Whether the gateway answers where it should, what it has carried, and who sits there if it does not. With a control socket
 * the port is only asked for a sign of life, which needs no token: the rest is told there.
 */
export function lookAtGateway(place: () => GatewayPlace, control: GatewayControl | null): Probe<GatewayFacts> {
  return async () => {
    const { host, port, token } = place();
    const told = control === null ? null : await control.status();
    if (told !== null && isOff(told)) return seen({ kind: 'off', port });
    const reply = await askGangway({ host, port, path: '/healthz', token, timeout: PATIENCE });
    switch (reply.kind) {
      case 'page':
      case 'token-required': {
        if (told !== null) return seen({ kind: 'running', port, ...healthIn(told), carried: carriedIn(told) });
        if (reply.kind === 'token-required') return seen({ kind: 'token-required', port });
        const status = await askGangway({ host, port, path: '/status', token, timeout: PATIENCE });
        const carried = status.kind === 'page' ? carriedIn(status.body) : null;
        return seen({ kind: 'running', port, ...healthIn(reply.body), carried });
      }
      case 'stranger': {
        const [holder, free] = await Promise.all([portHolder(host, port), freePortAfter(port, host)]);
        const program = holder.kind === 'program' ? holder : null;
        return seen({ kind: 'stranger', port, holder: program?.name ?? null, pid: program?.pid ?? null, free });
      }
      case 'nobody':
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
