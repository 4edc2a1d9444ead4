import type { Attempt } from '../facts.ts';
import { NOT_APPLICABLE, seen, sight, unknown } from '../observed.ts';
import type { Probe } from '../probe.ts';
import type { RunCommand } from '../run-command.ts';
import { round } from './attempt.ts';

/** Seconds that nc waits for an answer. */
const SECONDS = 3;

/**
 * The same connection made by /usr/bin/nc. macOS exempts its own programs from Local Network privacy until there is a rule for
 * whoever started them: where nc gets through and we do not, it is that rule and not the network (XNU, necp.c).
 */
export function connectWithAppleTool(platform: NodeJS.Platform, run: RunCommand): Probe<Attempt> {
  return async ({ question: { target }, signal, seen: look }) => {
    const tried = sight(await look('connect'))?.find(({ outcome }) => outcome !== 'connected');
    if (platform !== 'darwin' || target === null || tried === undefined) return NOT_APPLICABLE;
    const started = performance.now();
    const answer = await run('/usr/bin/nc', ['-z', '-G', String(SECONDS), tried.address, String(target.port)], signal);
    const elapsedMs = round(performance.now() - started);
    if (answer.fault === null) return seen({ outcome: 'connected', errno: null, elapsedMs });
    if (!answer.fault.startsWith('exit ')) return unknown(answer.fault);
    // nc says nothing but that it failed; the time tells a refusal from silence.
    return seen({ outcome: elapsedMs < SECONDS * 1000 ? 'failed' : 'timed-out', errno: null, elapsedMs });
  };
}
