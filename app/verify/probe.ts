import { authorityOf, createDialer, DialError, dialFailure, type Target } from '../proxy/index.ts';
import type { Settings } from '../settings/index.ts';
import type { AppText } from '../text/app/index.ts';
import type { StepState } from './step.ts';

/** Milliseconds. Whoever is on the local network answers in a few; ARP gives up after three seconds. */
const PATIENCE = 5000;

export interface ProbeOptions {
  /** The parent proxy of the settings counts here as it does for every request. */
  readonly settings: Pick<Settings, 'upstream' | 'noProxy'>;
  /** Ports that lead back to us. */
  readonly ownPorts: readonly number[];
  readonly text: AppText;
  readonly signal: AbortSignal;
}

/** One connection from this very process, the one whose permission every request through us depends on. */
export async function probe(target: Target, { settings, ownPorts, text, signal }: ProbeOptions): Promise<StepState> {
  const started = performance.now();
  const elapsed = (): number => Math.round(performance.now() - started);
  const dialling = createDialer({ ...settings, ownPorts: () => ownPorts, timeoutMs: PATIENCE }).dial(target);
  const cancel = (): void => dialling.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const socket = await dialling.socket;
    socket.on('error', () => socket.destroy());
    socket.destroy();
    return { state: 'passed', elapsedMs: elapsed(), sentence: text.verify.probe.passed(authorityOf(target)) };
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    if (error.fault.kind === 'cancelled') return { state: 'skipped', sentence: text.verify.cancelled };
    const { code, sentence, hint } = dialFailure(error, text);
    return { state: 'failed', elapsedMs: elapsed(), code, sentence, hint, stderr: [] };
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
