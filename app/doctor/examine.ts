import { setMaxListeners } from 'node:events';
import { release } from 'node:os';
import { reasonOf } from '../base/errno.ts';
import {
  type DoctorRequest,
  type Facts,
  NOT_APPLICABLE,
  type Observed,
  type ProbeContext,
  type ProbeName,
  type ProbeResults,
  type Probes,
  unknown,
} from './facts.ts';

/** Milliseconds for everything together. Each probe has a shorter patience of its own; this is for one that forgets it. */
const LIMIT = 12_000;

/** The order in which facts are told. */
export const PROBE_NAMES = [
  'names',
  'connect',
  'loopback',
  'tls',
  'remote',
  'throughGateway',
  'runtime',
  'appleTool',
  'router',
  'gateway',
  'server',
  'interpreter',
  'launch',
  'permission',
  'macos',
  'extensions',
  'filters',
  'vpns',
  'bundle',
  'copies',
  'path',
  'proxyVariables',
  'lastGood',
] as const satisfies readonly ProbeName[];

export interface ExamineOptions {
  readonly version: string;
  readonly platform: NodeJS.Platform;
  /** Aborted when the person has seen enough. */
  readonly signal: AbortSignal;
  /** Told when a probe has looked. */
  readonly progress?: <Name extends ProbeName>(name: Name, observed: Observed<ProbeResults[Name]>) => void;
  /** Milliseconds, if not the usual twelve seconds. */
  readonly limit?: number;
}

/**
 * Runs every probe, all at once except those that wait for another's result. Never rejects; a probe that is late reports
 * `timeout`.
 */
export async function examine(question: DoctorRequest, probes: Probes, options: ExamineOptions): Promise<Facts> {
  const { version, platform, signal: stop, progress, limit = LIMIT } = options;
  const at = Date.now();
  const started = performance.now();
  const late = AbortSignal.timeout(limit);
  const signal = AbortSignal.any([stop, late]);
  // Some twenty probes listen at once; more than ten look like a leak to Node.
  setMaxListeners(0, signal);
  const begun: { [Name in ProbeName]?: Promise<Observed<ProbeResults[Name]>> } = {};
  const environment: ProbeContext = { question, signal, seen };

  const observed = await Promise.all(PROBE_NAMES.map(async (name) => [name, await seen(name)] as const));
  return {
    at,
    tookMs: Math.round(performance.now() - started),
    version,
    platform,
    release: release(),
    question,
    // Each name stands beside what its own probe has seen, which no type of a list of pairs can say.
    seen: Object.fromEntries(observed) as unknown as Facts['seen'],
  };

  function seen<Name extends ProbeName>(name: Name): Promise<Observed<ProbeResults[Name]>> {
    const known: Promise<Observed<ProbeResults[Name]>> | undefined = begun[name];
    if (known !== undefined) return known;
    const looking = look(name);
    Object.assign(begun, { [name]: looking });
    return looking;
  }

  async function look<Name extends ProbeName>(name: Name): Promise<Observed<ProbeResults[Name]>> {
    const { promise: ended, resolve } = Promise.withResolvers<Observed<never>>();
    const end = (): void => resolve(stop.aborted ? { state: 'stopped' } : unknown('timeout'));
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    const looking = Promise.resolve()
      .then(() => probes[name](environment))
      .catch((error: unknown) => unknown(reasonOf(error)));
    const result = await Promise.race([ended, looking]);
    signal.removeEventListener('abort', end);
    progress?.(name, result);
    return result;
  }
}

/** Facts of a run in which nothing could be looked at: what tests and pictures begin with. */
export function blankFacts(question: DoctorRequest, platform: NodeJS.Platform): Facts {
  const nothing = Object.fromEntries(PROBE_NAMES.map((name) => [name, NOT_APPLICABLE]));
  return { at: 0, tookMs: 0, version: '', platform, release: '', question, seen: nothing as unknown as Facts['seen'] };
}
