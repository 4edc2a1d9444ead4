import type { Clock } from '../../base/clock.ts';
import type { ServerFace } from '../../mcp/index.ts';
import type { ServerSetting } from '../../settings/settings.ts';

/** What is known of a server's era: what a person has set, else what was found out since it was last defined. */
export class NegotiatedRevision {
  readonly #setting: () => ServerSetting;
  #judged: ServerSetting | null = null;
  #verdict: Verdict | null = null;

  constructor(setting: () => ServerSetting) {
    this.#setting = setting;
  }

  /** Null while nobody knows. */
  get verdict(): Verdict | null {
    const { era } = this.#setting();
    switch (era) {
      case 'legacy':
        return { kind: 'legacy' };
      case 'modern':
      case 'dual':
        return { kind: 'modern', face: null, legacyToo: era === 'dual' };
      case 'auto':
        return this.#found;
      default:
        return era satisfies never;
    }
  }

  learn(verdict: Verdict): void {
    this.#judged = this.#setting();
    this.#verdict = verdict;
  }

  /** The server may speak otherwise when it is next started, an update for instance. */
  forget(): void {
    this.#verdict = null;
  }

  /** Another definition is another server, even under the same name. */
  get #found(): Verdict | null {
    return this.#judged === this.#setting() ? this.#verdict : null;
  }
}

/** What a child speaks. */
export type Verdict =
  | { readonly kind: 'legacy' }
  /**
   * `face` is null when it was not asked, because a person said what it speaks; `legacyToo` is null while nobody has asked, for
   * want of a second process to ask.
   */
  | { readonly kind: 'modern'; readonly face: ServerFace | null; readonly legacyToo: boolean | null };

/** Two sibling processes, each asked in one era. A server may end at a message of the other: neither is asked twice. */
export interface RevisionProbes {
  /** The face it shows to `server/discover`; null when it answers anything else, or ends. */
  modern(): Promise<ServerFace | null>;
  /** Whether it answers `initialize`. */
  legacy(): Promise<boolean>;
}

/** Milliseconds the slower sibling gets once the other has answered. Both start at the same moment and do the same. */
const REMAINING = 1500;

/**
 * Finds out what a server speaks by asking both ways at once (2026-07-28, basic/transports/stdio, Backward Compatibility:
 * whatever is not a modern answer means legacy, silence included). Null when it answers neither, which is no verdict.
 */
export async function findEra(probes: RevisionProbes, clock: Clock): Promise<Verdict | null> {
  const modern = probes.modern();
  const legacy = probes.legacy();
  const first = await Promise.race([modern.then(() => 'modern' as const), legacy.then(() => 'legacy' as const)]);
  if (first === 'modern') {
    const face = await modern;
    if (face === null) return (await legacy) ? { kind: 'legacy' } : null;
    return { kind: 'modern', face, legacyToo: (await within(legacy, REMAINING, clock)) ?? false };
  }
  const greeted = await legacy;
  const face = greeted ? await within(modern, REMAINING, clock) : await modern;
  if (face !== null) return { kind: 'modern', face, legacyToo: greeted };
  return greeted ? { kind: 'legacy' } : null;
}

/** Null when the time is over first. */
function within<Value>(promise: Promise<Value>, milliseconds: number, clock: Clock): Promise<Value | null> {
  return new Promise((resolve) => {
    const stop = clock.after(milliseconds, () => resolve(null));
    void promise.then((value) => {
      stop();
      resolve(value);
    });
  });
}

/**
 * The same for a server that may allow only one process of itself: each is ended before the next one starts. The modern way is
 * asked first, because a server that speaks both is to be used so; what it takes `initialize` for is left open then.
 */
export async function findEraAlone(probes: RevisionProbes, patience: number, clock: Clock): Promise<Verdict | null> {
  const face = await within(probes.modern(), patience, clock);
  if (face !== null) return { kind: 'modern', face, legacyToo: null };
  return (await probes.legacy()) ? { kind: 'legacy' } : null;
}
