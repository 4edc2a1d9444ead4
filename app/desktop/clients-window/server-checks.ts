import type { Probes } from '../../clients/index.ts';
import { type VerifyContext, type VerifyStep, type VerifySubject, verify } from '../../doctor/index.ts';

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

export interface ServerChecksContext {
  /** The server with this id; null when there is none any more. */
  subjectOf(server: string): VerifySubject | null;
  /** As things are when a check begins. */
  context(): VerifyContext;
}

/** Checks servers from end to end, one at a time: a new check ends the one before. */
export class ServerChecks {
  readonly #context: ServerChecksContext;
  #running: AbortController | null = null;

  constructor(context: ServerChecksContext) {
    this.#context = context;
  }

  /** Tells every step as it begins and ends. Resolves when nothing is left running; false when there is no such server. */
  async run(server: string, tell: (step: VerifyStep) => void): Promise<boolean> {
    this.cancel();
    const subject = this.#context.subjectOf(server);
    if (subject === null) return false;
    const running = new AbortController();
    this.#running = running;
    try {
      await verify(subject, this.#context.context(), { tell, signal: running.signal });
    } finally {
      if (this.#running === running) this.#running = null;
    }
    return true;
  }

  /** What is left of the check is skipped. */
  cancel(): void {
    this.#running?.abort();
    this.#running = null;
  }
}
