import { type VerifyContext, type VerifyStep, type VerifySubject, verify } from '../verify/index.ts';

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
