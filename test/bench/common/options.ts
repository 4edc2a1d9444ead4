import { parseArgs } from 'node:util';

/** How long a bench looks at each thing. */
export interface Pace {
  /** Every subject is measured once a round, so that the subjects of one round share the machine's mood. */
  readonly rounds: number;
  /** Length of one timed window, ms. */
  readonly windowMs: number;
  /** Share of the full counts (idle tunnels, notifications, bytes) that is used, 0 to 1. */
  readonly share: number;
  readonly quick: boolean;
}

export interface Options {
  readonly pace: Pace;
  /** Lower-case words; a measure or a subject whose name holds none of them is left out. Empty keeps all. */
  readonly only: readonly string[];
  /** `out/cli.cjs` of an earlier build that is measured beside this one; null for none. */
  readonly before: string | null;
}

const WINDOW_MS = { full: 400, quick: 150 };
const QUICK_SHARE = 0.25;

export interface Rounds {
  readonly full: number;
  readonly quick: number;
}

/** Reads `--quick`, `--only WORD` (repeatable) and `--before CLI`. Throws a TypeError for anything else. */
export function readOptions(args: readonly string[], rounds: Rounds): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      before: { type: 'string' },
    },
  });
  const pace = values.quick
    ? { rounds: rounds.quick, windowMs: WINDOW_MS.quick, share: QUICK_SHARE, quick: true }
    : { rounds: rounds.full, windowMs: WINDOW_MS.full, share: 1, quick: false };
  return { pace, only: values.only.map((word) => word.toLowerCase()), before: values.before ?? null };
}

/**
 * Keeps the things that one of the words names. When no word names any of them the words were meant for another list
 * (measures and subjects share one option), and everything stays.
 */
export function chosen<T extends { readonly name: string }>(
  things: readonly T[],
  only: readonly string[],
): readonly T[] {
  const named = things.filter((thing) => only.some((word) => thing.name.toLowerCase().includes(word)));
  return named.length > 0 ? named : things;
}
