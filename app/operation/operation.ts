import manifest from '../../package.json' with { type: 'json' };
import { type Delta, Engine, type EngineState, type TunnelView } from '../engine/index.ts';
import {
  type AppDelta,
  type AppRest,
  type AppState,
  applyDelta,
  type ChangeOutcome,
  type Fix,
  type Phase,
  type Problem,
} from '../ipc/index.ts';
import { type RunningLog, secretsOf } from '../log/index.ts';
import { askGangway } from '../port/index.ts';
import { isThisMachine } from '../proxy/index.ts';
import { read } from '../schema/index.ts';
import { type TryResult, tryServer } from '../servers/index.ts';
import {
  checkSettings,
  type Habits,
  type ServerSetting,
  type Settings,
  type SettingsStore,
  settingsSchema,
} from '../settings/index.ts';
import { type Text, textIn } from '../text/index.ts';
import { place } from '../view/index.ts';
import { idleState } from './idle-state.ts';
import { engineProblem, openingProblem } from './problem.ts';
import { Throughput } from './throughput.ts';

export interface OperationOptions {
  readonly store: SettingsStore;
  readonly running: RunningLog;
  /** The PATH of the servers, null for our own. */
  readonly searchPath: () => string | null | Promise<string | null>;
  /** Whether an address is this machine's now; asked of the system if left out. */
  readonly hasAddress?: (address: string) => boolean;
}

/** An own port that does not answer within this time is as good as gone. */
const PROBE_MS = 2000;

const DONE: ChangeOutcome = { ok: true };

/**
 * The engine as a person operates it: on and off, other settings, the last problem. One thing is done at a time, in the order
 * it was asked for. All windows, the menu and the icon show its state.
 */
export class Operation {
  readonly #options: OperationOptions;
  readonly #listeners = new Set<(delta: AppDelta) => void>();
  readonly #throughput: Throughput;
  #settings: Settings;
  #habits: Habits;
  #text: Text;
  #engine: Engine | null = null;
  /** Those the deltas have told of, so that a state and the deltas after it always fit. */
  #tunnels: readonly TunnelView[] = [];
  #unsubscribe: () => void = () => undefined;
  #phase: Phase = 'off';
  #problem: Problem | null = null;
  #dismissed: string | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: OperationOptions) {
    const { settings, habits } = options.store.read();
    this.#options = options;
    this.#settings = settings;
    this.#habits = habits;
    this.#text = textIn(settings.language);
    this.#throughput = new Throughput(
      () => this.#engineState().totals,
      () => this.#tell(),
    );
    this.#followLog();
  }

  get settings(): Settings {
    return this.#settings;
  }

  get text(): Text {
    return this.#text;
  }

  state(): AppState {
    return { ...this.#rest(this.#engineState()), tunnels: this.#tunnels };
  }

  /** Tells what has changed; the state asked for at the same time is the one the deltas begin at. Returns the unsubscribe. */
  subscribe(listener: (delta: AppDelta) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Opens the port, and again at the next start of the app. A problem is shown, not thrown. */
  turnOn(): Promise<void> {
    return this.#inTurn(async () => {
      this.#remember({ on: true });
      await this.#open();
    });
  }

  /** Closes the port and ends all servers; it stays closed at the next start of the app. */
  turnOff(): Promise<void> {
    return this.#inTurn(async () => {
      this.#remember({ on: false });
      await this.#close();
    });
  }

  /** For the end of the app: as `turnOff`, but what the person wanted is remembered. */
  end(): Promise<void> {
    return this.#inTurn(() => this.#close());
  }

  /** Other settings, live. What is refused leaves everything as it was: settings, port and file. */
  change(patch: Partial<Settings>): Promise<ChangeOutcome> {
    return this.#inTurn(() => this.#change(patch));
  }

  changeHabits(patch: Partial<Habits>): void {
    this.#remember(patch);
    this.#tell();
  }

  /** Does what the button beside a problem says; what a window has to do itself is not done here. */
  async mend(fix: Fix): Promise<void> {
    if (fix.kind === 'use-port') {
      const outcome = await this.change({ port: fix.port });
      if (outcome.ok && this.#habits.on) await this.turnOn();
    } else if (fix.kind === 'restart-server') {
      await this.restartServer(fix.server);
    }
  }

  dismissProblem(): void {
    this.#dismissed = this.#currentProblem(this.#engineState())?.id ?? null;
    this.#problem = null;
    this.#tell();
  }

  /** Something outside the engine is wrong: the settings file, for example. */
  report(problem: Problem): void {
    this.#problem = problem;
    this.#options.running.log.warn(problem.sentence);
    this.#tell();
  }

  closeTunnel(id: number): boolean {
    return this.#engine?.closeTunnel(id) ?? false;
  }

  closeAllTunnels(): void {
    this.#engine?.closeAllTunnels();
  }

  async restartServer(name: string): Promise<void> {
    await this.#engine?.restartServer(name);
    this.#engine?.startServer(name);
  }

  async stopServer(name: string): Promise<void> {
    await this.#engine?.stopServer(name);
  }

  /** Runs a server once, whether or not it is in the settings. */
  tryServer(setting: ServerSetting): Promise<TryResult> {
    const { running, searchPath } = this.#options;
    return tryServer(setting, { log: running.log, text: () => this.#text, searchPath });
  }

  /**
   * After a sleep or a change of network: what is kept of the old network goes, and the port must still answer, else it is opened
   * anew. A port on an address that this machine has lost waits until the address is back.
   */
  recheck(): Promise<void> {
    return this.#inTurn(async () => {
      const engine = this.#engine;
      const [first] = engine?.snapshot().listening ?? [];
      if (engine === null || first === undefined) {
        if (this.#habits.on) await this.#open();
        return;
      }
      const { running, hasAddress = isThisMachine } = this.#options;
      engine.forgetNetwork();
      if (!hasAddress(first.host)) {
        running.log.warn('The address the port is open on is gone; nobody can connect until it is back', {
          host: first.host,
        });
        return;
      }
      const reply = await askGangway({ ...first, path: '/healthz', token: this.#settings.token, timeout: PROBE_MS });
      if (reply.kind === 'page' || reply.kind === 'token-required') return;
      running.log.warn('The port does not answer any more; it is opened anew', { port: first.port });
      try {
        await engine.reopen();
      } catch {
        // Another start of everything says why, or mends it.
        await this.#close();
        await this.#open();
      }
    });
  }

  async #open(): Promise<void> {
    if (this.#engine !== null) return;
    const { running, searchPath } = this.#options;
    const engine = new Engine({ settings: this.#settings, log: running.log, searchPath });
    this.#enter('starting');
    try {
      const listening = await engine.start();
      this.#engine = engine;
      this.#unsubscribe = engine.subscribe((delta) => this.#pass(delta));
      this.#problem = null;
      running.log.info(`listening on ${listening.map(({ host, port }) => place(host, port)).join(', ')}`);
      this.#enter('on');
    } catch (error) {
      // Servers may have been started already: they must not wait for a port that will not come.
      await engine.stop();
      await this.#fail(error, this.#settings);
      this.#enter('off');
    }
  }

  async #close(): Promise<void> {
    if (this.#engine === null) return;
    this.#enter('stopping');
    const engine = this.#engine;
    await engine.stop();
    this.#unsubscribe();
    this.#engine = null;
    this.#throughput.reset();
    this.#options.running.log.info('stopped');
    this.#enter('off');
  }

  async #change(patch: Partial<Settings>): Promise<ChangeOutcome> {
    const wanted = read(settingsSchema, { ...this.#settings, ...patch });
    if (!wanted.ok) return { ok: false, faults: wanted.faults, problem: null };
    const faults = checkSettings(wanted.value);
    if (faults.length > 0) return { ok: false, faults, problem: null };
    const before = this.#settings;
    try {
      await this.#engine?.apply(wanted.value);
    } catch (error) {
      await this.#engine?.apply(before);
      const problem = await openingProblem(error, wanted.value, this.#text);
      this.#options.running.log.warn(problem.sentence);
      return { ok: false, faults: [], problem };
    }
    this.#settings = wanted.value;
    this.#text = textIn(wanted.value.language);
    this.#followLog();
    this.#save();
    this.#tell();
    return DONE;
  }

  #remember(patch: Partial<Habits>): void {
    this.#habits = { ...this.#habits, ...patch };
    this.#save();
  }

  #save(): void {
    const { store } = this.#options;
    try {
      store.write({ ...store.read(), settings: this.#settings, habits: this.#habits });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const { sentence, hint } = this.#text.operation.notSaved;
      this.report({
        id: 'not-saved',
        weight: 'attention',
        at: Date.now(),
        sentence: sentence(reason),
        hint,
        fix: null,
      });
    }
  }

  #followLog(): void {
    this.#options.running.follow({ level: this.#settings.logLevel, secrets: secretsOf(this.#settings) });
  }

  async #fail(error: unknown, settings: Settings): Promise<void> {
    this.#problem = await openingProblem(error, settings, this.#text);
    this.#options.running.log.error(this.#problem.sentence);
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#tell();
  }

  #engineState(): EngineState {
    return this.#engine?.snapshot() ?? idleState(this.#settings);
  }

  #pass({ opened, closed, moved, state }: Delta<EngineState>): void {
    this.#throughput.wake();
    this.#emit({ opened, closed, moved, rest: this.#rest(state) });
  }

  /** What is not the engine's to tell. */
  #tell(): void {
    const closed = this.#engine === null ? this.#tunnels.map(({ id }) => id) : [];
    this.#emit({ opened: [], closed, moved: [], rest: this.#rest(this.#engineState()) });
  }

  #emit(delta: AppDelta): void {
    this.#tunnels = applyDelta({ ...delta.rest, tunnels: this.#tunnels }, delta).tunnels;
    for (const listener of this.#listeners) listener(delta);
  }

  #rest({ listening, forwards, totals, failures, bridge }: EngineState): AppRest {
    const { host, port, defaultServer, token, upstream, servers, language } = this.#settings;
    const engine = { listening, defaultServer, forwards, totals, failures, bridge };
    return {
      ...engine,
      version: manifest.version,
      phase: this.#phase,
      startedAt: this.#engine?.snapshot().startedAt ?? null,
      address: { host, port, needsToken: token !== null, upstream: upstream !== null },
      servers: servers.map(({ name, command, args }) => ({ name, command, args })),
      language,
      habits: this.#habits,
      problem: this.#currentProblem(engine),
      rates: this.#throughput.rates,
    };
  }

  #currentProblem(state: EngineState): Problem | null {
    const problem = this.#problem ?? engineProblem(state, this.#text, process.platform);
    return problem === null || problem.id === this.#dismissed ? null : problem;
  }

  /** What goes wrong in one thing must not keep the next from its turn. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}
