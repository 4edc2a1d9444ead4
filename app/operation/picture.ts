import type { Delta, Engine, EngineState } from '../engine/index.ts';
import type { AppDelta, AppRest, AppState, Phase, Problem } from '../ipc/index.ts';
import type { Habits, Settings } from '../settings/index.ts';
import type { AppText } from '../text/app/index.ts';
import { AppFeed } from './app-feed.ts';
import { idleState } from './idle-state.ts';
import { project } from './projection.ts';
import { ShownProblem } from './shown-problem.ts';
import { Throughput } from './throughput.ts';

/** Where the picture takes everything from that is not its own. */
export interface Subject {
  readonly settings: Settings;
  readonly habits: Habits;
  readonly text: AppText;
  readonly phase: Phase;
  readonly engine: Engine | null;
}

/** What there is to see: the state of the app, and what changes in it. */
export class Picture {
  readonly #subject: () => Subject;
  readonly #problem = new ShownProblem();
  readonly #feed = new AppFeed();
  readonly #throughput: Throughput;

  constructor(subject: () => Subject) {
    this.#subject = subject;
    this.#throughput = new Throughput(
      () => this.#engineState().totals,
      () => this.changed(),
    );
  }

  state(): AppState {
    return { ...this.#rest(), tunnels: this.#feed.tunnels };
  }

  /** The state asked for at the same time is the one the deltas begin at. Returns the unsubscribe. */
  subscribe(listener: (delta: AppDelta) => void): () => void {
    return this.#feed.subscribe(listener);
  }

  get problem(): Problem | null {
    return this.#problem.current(this.#engineState(), this.#subject().text);
  }

  /** Shown from the next change on. */
  blame(problem: Problem): void {
    this.#problem.tell(problem);
  }

  dismissProblem(): void {
    this.#problem.dismiss(this.#engineState(), this.#subject().text);
    this.changed();
  }

  /** Something has changed that the engine does not tell of. */
  changed(): void {
    this.#feed.tell(this.#rest());
  }

  entered(phase: Phase): void {
    if (phase === 'on') this.#problem.tell(null);
    if (phase !== 'off') return this.changed();
    this.#throughput.reset();
    this.#feed.forgetTunnels(this.#rest());
  }

  /** What the engine tells of. */
  moved({ state, ...tunnels }: Delta<EngineState>): void {
    this.#throughput.wake();
    this.#feed.pass(tunnels, this.#rest(state));
  }

  #engineState(): EngineState {
    const { engine, settings } = this.#subject();
    return engine?.state() ?? idleState(settings);
  }

  #rest(state = this.#engineState()): AppRest {
    const { settings, habits, text, phase, engine } = this.#subject();
    const problem = this.#problem.current(state, text);
    const startedAt = engine?.startedAt ?? null;
    return project({ settings, habits, phase, startedAt, problem, rates: this.#throughput.rates }, state);
  }
}
