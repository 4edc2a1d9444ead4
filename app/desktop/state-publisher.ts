import manifest from '../../package.json' with { type: 'json' };
import type { Delta, Engine, EngineState, TunnelView } from '../engine/index.ts';
import type { AppText } from '../i18n/app.ts';
import type { AppDelta, AppRest, AppState, CutOff, Phase, Problem, Rate, ShownServer } from '../ipc/index.ts';
import { Redactor } from '../log/index.ts';
import { joinCommandLine } from '../settings/command-line.ts';
import { type Habits, isRemote, isTokenRequired, type Settings, shownUrl } from '../settings/index.ts';
import { engineProblem, type ToldProblem } from './problem.ts';

/** Seconds of history that the popover draws. */
const KEPT = 60;
const SECOND = 1000;

/** Turns the sums into rates, once a second while bytes flow and until the last of them is out of the shown minute. */
export class Throughput {
  readonly #totals: () => Pick<EngineState['totals'], 'up' | 'down'>;
  readonly #changed: () => void;
  #rates: readonly Rate[] = [];
  #last: Rate = { up: 0, down: 0 };
  #timer: NodeJS.Timeout | undefined;

  constructor(totals: () => Pick<EngineState['totals'], 'up' | 'down'>, changed: () => void) {
    this.#totals = totals;
    this.#changed = changed;
  }

  get rates(): readonly Rate[] {
    return this.#rates;
  }

  /** Called when the sums may have moved; starts the clock if they have. */
  wake(): void {
    const { up, down } = this.#totals();
    if (this.#timer !== undefined || (up === this.#last.up && down === this.#last.down)) return;
    this.#timer = setInterval(() => this.#tick(), SECOND).unref();
  }

  /** Forgets everything: the sums begin at nought again. */
  reset(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#rates = [];
    this.#last = { up: 0, down: 0 };
  }

  #tick(): void {
    const { up, down } = this.#totals();
    const rate = { up: Math.max(0, up - this.#last.up), down: Math.max(0, down - this.#last.down) };
    this.#last = { up, down };
    this.#rates = [...this.#rates, rate].slice(-KEPT);
    if (this.#rates.every((one) => one.up === 0 && one.down === 0)) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#rates = [];
    }
    this.#changed();
  }
}

/** What there is to see while no engine runs: the servers there would be, and nothing that moves. */
export function idleState({ servers, defaultServer, tokens }: Settings): EngineState {
  return {
    listening: [],
    defaultServer,
    activity: [],
    recordContents: [],
    forwards: [],
    totals: { tunnels: 0, requests: 0, failures: 0, up: 0, down: 0 },
    failures: [],
    lastRequests: [],
    tokens: tokens.map(({ name }) => ({ name, lastAt: null, requests: 0 })),
    bridge: {
      servers: servers.map(({ name }) => ({
        name,
        state: 'stopped',
        condition: { kind: 'stopped', since: null, until: null, detail: '' },
        children: [],
        sessions: [],
        spawns: 0,
        exits: { asked: 0, exited: 0, killed: 0, notStarted: 0 },
        traffic: { toChildren: 0, fromChildren: 0 },
        lastEnd: null,
      })),
      sessionsOpened: 0,
      latency: { bounds: [], buckets: [], count: 0, sum: 0 },
    },
  };
}

/** The one problem that is shown: one that was set, else one of the engine, unless the person has dismissed it. */
class ShownProblem {
  #told: ToldProblem | null = null;
  #dismissed: string | null = null;

  /** The one that was set; null for none. */
  get told(): ToldProblem | null {
    return this.#told;
  }

  tell(problem: ToldProblem | null): void {
    this.#told = problem;
  }

  current(state: EngineState, text: AppText): Problem | null {
    const problem = this.#told?.(text) ?? engineProblem(state, text, process.platform);
    return problem === null || problem.id === this.#dismissed ? null : problem;
  }

  dismiss(state: EngineState, text: AppText): void {
    this.#dismissed = this.current(state, text)?.id ?? null;
    this.#told = null;
  }
}

/** What the state of the app is made of, beside the engine's. */
export interface Facts {
  readonly settings: Settings;
  /** The servers of the settings, for lists. */
  readonly shown: readonly ShownServer[];
  readonly settingsRevision: number;
  readonly habits: Habits;
  readonly phase: Phase;
  /** Milliseconds since the epoch; null while off. */
  readonly startedAt: number | null;
  readonly problem: Problem | null;
  readonly cutOff: CutOff | null;
  readonly rates: readonly Rate[];
}

/** The servers as lists show them: people share what they see on a screen. */
export function shownServers({ servers }: Settings): readonly ShownServer[] {
  const redactor = new Redactor();
  return servers.map((server) => ({
    name: server.name,
    line: isRemote(server) ? shownUrl(server.url) : redactor.whole(joinCommandLine([server.command, ...server.args])),
  }));
}

/** What windows, the menu and the icon may know: no secret of the settings is in it. */
export function project(
  { settings, shown, settingsRevision, habits, phase, startedAt, problem, cutOff, rates }: Facts,
  { listening, forwards, totals, failures, lastRequests, tokens, bridge, activity, recordContents }: EngineState,
): AppRest {
  const { host, port, defaultServer, upstream, language } = settings;
  return {
    listening,
    defaultServer,
    forwards,
    totals,
    failures,
    lastRequests,
    tokens,
    bridge,
    activity,
    recordContents,
    version: manifest.version,
    phase,
    startedAt,
    address: { host, port, needsToken: isTokenRequired(settings), upstream: upstream !== null },
    servers: shown,
    settingsRevision,
    language,
    habits,
    problem,
    cutOff,
    rates,
  };
}

/** What the state is made from, read anew for each delta. */
export interface Subject {
  readonly settings: Settings;
  readonly habits: Habits;
  readonly text: AppText;
  readonly phase: Phase;
  readonly engine: Engine | null;
  readonly cutOff: CutOff | null;
}

/** Publishes the state of the app: once as a whole, then as deltas. */
export class StatePublisher {
  readonly #subject: () => Subject;
  readonly #problem = new ShownProblem();
  readonly #listeners = new Set<(delta: AppDelta) => void>();
  /** As the deltas have sent them, so that a state and the deltas after it always fit. */
  #tunnels: readonly TunnelView[] = [];
  readonly #throughput: Throughput;
  /** Made anew with other settings only: this is published four times a second. */
  #shown: {
    readonly settings: Settings;
    readonly servers: readonly ShownServer[];
    readonly revision: number;
  } | null = null;

  constructor(subject: () => Subject) {
    this.#subject = subject;
    this.#throughput = new Throughput(
      () => this.#engineState().totals,
      () => this.changed(),
    );
  }

  state(): AppState {
    return { ...this.#rest(), tunnels: this.#tunnels };
  }

  /** The state asked for at the same time is the one the deltas begin at. Returns the unsubscribe. */
  subscribe(listener: (delta: AppDelta) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  get problem(): Problem | null {
    return this.#problem.current(this.#engineState(), this.#subject().text);
  }

  /** The one that was set and not dismissed since, in whichever language; null for none. */
  get toldProblem(): ToldProblem | null {
    return this.#problem.told;
  }

  /** Shown from the next change on. */
  setProblem(problem: ToldProblem): void {
    this.#problem.tell(problem);
  }

  dismissProblem(): void {
    this.#problem.dismiss(this.#engineState(), this.#subject().text);
    this.changed();
  }

  /** Publishes what has changed besides the engine: settings, the phase, a problem. */
  changed(): void {
    this.#publish({ opened: [], closed: [], moved: [] });
  }

  entered(phase: Phase): void {
    if (phase === 'on') this.#problem.tell(null);
    if (phase !== 'off') return this.changed();
    this.#throughput.reset();
    // The engine is gone, and with it the deltas that would have closed its tunnels.
    const closed = this.#tunnels.map(({ id }) => id);
    this.#tunnels = [];
    this.#publish({ opened: [], closed, moved: [] });
  }

  /** A delta of the engine. */
  moved({ state, ...tunnels }: Delta<EngineState>): void {
    this.#throughput.wake();
    this.#tunnels = this.#subject().engine?.sentTunnels ?? [];
    this.#publish(tunnels, this.#rest(state));
  }

  #publish(tunnels: Omit<AppDelta, 'rest'>, rest = this.#rest()): void {
    for (const listener of this.#listeners) listener({ ...tunnels, rest });
  }

  #engineState(): EngineState {
    const { engine, settings } = this.#subject();
    return engine?.state() ?? idleState(settings);
  }

  #rest(state = this.#engineState()): AppRest {
    const { settings, habits, text, phase, engine, cutOff } = this.#subject();
    const problem = this.#problem.current(state, text);
    const startedAt = engine?.startedAt ?? null;
    if (this.#shown?.settings !== settings) {
      this.#shown = { settings, servers: shownServers(settings), revision: (this.#shown?.revision ?? 0) + 1 };
    }
    const { servers: shown, revision: settingsRevision } = this.#shown;
    const { rates } = this.#throughput;
    return project({ settings, shown, settingsRevision, habits, phase, startedAt, problem, cutOff, rates }, state);
  }
}
