import type { EngineState } from '../engine/index.ts';
import type { Problem } from '../ipc/index.ts';
import type { AppText } from '../text/app/index.ts';
import { engineProblem } from './problem.ts';

/** The one thing that is shown as wrong: what was told, else what the engine knows; not what the person has seen enough of. */
export class ShownProblem {
  #told: Problem | null = null;
  #dismissed: string | null = null;

  tell(problem: Problem | null): void {
    this.#told = problem;
  }

  current(state: EngineState, text: AppText): Problem | null {
    const problem = this.#told ?? engineProblem(state, text, process.platform);
    return problem === null || problem.id === this.#dismissed ? null : problem;
  }

  dismiss(state: EngineState, text: AppText): void {
    this.#dismissed = this.current(state, text)?.id ?? null;
    this.#told = null;
  }
}
