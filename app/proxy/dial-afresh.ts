import type { Socket } from 'node:net';
import type { Target } from '../base/address.ts';
import { originKey } from '../dial/http/index.ts';
import { DialError, type Dialling, type DialSource } from '../dial/index.ts';
import type { ProxyContext } from './context.ts';

/** A device that has just closed a connection may refuse the next one for this many ms. */
const RETRY_REFUSED_MS = 150;

/**
 * Dials a target for itself alone, after the idle connections to it have been closed: a small device may have no socket
 * left for another one, or serve it only when they are gone.
 */
export function dialAfresh(context: ProxyContext, target: Target, source: DialSource): Dialling {
  const { dialer, origins } = context;
  const end = originKey(target);
  if (origins.isVacant(end)) return dialer.dial(target, source);
  let dialling: Dialling | null = null;
  let cancelled = false;
  return {
    socket: new Promise<void>((resolve) => origins.vacate(end, resolve)).then(() => dial().catch(again)),
    cancel() {
      cancelled = true;
      dialling?.cancel();
    },
  };

  async function dial(): Promise<Socket> {
    if (cancelled) throw new DialError({ kind: 'cancelled' }, target, { elapsed: 0, onLink: false });
    dialling = dialer.dial(target, source);
    return dialling.socket;
  }

  async function again(error: unknown): Promise<Socket> {
    if (!isRefusal(error)) throw error;
    await new Promise((resolve) => setTimeout(resolve, RETRY_REFUSED_MS));
    return dial();
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof DialError && error.fault.kind === 'system' && error.fault.errno === 'ECONNREFUSED';
}
