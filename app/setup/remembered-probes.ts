import type { Probes } from '../clients/index.ts';

/** Milliseconds an answer is good for: the files are read anew each time the window comes to the front. */
const GOOD_FOR = 60_000;

/** Asks each program for its version once a minute at most. `now` in milliseconds. */
export function rememberedProbes(probes: Probes, now: () => number): Probes {
  const known = new Map<string, { readonly at: number; readonly version: Promise<string | null> }>();
  return {
    nodeVersion(command) {
      const last = known.get(command);
      if (last !== undefined && now() - last.at < GOOD_FOR) return last.version;
      const version = probes.nodeVersion(command);
      known.set(command, { at: now(), version });
      return version;
    },
  };
}
