import type { ServerIntroduction, ToolFacts, TryStage } from '../servers/index.ts';
import type { AppText } from '../text/app/index.ts';
import type { StepState, VerifyStep } from './step.ts';

/** What a failed stage says besides its time. */
export type StageFailure = Pick<StepState & { readonly state: 'failed' }, 'code' | 'sentence' | 'hint' | 'stderr'>;

const ORDER: readonly TryStage[] = ['start', 'initialize', 'tools'];

/** The three stages of talking to a server, told in their order, each with its own time. */
export class Stages {
  readonly #tell: (step: VerifyStep) => void;
  readonly #text: AppText;
  #at = 0;
  #since = 0;

  constructor(tell: (step: VerifyStep) => void, text: AppText) {
    this.#tell = tell;
    this.#text = text;
  }

  begin(): void {
    this.#since = performance.now();
    this.#say({ state: 'running' });
  }

  started(sentence: string): void {
    this.#pass(sentence);
    this.begin();
  }

  greeted({ server, version, revision }: ServerIntroduction): void {
    this.#pass(this.#text.verify.initialize.passed(server, version, revision));
    this.begin();
  }

  listed(tools: readonly ToolFacts[]): void {
    this.#pass(this.#text.verify.tools.passed(tools.length), tools);
  }

  /** The present stage has failed; those behind it are left out. */
  fail(failure: StageFailure): void {
    this.#say({ state: 'failed', elapsedMs: this.#elapsed(), ...failure });
    this.#skipFrom(this.#at + 1, this.#text.verify.before);
  }

  /** From the present stage on, nothing is done. */
  skip(sentence: string): void {
    this.#skipFrom(this.#at, sentence);
  }

  #pass(sentence: string, tools: readonly ToolFacts[] = []): void {
    this.#say({ state: 'passed', elapsedMs: this.#elapsed(), sentence }, tools);
    this.#at += 1;
  }

  #skipFrom(first: number, sentence: string): void {
    for (this.#at = first; this.#at < ORDER.length; this.#at += 1) this.#say({ state: 'skipped', sentence });
  }

  #say(state: StepState, tools: readonly ToolFacts[] = []): void {
    const step = ORDER[this.#at];
    if (step === undefined) return;
    this.#tell(step === 'tools' ? { step, ...state, tools } : { step, ...state });
  }

  #elapsed(): number {
    return Math.round(performance.now() - this.#since);
  }
}
