import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import type { Names } from '../facts.ts';
import { NOT_APPLICABLE, seen } from '../observed.ts';
import type { Probe } from '../probe.ts';

/** Milliseconds: the system's resolver itself may take half a minute to give up. */
const PATIENCE = 4_000;

/** Asks the system's resolver, as programs do: it knows the hosts file, the VPN's name servers and `.local`. */
export const lookUpNames: Probe<Names> = ({ question: { target }, signal }) => {
  if (target === null) return NOT_APPLICABLE;
  const { host } = target;
  const family = isIP(host);
  if (family === 4 || family === 6) return seen({ addresses: [{ address: host, family }], errno: null, elapsedMs: 0 });
  const started = performance.now();
  const { promise, resolve } = Promise.withResolvers<Names>();
  const finish = (addresses: Names['addresses'], errno: string | null): void => {
    clearTimeout(timer);
    resolve({ addresses, errno, elapsedMs: Math.round(performance.now() - started) });
  };
  const timer = setTimeout(() => finish([], 'EAI_AGAIN'), PATIENCE);
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  lookup(host, { all: true, order: 'verbatim' }, (error, found) => {
    if (error !== null) return finish([], error.code ?? 'EAI_FAIL');
    const addresses = found.map(
      ({ address, family: version }) => ({ address, family: version === 6 ? 6 : 4 }) as const,
    );
    finish(addresses, null);
  });
  return promise.then(seen);
};
