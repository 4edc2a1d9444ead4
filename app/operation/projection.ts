import manifest from '../../package.json' with { type: 'json' };
import type { EngineState } from '../engine/index.ts';
import type { AppRest, Phase, Problem, Rate } from '../ipc/index.ts';
import { type Habits, isTokenRequired, type Settings } from '../settings/index.ts';

/** What the state of the app is made of, beside the engine's. */
export interface Facts {
  readonly settings: Settings;
  readonly habits: Habits;
  readonly phase: Phase;
  /** Milliseconds since the epoch; null while off. */
  readonly startedAt: number | null;
  readonly problem: Problem | null;
  readonly rates: readonly Rate[];
}

/** What windows, the menu and the icon may know: no secret of the settings is in it. */
export function project(
  { settings, habits, phase, startedAt, problem, rates }: Facts,
  { listening, forwards, totals, failures, lastRequests, tokens, bridge }: EngineState,
): AppRest {
  const { host, port, defaultServer, upstream, servers, language } = settings;
  return {
    listening,
    defaultServer,
    forwards,
    totals,
    failures,
    lastRequests,
    tokens,
    bridge,
    version: manifest.version,
    phase,
    startedAt,
    address: { host, port, needsToken: isTokenRequired(settings), upstream: upstream !== null },
    servers: servers.map(({ name, command, args }) => ({ name, command, args })),
    language,
    habits,
    problem,
    rates,
  };
}
