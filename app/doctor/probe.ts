import type { DoctorRequest, ProbeName, ProbeResults } from './facts.ts';
import type { Observed } from './observed.ts';

/** What a probe is given. */
export interface Around {
  readonly question: DoctorRequest;
  /** Aborted when the person stops the run, or when it has taken too long. */
  readonly signal: AbortSignal;
  /** What another probe has seen; starts it if nobody has. */
  seen<Name extends ProbeName>(name: Name): Promise<Observed<ProbeResults[Name]>>;
}

/** Looks at one thing, within seconds. What goes wrong while it looks may be thrown: it becomes `unknown`. */
export type Probe<Value> = (around: Around) => Observed<Value> | Promise<Observed<Value>>;

export type Probes = { readonly [Name in ProbeName]: Probe<ProbeResults[Name]> };
