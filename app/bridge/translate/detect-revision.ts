import type { Clock } from '../../base/clock.ts';
import { faceFromDiscover, type ServerFace } from '../../mcp/index.ts';
import { type JsonObject, resultIn } from '../../mcp/jsonrpc/index.ts';
import type { ServerSetting } from '../../settings/settings.ts';

/** Which revisions a server speaks, as far as known: what a person has set, else what was found out since it was last defined. */
export class NegotiatedRevision {
  readonly #setting: () => ServerSetting;
  #judged: ServerSetting | null = null;
  #verdict: Verdict | null = null;

  constructor(setting: () => ServerSetting) {
    this.#setting = setting;
  }

  /** Null while it is not known. */
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
  /** `provisional`: it was silent for as long as it was given, which a slow start can be, too. */
  | { readonly kind: 'legacy'; readonly provisional?: true }
  /**
   * `face` is null when it was not asked, because a person said what it speaks; `legacyToo` is null while it was not asked, for
   * want of a second process to ask, and when it has not answered in time.
   */
  | { readonly kind: 'modern'; readonly face: ServerFace | null; readonly legacyToo: boolean | null };

export function isProvisional(verdict: Verdict | null): boolean {
  return verdict?.kind === 'legacy' && verdict.provisional === true;
}

/** What became of `server/discover` in one process. */
export type Discovery =
  /** `greeted`: it was sent `initialize`, too, did not refuse it, and may now take its client for a legacy one. */
  | { readonly kind: 'modern'; readonly face: ServerFace; readonly greeted: boolean }
  /** It answered something else, ended, or answered a later request and not this one. */
  | { readonly kind: 'otherwise' }
  /** Not a word until it was `age` milliseconds old: it may still be starting. */
  | { readonly kind: 'silent'; readonly age: number };

/** The way to a process that may be sacrificed to find out what its server speaks; null is told when it has ended. */
export interface RevisionProber {
  request(method: string, params: JsonObject, answered: (response: Buffer | null) => void): void;
  /** Sends `initialize`. */
  greet(answered: (response: Buffer | null) => void): void;
}

/** Ages of a process in milliseconds. */
export interface Patience {
  /** Until it is asked something else, whose answer shows that it has started. */
  readonly answer: number;
  /** Until it is given up without a sign of life. */
  readonly start: number;
}

/** Milliseconds that the slower of two answers gets once the other has come. */
const REMAINING = 1500;

const ANSWER = 5000;

/** A first start by `npx` downloads the server; to end that half-way can spoil the cache it downloads to. */
const FIRST_START = 30_000;
const LATER_START = 10_000;
const LONGEST = 120_000;

/** `took` is how long a sibling needed from its start to its first answer, in milliseconds; null when that is not known. */
export function patienceFor(took: number | null): Patience {
  if (took === null) return { answer: ANSWER, start: FIRST_START };
  const answer = Math.min(LONGEST / 2, Math.max(ANSWER, took * 1.5));
  return { answer, start: Math.min(LONGEST, Math.max(LATER_START, took * 3)) };
}

/** Milliseconds that a process of this age gets once its sibling has answered. */
export function remainingFor(took: number | null, age: number): number {
  return Math.max(REMAINING, (took === null ? ANSWER : Math.min(LONGEST, took * 3)) - age);
}

/**
 * Asks one process whether it is modern (2026-07-28, basic/transports/stdio, Backward Compatibility: whatever is not a modern
 * answer means legacy, silence included). Silence says nothing of a process that is still starting. So a silent one is asked
 * `initialize` next: once it has answered that and not the request ahead of it, its silence is an answer. `age` tells the
 * milliseconds since the process itself was started, and 0 before.
 */
export function discover(
  prober: RevisionProber,
  age: () => number,
  patience: Patience,
  clock: Clock,
): Promise<Discovery> {
  return new Promise((resolve) => {
    let stop = (): void => undefined;
    let face: ServerFace | null = null;
    let greeting: 'unsent' | 'sent' | 'refused' = 'unsent';
    let isOver = false;
    const settle = (discovery: Discovery): void => {
      isOver = true;
      stop();
      resolve(discovery);
    };
    const decide = (): void => {
      if (face === null) settle({ kind: 'otherwise' });
      else settle({ kind: 'modern', face, greeted: greeting === 'sent' });
    };
    /** At this age of the process, which may start later than it was asked for, and not before a moment from now. */
    const at = (due: number, then: () => void, soonest = REMAINING): void => {
      stop = clock.after(Math.max(soonest, due - age()), () => {
        if (age() < due) at(due, then, 1);
        else then();
      });
    };
    const soon = (): void => {
      stop();
      stop = clock.after(REMAINING, decide);
    };
    const greet = (): void => {
      greeting = 'sent';
      at(patience.start, () => settle({ kind: 'silent', age: age() }));
      prober.greet((response) => {
        if (isOver || response === null) return;
        if (resultIn(response) === null) greeting = 'refused';
        if (face === null) soon();
        else decide();
      });
    };
    at(patience.answer, greet);
    prober.request('server/discover', {}, (response) => {
      face = faceFromDiscover(resultIn(response));
      if (face === null || greeting !== 'sent') decide();
      else soon();
    });
  });
}

/** Sibling processes, each probed in one revision. A server may end at a message of the other: none that is kept is probed twice. */
export interface RevisionProbes {
  modern(): Promise<Discovery>;
  /** Whether it answers `initialize`. */
  legacy(): Promise<boolean>;
}

/**
 * Finds out what a server speaks by asking both ways at once. `remaining` tells the milliseconds that the slower sibling gets
 * when the other has answered. Null when it answers neither, which is no verdict.
 */
export async function negotiate(
  probes: RevisionProbes,
  remaining: () => number,
  clock: Clock,
): Promise<Verdict | null> {
  const modern = probes.modern();
  const legacy = probes.legacy();
  const first = await Promise.race([modern.then(() => 'modern' as const), legacy.then(() => 'legacy' as const)]);
  if (first === 'modern') {
    const discovery = await modern;
    if (discovery.kind !== 'modern') return (await legacy) ? legacyAfter(discovery) : null;
    return { kind: 'modern', face: discovery.face, legacyToo: await within(legacy, remaining(), clock) };
  }
  const greeted = await legacy;
  const discovery = greeted ? await within(modern, remaining(), clock) : await modern;
  if (discovery?.kind === 'modern') return { kind: 'modern', face: discovery.face, legacyToo: greeted };
  return greeted ? legacyAfter(discovery) : null;
}

/** Null when the time is over first. */
export function within<Value>(promise: Promise<Value>, milliseconds: number, clock: Clock): Promise<Value | null> {
  return new Promise((resolve) => {
    const stop = clock.after(milliseconds, () => resolve(null));
    void promise.then((value) => {
      stop();
      resolve(value);
    });
  });
}

/** `discovery` is null when it is still awaited. */
function legacyAfter(discovery: Discovery | null): Verdict {
  return discovery?.kind === 'otherwise' ? { kind: 'legacy' } : { kind: 'legacy', provisional: true };
}

/**
 * The same for a server that may allow only one process of itself: each is ended before the next one starts. The modern way is
 * asked first, because a server that speaks both is to be used so; what it takes `initialize` for is left open then. `took` is
 * how long the last process needed to start: one that was given up sooner is asked again.
 */
export async function negotiateAlone(probes: RevisionProbes, took: () => number | null): Promise<Verdict | null> {
  const discovery = await probes.modern();
  if (discovery.kind === 'modern') return { kind: 'modern', face: discovery.face, legacyToo: null };
  if (await probes.legacy()) return isTelling(discovery, took()) ? { kind: 'legacy' } : legacyAfter(discovery);
  if (isTelling(discovery, took())) return null;
  const again = await probes.modern();
  return again.kind === 'modern' ? { kind: 'modern', face: again.face, legacyToo: null } : null;
}

/** Whether a process that needs so many milliseconds to start would have answered if it were modern. */
export function isTelling(discovery: Discovery, took: number | null): boolean {
  return discovery.kind !== 'silent' || (took !== null && discovery.age >= took * 2);
}
