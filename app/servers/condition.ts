import type { PeerEnd } from './peer.ts';
import type { Child } from './process/index.ts';
import { needsSignIn } from './remote/end.ts';

/**
 * How a server is at this moment. `failed` holds until a start succeeds: a child has answered, or has lived for long enough
 * unasked. `resting` is a failed server that nothing is started for, for a while. `signed-out` waits for a person to sign in.
 */
export type ConditionKind = 'not-started' | 'starting' | 'running' | 'failed' | 'resting' | 'signed-out' | 'stopped';

export interface Condition {
  readonly kind: ConditionKind;
  /** When the start began or failed, in milliseconds since the epoch; null for the other kinds. */
  readonly since: number | null;
  /** When `resting` ends, in milliseconds since the epoch; null for the other kinds. */
  readonly until: number | null;
  /** Why it failed, or the last line that a starting server wrote to stderr; else empty. */
  readonly detail: string;
}

/** Milliseconds after which a child that was not asked anything, and has not ended, counts as started. */
export const SETTLED = 5000;

export interface ConditionFacts {
  readonly stopped: boolean;
  /** Without probes. */
  readonly children: readonly Pick<Child, 'answered' | 'awaited' | 'age' | 'askedAt' | 'startedAt' | 'lastLine'>[];
  readonly failure: PeerEnd | null;
  /** How a failure is told. */
  readonly reason: (failure: PeerEnd) => string;
  /** Milliseconds until the next start may be tried. */
  readonly wait: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function conditionOf({ stopped, children, failure, reason, wait, now }: ConditionFacts): Condition {
  if (stopped) return plain('stopped');
  if (failure !== null && needsSignIn(failure)) {
    return { kind: 'signed-out', since: failure.at, until: null, detail: reason(failure) };
  }
  if (failure !== null) {
    const isResting = wait > 0 && children.length === 0;
    return {
      kind: isResting ? 'resting' : 'failed',
      since: failure.at,
      until: isResting ? now + Math.ceil(wait) : null,
      detail: reason(failure),
    };
  }
  if (children.some((child) => child.answered)) return plain('running');
  const [starting] = children
    .filter((child) => child.awaited || child.age < SETTLED)
    .toSorted((left, right) => left.startedAt - right.startedAt);
  if (starting !== undefined) {
    // A spare that settled before it was asked starts, as far as its client can see, when it is asked.
    const idle = starting.askedAt !== null && starting.askedAt >= SETTLED ? Math.round(starting.askedAt) : 0;
    return { kind: 'starting', since: starting.startedAt + idle, until: null, detail: starting.lastLine };
  }
  return plain(children.length > 0 ? 'running' : 'not-started');
}

/** Whether a new client can be served, as far as is known: what `ready` means on /readyz. */
export function isUsable({ kind }: Condition): boolean {
  return kind !== 'failed' && kind !== 'resting' && kind !== 'signed-out' && kind !== 'stopped';
}

function plain(kind: ConditionKind): Condition {
  return { kind, since: null, until: null, detail: '' };
}

/** Times in milliseconds. */
interface BackOffTerms {
  /** Failures in a row that have no consequence. */
  readonly forgiven: number;
  readonly firstWait: number;
  readonly longestWait: number;
  /** After this time an old failure no longer counts. */
  readonly forgotten: number;
}

/** A person who tries again at once should not have to wait. */
const FOR_PEOPLE: BackOffTerms = { forgiven: 3, firstWait: 1000, longestWait: 30_000, forgotten: 60_000 };

/** No client waits for a spare: a server that does not keep one alive is tried less and less often. */
export const FOR_SPARES: BackOffTerms = {
  forgiven: 2,
  firstWait: 10_000,
  longestWait: 600_000,
  forgotten: 3_600_000,
};

/** Keeps a server that fails as soon as it starts from being started over and over. Times in milliseconds. */
export class BackOff {
  readonly #terms: BackOffTerms;
  #failures = 0;
  #last = Number.NEGATIVE_INFINITY;

  constructor(terms: BackOffTerms = FOR_PEOPLE) {
    this.#terms = terms;
  }

  failed(now: number): void {
    if (now - this.#last > this.#terms.forgotten) this.#failures = 0;
    this.#failures++;
    this.#last = now;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  /** How long to wait before the next start; 0 when it may start now. */
  wait(now: number): number {
    const { forgiven, firstWait, longestWait } = this.#terms;
    const over = this.#failures - forgiven;
    if (over < 0) return 0;
    return Math.max(0, this.#last + Math.min(longestWait, firstWait * 2 ** over) - now);
  }
}
