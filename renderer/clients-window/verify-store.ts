import { signal } from '@preact/signals';
import type { VerifyStep } from '../../app/ipc/index.ts';
import { ask, bridge } from '../shared/bridge.ts';
import { load } from './store.ts';
import { withStep } from './verify-steps.ts';

/** The check that is on show. */
export interface Check {
  readonly server: string;
  readonly steps: readonly VerifyStep[];
  readonly isRunning: boolean;
}

export const check = signal<Check | null>(null);

bridge.onVerify(({ server, step }) => {
  const current = check.value;
  if (current?.server === server && current.isRunning)
    check.value = { ...current, steps: withStep(current.steps, step) };
});

/** Checks a server from end to end. */
export async function verify(server: string): Promise<void> {
  const begun: Check = { server, steps: [], isRunning: true };
  check.value = begun;
  const isThere = await ask('verifyClientServer', server);
  if (check.value?.server !== server) return;
  check.value = isThere ? { ...check.value, isRunning: false } : null;
  if (!isThere) await load();
}

/** Ends the check and puts it out of sight. */
export async function dismiss(): Promise<void> {
  const isRunning = check.value?.isRunning === true;
  check.value = null;
  if (isRunning) await ask('cancelVerify');
}
