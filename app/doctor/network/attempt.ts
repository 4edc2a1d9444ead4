import { connect } from 'node:net';
import type { Attempt } from '../facts.ts';
import { reasonOf } from '../observed.ts';

/** Milliseconds to wait for an answer. A machine on the local network answers in one or two. */
export const CONNECT_PATIENCE = 4_000;

/** Connects to an address, and hangs up. Never rejects; an abort counts as no answer. */
export function attempt(
  address: string,
  port: number,
  signal: AbortSignal,
  patience: number = CONNECT_PATIENCE,
): Promise<Attempt> {
  const started = performance.now();
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, autoSelectFamily: false });
    const finish = (outcome: Attempt['outcome'], errno: string | null): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', late);
      socket.destroy();
      resolve({ outcome, errno, elapsedMs: round(performance.now() - started) });
    };
    const late = (): void => finish('timed-out', null);
    const timer = setTimeout(late, patience);
    signal.addEventListener('abort', late, { once: true });
    socket.once('connect', () => finish('connected', null));
    // Stays on: a socket that is destroyed may have one more thing to say.
    socket.on('error', (error) => finish('failed', reasonOf(error)));
  });
}

/** Tenths of a millisecond: refusals of the kernel itself take less than one. */
export function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
