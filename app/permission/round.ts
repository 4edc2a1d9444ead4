import { setTimeout as wait } from 'node:timers/promises';
import type { Target } from '../base/address.ts';
import { type Evidence, signOf } from './evidence.ts';
import type { Attempt, Network } from './probes.ts';

/** The times of a round, in ms. */
export interface Patience {
  /** Pauses before the second and each later try: macOS may refuse the first while its question is on the screen. */
  readonly pauses: readonly number[];
  /** How long answers to the multicast question are waited for. */
  readonly browse: number;
  /** The longest that one connection may take. */
  readonly attempt: number;
}

export const PATIENCE: Patience = { pauses: [500, 1000, 2000, 5000, 10_000], browse: 20_000, attempt: 4000 };

/** One of the types in NSBonjourServices: macOS refuses every other without asking the person. */
const SERVICE = '_http._tcp';
/** Parts of the time to browse at which the question is put: at once, and again ever later (RFC 6762 section 5.2). */
const ASK_AT = [0, 0.05, 0.15, 0.35, 0.6, 0.9];

export interface RoundOptions {
  readonly network: Network;
  readonly target: Target | null;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  readonly seen: (evidence: Evidence) => void;
  /** How each try at the target ended. */
  readonly tried: (attempt: Attempt) => void;
}

/**
 * Uses the local network in the three ways that make macOS ask: UDP sockets to addresses without a machine, a multicast question, a
 * connection to the target the person named. Resolves when all is closed: as soon as another machine was heard, otherwise after
 * the last pause.
 */
export async function round({ network, target, patience, signal, seen, tried }: RoundOptions): Promise<void> {
  const heard = new AbortController();
  const end = AbortSignal.any([signal, heard.signal]);
  const report = (evidence: Evidence): void => {
    if (signal.aborted) return;
    seen(evidence);
    if (signOf(evidence) === 'granted') heard.abort();
  };
  const addresses = network.addresses();
  const interfaces = [...new Set(addresses.map((one) => one.interface))];
  const touchAll = async (): Promise<void> => {
    await Promise.all(interfaces.map(async (name) => report(await network.touch(name, signal))));
  };
  await Promise.all([browse(), touchAndTry()]);

  async function browse(): Promise<void> {
    const over = AbortSignal.any([end, AbortSignal.timeout(patience.browse)]);
    const askAt = ASK_AT.map((part) => part * patience.browse);
    await network.browse({ service: SERVICE, addresses, askAt, signal: over, seen: report });
  }

  async function touchAndTry(): Promise<void> {
    for (const pause of [0, ...patience.pauses]) {
      if (pause > 0) await wait(pause, undefined, { signal: end }).catch(ignoreAbort);
      // What a person named is tried once at least: its result is shown to the person.
      if (signal.aborted || (end.aborted && (target === null || pause > 0))) return;
      await Promise.all([touchAll(), tryTarget()]);
    }
  }

  async function tryTarget(): Promise<void> {
    if (target === null) return;
    const result = await network.attempt(target, patience.attempt, signal);
    if (signal.aborted) return;
    tried(result);
    report({ kind: 'attempt', ...result });
  }
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
}
