import {
  type AddressFacts,
  type LoopbackAttempt,
  NOT_APPLICABLE,
  type Observed,
  observedValue,
  type Probe,
  seen,
} from '../facts.ts';
import { attempt } from './connect.ts';

/** The addresses that programs mean by localhost. */
const LOOPBACK = ['127.0.0.1', '::1'] as const;

/** Milliseconds: this machine answers at once, unless a firewall of its own drops what comes. */
const PATIENCE = 1_000;

/**
 * Whether a program listens on the port at a loopback address that was not tried, where the target is this machine and no address of
 * it was reached: many listen on 127.0.0.1 alone, or on ::1 alone.
 */
export const connectToLoopback: Probe<readonly LoopbackAttempt[]> = async ({
  question: { target },
  signal,
  seen: look,
}): Promise<Observed<readonly LoopbackAttempt[]>> => {
  const tried = observedValue(await look('connect')) ?? [];
  if (target === null || !tried.some(isRefusedHere) || tried.some(({ outcome }) => outcome === 'connected')) {
    return NOT_APPLICABLE;
  }
  const others = LOOPBACK.filter((address) => !tried.some((one) => one.address === address));
  if (others.length === 0) return NOT_APPLICABLE;
  const attempts = others.map(async (address) => ({
    address,
    ...(await attempt(address, target.port, signal, PATIENCE)),
  }));
  return seen(await Promise.all(attempts));
};

function isRefusedHere({ way, errno }: AddressFacts): boolean {
  return way.kind === 'this-machine' && errno === 'ECONNREFUSED';
}
