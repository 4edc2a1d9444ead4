import { isDeepStrictEqual } from 'node:util';
import { isThisMachine } from '../base/address.ts';
import type { Clock } from '../base/clock.ts';
import { Mutex } from '../base/mutex.ts';
import { read } from '../base/schema/index.ts';
import type { Engine, GroupRecord } from '../engine/index.ts';
import { type AppText, appTextIn, said } from '../i18n/app.ts';
import { Recorder } from '../inspect/index.ts';
import {
  type AppDelta,
  type AppState,
  type ChangeOutcome,
  type CutOff,
  cutOffBy,
  type Fix,
  type OffPeriod,
  type TokenAnswer,
  type ToolView,
} from '../ipc/index.ts';
import { type RunningLog, secretsOf } from '../log/index.ts';
import {
  type AnswerMemory,
  type ApprovedTool,
  KnownLists,
  listedTools,
  type Pins,
  type SignInStore,
  ToolApprovals,
  type ToolChange,
  type TryProgress,
  type TryResult,
  tryServer,
} from '../servers/index.ts';
import {
  checkAllowedHosts,
  checkNoProxy,
  checkSettings,
  type Habits,
  isRemote,
  isTokenRequired,
  makeToken,
  newToken,
  type ServerSetting,
  type Settings,
  type SettingsStore,
  StoredSettings,
  settingsSchema,
} from '../settings/index.ts';
import { BackOn, isSameMoment, lengthOf } from './back-on.ts';
import { EngineLifecycle } from './engine-lifecycle.ts';
import { notRestoredProblem, notSavedProblem, openingProblem, type ToldProblem, unfitProblem } from './problem.ts';
import { StatePublisher } from './state-publisher.ts';

/** A function is given the settings of the moment that the change is made in. */
export type SettingsPatch = Partial<Settings> | ((now: Settings) => Partial<Settings>);

export interface AppControllerOptions {
  readonly store: SettingsStore;
  readonly running: RunningLog;
  /** The PATH of the servers, null for our own. */
  readonly searchPath: () => string | null | Promise<string | null>;
  /** How many names may be looked up at a time; what `widenThreadPool` has told. */
  readonly lookupSlots?: number | undefined;
  /** Where the process groups of servers are written down; nowhere if left out. */
  readonly groups?: GroupRecord | undefined;
  /** Where the sign-ins to servers are kept; they are gone with this process if left out. */
  readonly signIns?: SignInStore | undefined;
  /** Where what servers with a URL last said of themselves is kept; it is gone with an engine if left out. */
  readonly answers?: AnswerMemory | undefined;
  /** Where their certificates that a person trusts are kept; they are forgotten with an engine if left out. */
  readonly pins?: Pins | undefined;
  /** Where what servers last listed is kept; it is gone with this process if left out. */
  readonly lists?: KnownLists | undefined;
  /** Where the tools that are approved are kept; they are gone with this process if left out. */
  readonly approvals?: ToolApprovals | undefined;
  /** Whether an address is this machine's now; asked of the system if left out. */
  readonly hasAddress?: (address: string) => boolean;
  /** For the time after which the port opens again; the system's if left out. */
  readonly clock?: Clock;
}

/**
 * The engine as a person operates it: on and off, other settings, the last problem. One thing is done at a time, in the order
 * it was asked for. All windows, the menu and the icon show its state.
 */
export class AppController {
  /** What passed, and what passes. It outlives the engine: what led to being turned off can be looked at. */
  readonly recorder: Recorder = new Recorder();
  readonly #options: AppControllerOptions;
  /** A token for this process and what it starts: no setting, and a new one with every start. */
  readonly #own = newToken();
  readonly #mutex = new Mutex();
  readonly #stored: StoredSettings;
  readonly #lifecycle: EngineLifecycle;
  readonly #publisher: StatePublisher;
  readonly #approvals: ToolApprovals;
  /** Opens the port again after a time for which it is closed. */
  readonly #backOn: BackOn;
  #cutOff: CutOff | null = null;
  /** The server that is tried. */
  #attempt: AbortController | null = null;

  constructor(options: AppControllerOptions) {
    const { store, running, searchPath, lookupSlots, groups, signIns, answers, pins } = options;
    const { lists = new KnownLists(null, running.log.from('bridge')) } = options;
    const { approvals = new ToolApprovals(null, running.log.from('bridge')) } = options;
    this.#options = { ...options, lists };
    this.#stored = new StoredSettings(store, (error) => this.report(notSavedProblem(error)));
    this.#lifecycle = new EngineLifecycle({
      log: running.log,
      searchPath,
      lookupSlots,
      groups,
      signIns,
      answers,
      pins,
      lists,
      approvals,
      own: this.#own,
      recorder: this.recorder,
      entered: (phase) => this.#publisher.entered(phase),
      moved: (delta) => this.#publisher.moved(delta),
    });
    this.#publisher = new StatePublisher(() => ({
      settings: this.settings,
      habits: this.#stored.habits,
      text: this.text,
      phase: this.#lifecycle.phase,
      engine: this.#lifecycle.engine,
      cutOff: this.#cutOff,
    }));
    approvals.apply(this.settings.servers);
    this.#approvals = approvals;
    this.#backOn = new BackOn({
      due: () => void this.turnOn(),
      passed: (at) => {
        const told = this.#stored.habits.backOnAt;
        if (told === null || isSameMoment(told, at)) this.#publisher.changed();
        else this.changeHabits({ backOnAt: at });
      },
      ...(options.clock === undefined ? {} : { clock: options.clock }),
    });
    this.#followLog();
  }

  get settings(): Settings {
    return this.#stored.settings;
  }

  /** Null unless the port is open. */
  get engine(): Engine | null {
    return this.#lifecycle.engine;
  }

  /** Where clients find us: the port that is open, else the one there would be. */
  get port(): number {
    return this.#lifecycle.engine?.listening[0]?.port ?? this.settings.port;
  }

  /** What programs of ours show to the port; null while no token is required. */
  get ownToken(): string | null {
    return isTokenRequired(this.settings) ? (this.settings.token ?? this.#own) : null;
  }

  get text(): AppText {
    return appTextIn(this.settings.language);
  }

  state(): AppState {
    return this.#publisher.state();
  }

  /** Tells what has changed; the state asked for at the same time is the one the deltas begin at. Returns the unsubscribe. */
  subscribe(listener: (delta: AppDelta) => void): () => void {
    return this.#publisher.subscribe(listener);
  }

  /** Opens the port, and again at the next start of the app. A problem is shown, not thrown. */
  turnOn(): Promise<void> {
    return this.#mutex.run(async () => {
      this.#backOn.clear();
      this.#cutOff = null;
      this.#stored.remember({ on: true, backOnAt: null });
      await this.#open();
    });
  }

  /**
   * Closes the port and ends all servers; it stays closed at the next start of the app, or for so many milliseconds. While it is
   * closed already, only that time changes.
   */
  turnOff(milliseconds: number | null = null): Promise<void> {
    return this.#mutex.run(async () => {
      // Not the published state, which may be a quarter of a second old.
      const snapshot = this.#lifecycle.engine?.snapshot();
      if (snapshot !== undefined) this.#cutOff = cutOffBy(snapshot, Date.now());
      this.#backOn.clear();
      const backOnAt = milliseconds === null ? null : this.#backOn.set(milliseconds);
      this.#stored.remember({ on: false, backOnAt });
      await this.#lifecycle.close();
      this.#publisher.changed();
    });
  }

  /** Closes the port for an hour, or until the next morning. */
  turnOffFor(period: OffPeriod): Promise<void> {
    return this.turnOff(lengthOf(period, Date.now()));
  }

  /** For the start of the app: opens the port if it was open at its end, or if the time for which it was closed is up. */
  async resume(): Promise<void> {
    const { on, backOnAt } = this.#stored.habits;
    const left = backOnAt === null ? null : backOnAt - Date.now();
    if (on || (left !== null && left <= 0)) return this.turnOn();
    if (left !== null) this.#backOn.set(left);
  }

  /** For the end of the app: as `turnOff`, but what the person wanted is remembered. */
  end(): Promise<void> {
    return this.#mutex.run(() => this.#lifecycle.close());
  }

  /** Other settings, live. What is refused leaves everything as it was: settings, port and file. */
  change(patch: SettingsPatch): Promise<ChangeOutcome> {
    return this.#mutex.run(() => this.#change(typeof patch === 'function' ? patch(this.settings) : patch));
  }

  /** Makes a named token. The answer is the only place where it is told. */
  async addToken(name: string): Promise<TokenAnswer> {
    const { secret, setting } = makeToken(name, null, Date.now());
    const outcome = await this.change(({ tokens }) => ({ tokens: [...tokens, setting] }));
    return outcome.ok ? { ok: true, secret } : { ok: false, outcome };
  }

  /** From the next request on its bearer is let in no more, unless no token is required. */
  revokeToken(name: string): Promise<ChangeOutcome> {
    return this.change(({ tokens }) => ({ tokens: tokens.filter((token) => token.name !== name) }));
  }

  changeHabits(patch: Partial<Habits>): void {
    this.#stored.remember(patch);
    this.#publisher.changed();
  }

  /** Does what the button beside a problem says; what a window has to do itself is not done here. */
  async applyFix(fix: Fix): Promise<void> {
    if (fix.kind === 'use-port') {
      const outcome = await this.change({ port: fix.port });
      if (outcome.ok && this.#stored.habits.on) await this.turnOn();
    } else if (fix.kind === 'restart-server') {
      await this.restartServer(fix.server);
    }
  }

  dismissProblem(): void {
    this.#publisher.dismissProblem();
  }

  /** Reports a problem outside the engine: with the settings file, for example. */
  report(problem: ToldProblem): void {
    this.#publisher.setProblem(problem);
    this.#options.running.log.warn(problem(this.text).sentence);
    this.#publisher.changed();
  }

  closeTunnel(id: number): boolean {
    return this.#lifecycle.engine?.closeTunnel(id) ?? false;
  }

  closeAllTunnels(): void {
    this.#lifecycle.engine?.closeAllTunnels();
  }

  async restartServer(name: string): Promise<void> {
    await this.#lifecycle.engine?.restartServer(name);
  }

  startServer(name: string): void {
    this.#lifecycle.engine?.startServer(name);
  }

  async stopServer(name: string): Promise<void> {
    await this.#lifecycle.engine?.stopServer(name);
  }

  /** Runs a server once, whether or not it is in the settings; `waiting` is told each second until it answers. One at a time. */
  async tryServer(setting: ServerSetting, waiting: (progress: TryProgress) => void): Promise<TryResult> {
    const { running, searchPath, groups } = this.#options;
    this.cancelTry();
    const attempt = new AbortController();
    this.#attempt = attempt;
    const { settings } = this;
    const { signal } = attempt;
    const served = isRemote(setting) ? (this.engine?.servedRemote(setting) ?? null) : null;
    const dialling = { ...settings, ownPorts: new Set([settings.port]) };
    const common = { log: running.log, text: () => this.text, searchPath, groups, dialling, served };
    try {
      return await tryServer(setting, { ...common, waiting, signal });
    } finally {
      if (this.#attempt === attempt) this.#attempt = null;
    }
  }

  /** The tools that a server last listed, with their use; null where none are known. */
  toolsOf(server: string): readonly ToolView[] | null {
    const tools = listedTools(this.#options.lists?.of(server) ?? {});
    const calls = this.engine?.callsOf(server) ?? new Map<string, number>();
    return tools?.map((tool) => ({ ...tool, calls: calls.get(tool.name) ?? 0 })) ?? null;
  }

  /** The tools of a server that are not as they were approved. */
  toolChanges(server: string): readonly ToolChange[] {
    return this.#approvals.changesOf(server);
  }

  /** Approves tools as they were seen. Answers the names of those that are not so any more. */
  approveTools(server: string, tools: readonly ApprovedTool[]): readonly string[] {
    return this.#approvals.approve(server, tools);
  }

  /** Ends the server that is tried, if there is one. */
  cancelTry(): void {
    this.#attempt?.abort();
    this.#attempt = null;
  }

  /**
   * After a sleep or a change of network: what is kept of the old network goes, and the port must still answer, else it is opened
   * anew. A port on an address that this machine has lost waits until the address is back.
   */
  recheck(): Promise<void> {
    this.#backOn.look();
    return this.#mutex.run(async () => {
      const { engine } = this.#lifecycle;
      const [first] = engine?.listening ?? [];
      if (engine === null || first === undefined) {
        if (this.#stored.habits.on) await this.#open();
        return;
      }
      const {
        running: { log },
        hasAddress = isThisMachine,
      } = this.#options;
      engine.forgetNetwork();
      if (!hasAddress(first.host)) {
        log.warn('The address the port is open on is gone; no client can connect until it is back', {
          host: first.host,
        });
        return;
      }
      if (await engine.answers()) return;
      log.warn('The port does not answer any more; it is opened anew', { port: first.port });
      await engine.reopen().catch(async (error: unknown) => {
        log.warn('That could not be done; everything is opened anew', { error: String(error) });
        await this.#lifecycle.close();
        await this.#open();
      });
    });
  }

  /** Settings that were written by hand may be valid one by one and not together: two that want one port cannot both have it. */
  async #open(): Promise<void> {
    const faults = checkSettings(this.settings);
    if (faults.every(({ reason }) => reason !== 'same-port')) {
      await this.#lifecycle.open(this.settings, async (error) =>
        this.#showProblem(await openingProblem(error, this.settings)),
      );
      if (this.#lifecycle.phase !== 'on') return;
    }
    if (faults.length > 0) this.report(unfitProblem(faults));
  }

  async #change(patch: Partial<Settings>): Promise<ChangeOutcome> {
    const wanted = read(settingsSchema, { ...this.settings, ...patch });
    if (!wanted.ok) return { ok: false, faults: wanted.faults, problem: null };
    const faults = [
      ...checkSettings(wanted.value),
      ...checkNoProxy(patch.noProxy ?? ''),
      ...checkAllowedHosts(patch.allowedHosts ?? []),
    ];
    if (faults.length > 0) return { ok: false, faults, problem: null };
    const before = this.settings;
    const refusal = await this.#lifecycle.apply(wanted.value, before, async (error) =>
      this.#showProblem(notRestoredProblem(await openingProblem(error, this.settings))),
    );
    if (refusal !== null) {
      const why = refusal.restored ? await openingProblem(refusal.error, wanted.value) : this.#publisher.toldProblem;
      if (why !== null) this.#options.running.log.warn(why(this.text).sentence);
      return { ok: false, faults: [], problem: why === null ? null : said(why) };
    }
    // Without a key nothing is written, which is said when it is tried.
    await this.#options.store.prepare(wanted.value).catch(() => undefined);
    this.#stored.settle(wanted.value);
    if (!isDeepStrictEqual(wanted.value.servers, before.servers)) this.#approvals.apply(wanted.value.servers);
    this.#followLog();
    this.#stored.save();
    this.#publisher.changed();
    return { ok: true };
  }

  #followLog(): void {
    this.#options.running.follow({ level: this.settings.logLevel, secrets: [...secretsOf(this.settings), this.#own] });
  }

  #showProblem(problem: ToldProblem): void {
    this.#publisher.setProblem(problem);
    this.#options.running.log.error(problem(this.text).sentence);
  }
}
