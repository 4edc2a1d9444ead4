import { askGangway, freePortAfter, portHolder } from '../../port/index.ts';
import { isObject } from '../../schema/index.ts';
import type { GatewayFacts } from '../facts.ts';
import { seen } from '../observed.ts';
import type { Probe } from '../probe.ts';
import type { GatewayPlace } from './through-gateway.ts';

/** Milliseconds; a gateway answers in one or two. */
const PATIENCE = 3_000;

/** Whether the gateway answers where it should, what it has carried, and who sits there if it does not. */
export function lookAtGateway(place: () => GatewayPlace): Probe<GatewayFacts> {
  return async () => {
    const { host, port, token } = place();
    const reply = await askGangway({ host, port, path: '/healthz', token, timeout: PATIENCE });
    switch (reply.kind) {
      case 'page': {
        const status = await askGangway({ host, port, path: '/status', token, timeout: PATIENCE });
        const { version, pid } = healthIn(reply.body);
        return seen({
          kind: 'running',
          port,
          version,
          pid,
          carried: status.kind === 'page' ? carriedIn(status.body) : null,
        });
      }
      case 'token-required':
        return seen({ kind: 'token-required', port });
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
