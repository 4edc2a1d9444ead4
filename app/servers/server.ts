import { INSTANCE_VARIABLE } from '../base/instances.ts';
import type { Text } from '../i18n/index.ts';
import { type Log, launchSecrets, Redactor } from '../log/index.ts';
import { isRemote, type ProgramSetting, type ServerSetting } from '../settings/settings.ts';
import { Coexistence, whatRuns } from './coexistence.ts';
import { type Condition, conditionOf, isUsable, SETTLED } from './condition.ts';
import { endReason, type Peer } from './peer.ts';
import {
  Child,
  type ChildEnd,
  type ChildPlan,
  cleanFault,
  type Graces,
  type GroupRecord,
  planFault,
  type Traffic,
} from './process/index.ts';
import { ProcessHealth } from './process-health.ts';
import type { Quota, Share } from './quota.ts';
import type { ChildUse, Opened, Server, ServerFacts } from './source.ts';
import type { SpareOwner, Spares } from './spares.ts';

export interface ServerContext {
  readonly log: Log;
  readonly text: () => Text;
  readonly children: Quota;
  readonly spares: Spares;
  /** How long a second process has to have lived beside the first, in milliseconds, until the server is known to allow that. */
  readonly settled: number;
  /** Milliseconds in which nothing passes the pipes of the other children before the next spare is started; see `SPARE_PATIENCE`. */
  readonly spareQuiet: number;
  /**
   * Milliseconds after which a child that was asked something and says nothing is told of in the log, counted from the first
   * thing it was asked; the last time as a warning.
   */
  readonly slowStarts: readonly number[];
  /** Bytes of the longest line a child may write. */
  readonly lineLimit: () => number;
  readonly graces: Graces;
  /** Where the process groups of children are written down; nowhere if left out. */
  readonly groups?: GroupRecord | undefined;
  /** The PATH of children, null where it is ours. A promise while a login shell is being asked. */
  readonly searchPath: () => string | null | Promise<string | null>;
  /** The name of this process among those that a request passes. */
  readonly instance?: string | undefined;
  /** Something that a snapshot shows is different now. */
  readonly changed: () => void;
}

/** Milliseconds until a failed server that keeps no spare is tried again by itself; longer once it rests. */
const RETRY = 2000;

/**
 * Milliseconds after which a spare is started although the other children are not quiet. It waits for that because the session
 * that took the last one has things to say, and needs the processor more; the program that starts us waits for the port first.
 */
const SPARE_PATIENCE = 1000;

/**
 * One named MCP server: starts its children within the budget, keeps a spare one warm, backs off when they keep failing, and
 * ends them all. Sessions and requests are the bridge's; here a child is a process.
 */
export class ProcessServer implements Server, SpareOwner {
  readonly name: string;
  readonly log: Log;
  readonly #context: ServerContext;
  readonly #share: Share;
  readonly #children = new Map<Child, ChildUse>();
  /** Those that were asked to leave and have not left. */
  readonly #leaving = new Set<Child>();
  readonly #traffic: Traffic = { toChildren: 0, fromChildren: 0 };
  readonly #health: ProcessHealth;
  #setting: ProgramSetting;
  #spare: Child | null = null;
  /** Undefined when no start of a spare is planned. */
  #spareTimer: NodeJS.Timeout | undefined;
  /** There was no room for the spare. */
  #starved = false;
  readonly #coexistence: Coexistence;
  #startTook: number | null = null;
  #lastUsed = 0;
  #stopped = false;
  #spawns = 0;

  constructor(setting: ProgramSetting, context: ServerContext) {
    this.name = setting.name;
    this.log = context.log.from(`server:${setting.name}`);
    this.#setting = setting;
    this.#context = context;
    this.#share = context.children.share();
    this.#health = new ProcessHealth(this.name, this.log, context.text);
    this.#coexistence = new Coexistence({
      settled: context.settled,
      isAlive: (child) => this.#children.has(child) && !this.#leaving.has(child),
      setting: () => this.#setting,
      ending: context.spares.ending,
      allowed: () => this.#warm(),
      ends: () => this.log.warn(context.text().servers.endsOlder(this.name)),
    });
    context.spares.add(this);
    this.#begin();
  }

  get setting(): ProgramSetting {
    return this.#setting;
  }

  /** Whether two processes of the server have lived side by side. */
  get allowsSeveral(): boolean {
    return this.#coexistence.allowsSeveral;
  }

  get mayProbe(): boolean {
    return this.#spare !== null || !this.#coexistence.endsOlder || this.#children.size === this.#leaving.size;
  }

  get startTook(): number | null {
    return this.#startTook;
  }

  /** It acts with what its own settings hold, and guards that itself. */
  readonly servesOthers = true;

  get hasChildren(): boolean {
    return this.#children.size > 0;
  }

  ageOf(peer: Peer): number {
    for (const child of this.#children.keys()) if (child === peer) return child.age;
    return 0;
  }

  get lastUsed(): number {
    return this.#lastUsed;
  }

  /** A child of its own for the caller, the spare one if it suits. It may not run yet; a start that fails is an end. */
  leadsBack(): boolean {
    return false;
  }

  open(use: Exclude<ChildUse, 'spare'>, via?: string): Opened {
    if (this.#stopped) return { refusal: { kind: 'stopped' } };
    const spare = this.#spare;
    if (use !== 'probe') this.#lastUsed = performance.now();
    // The probe of a server that may allow one process only must be that one.
    // One that is for requests of other instances names these, which the spare does not.
    const isDirect = via === undefined || via === this.#context.instance;
    if (spare !== null && ((use !== 'probe' && isDirect) || !this.allowsSeveral)) {
      this.#spare = null;
      this.#health.spareTaken();
      this.#children.set(spare, use);
      this.#warm();
      this.#context.changed();
      return { child: spare };
    }
    const wait = this.#health.wait(performance.now());
    const last = this.#health.lastEnd;
    if (wait > 0 && last !== null) return { refusal: { kind: 'backing-off', wait, last } };
    // A spare gives its place to a client that needs it now, whichever server's it is, but never the other way round.
    if (!this.#share.take() && !(this.#context.spares.giveWay() && this.#share.take())) {
      return { refusal: { kind: 'too-many-children', limit: this.#share.limit } };
    }
    const child = this.#spawn(use, via);
    // When the last spare was due, there may have been no room for it.
    if (use !== 'probe') this.#warm();
    return { child };
  }

  /** A probe that speaks the right way need not end: it serves stateless requests from now on. */
  keep(probe: Peer): void {
    for (const [child, use] of this.#children)
      if (child === probe && use === 'probe') this.#children.set(child, 'shared');
    this.#context.changed();
  }

  /** Takes another definition over. True if it runs something else, and so has to be restarted. */
  apply(setting: ServerSetting): boolean {
    if (isRemote(setting)) throw new Error('another source is another server');
    const same = runsTheSame(this.#setting, setting);
    this.#setting = setting;
    if (!same) this.#health.forgetFailure();
    if (same && setting.spare) this.#warm();
    if (same && !setting.spare) this.dropSpare();
    if (!same) this.#coexistence.reset();
    if (!same) this.#startTook = null;
    return !same;
  }

  /** Ends every child; the next session gets a new one. Resolves when they are gone. */
  restart(): Promise<void> {
    this.#health.forgive();
    const gone = this.#endAll();
    this.#begin();
    return gone;
  }

  /** Ends every child and gives out no more. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#health.forgetFailure();
    return this.#endAll();
  }

  forgetNetwork(): void {
    // Its pipes go nowhere.
  }

  /** It was removed from the settings; its last child has left. */
  discard(): void {
    this.#context.spares.delete(this);
    this.#share.close();
  }

  /** Gives children out again after `stop`. */
  start(): void {
    this.#stopped = false;
    this.#begin();
  }

  /** Bytes of messages that the children have not taken yet. */
  get waiting(): number {
    let bytes = 0;
    for (const child of this.#children.keys()) bytes += child.waiting;
    return bytes;
  }

  facts(): ServerFacts {
    const condition = this.#condition();
    return {
      name: this.name,
      state: this.#stopped ? 'stopped' : isUsable(condition) ? 'ready' : 'failing',
      condition,
      children: [...this.#children].map(([child, use]) => ({ pid: child.pid, use, startedAt: child.startedAt })),
      spawns: this.#spawns,
      exits: this.#health.exits,
      traffic: { ...this.#traffic },
      lastEnd: this.#health.lastEnd,
    };
  }

  #spawn(use: ChildUse, via = this.#context.instance): Child {
    this.#spawns++;
    const plan = this.#plan(via);
    const child: Child = new Child(plan, {
      name: this.name,
      log: this.log,
      text: this.#context.text,
      lineLimit: this.#context.lineLimit,
      traffic: this.#traffic,
      graces: this.#context.graces,
      groups: this.#context.groups,
      leaving: () => {
        if (!this.#children.has(child) || this.#leaving.has(child)) return;
        this.#leaving.add(child);
        this.#share.leave();
      },
      ended: (end) => this.#ended(child, end),
      asked: () => this.#asked(child),
      answered: () => {
        this.#startTook = child.startTook ?? this.#startTook;
        this.#started();
      },
    });
    const beside = [...this.#children.keys()].filter((other) => !this.#leaving.has(other));
    this.#children.set(child, use);
    this.#coexistence.joined(child, use, beside);
    this.#context.changed();
    // A child that waits for the login shell has its process, and a pid to show, only after that.
    if (plan instanceof Promise) void plan.then(() => setImmediate(this.#context.changed));
    return child;
  }

  #plan(via = this.#context.instance): ChildPlan | Promise<ChildPlan> {
    const { command, args, cwd, env } = this.#setting;
    const path = this.#context.searchPath();
    const plan = (PATH: string | null): ChildPlan => {
      const inherited = PATH === null ? process.env : { ...process.env, PATH };
      const passed = via === undefined ? {} : { [INSTANCE_VARIABLE]: via };
      return { command, args, cwd, env: { ...inherited, ...env, ...passed } };
    };
    return path instanceof Promise ? path.then(plan) : plan(path);
  }

  #ended(child: Child, end: ChildEnd): void {
    this.#share.giveBack(this.#leaving.delete(child));
    const use = this.#children.get(child);
    const isProbe = use === 'probe';
    this.#children.delete(child);
    if (!end.asked) this.#startTook = child.startTook ?? this.#startTook;
    const wasSpare = child === this.#spare;
    if (wasSpare) this.#spare = null;
    this.#health.count(end, isProbe);
    if (!end.asked && (use === 'session' || use === 'shared')) this.#coexistence.lost(child, end, this.#startTook);
    // How a probe ends says what the server speaks, not how it is.
    if (!isProbe) {
      const isByYounger = () => this.#coexistence.isByYounger(child, end, this.#children.keys());
      this.#health.judge(end, { answered: child.answered, wasSpare, isByYounger }, performance.now());
    }
    if (this.#children.size === 0 || !end.asked) this.#warm();
    this.#context.spares.roomAgain();
    this.#context.changed();
  }

  /** Sees to it that there is a spare child as soon as the others are quiet, if there is to be one. */
  #warm(): void {
    clearTimeout(this.#spareTimer);
    this.#spareTimer = undefined;
    this.#context.spares.unqueue(this);
    if (!this.#wantsSpare()) return;
    const now = performance.now();
    const rest = this.#health.waitForSpare(now);
    const isKept = this.#setting.spare && this.#health.failure?.kind !== 'not-started';
    const soonest = isKept ? this.#context.spareQuiet : RETRY;
    this.#warmIn(Math.max(soonest, rest), SPARE_PATIENCE);
  }

  /** A failed server is tried again without being asked, spare or not, so that it is known when it can be used. */
  #wantsSpare(): boolean {
    if (this.#stopped || this.#spare !== null) return false;
    if (this.#children.size === 0) return this.#setting.spare || this.#health.failure !== null;
    return this.#setting.spare && this.allowsSeveral;
  }

  /** In `wait` ms; again and again while something passes the pipes, for `patience` ms. */
  #warmIn(wait: number, patience: number): void {
    const { toChildren, fromChildren } = this.#traffic;
    const { spareQuiet } = this.#context;
    const judge = (): void => {
      if (this.#spareTimer !== timer) return;
      const isQuiet = this.#traffic.toChildren === toChildren && this.#traffic.fromChildren === fromChildren;
      this.#spareTimer = undefined;
      if (!isQuiet && patience > 0) this.#warmIn(spareQuiet, patience - spareQuiet);
      else this.#context.spares.queue(this);
    };
    // When the event loop is late, what waits in the pipes is read first.
    const timer = setTimeout(() => setImmediate(judge), wait);
    this.#spareTimer = timer;
  }

  startSpare(): void {
    if (this.#wantsSpare()) void this.#startSpare();
  }

  async #startSpare(): Promise<void> {
    if (this.#health.failure?.kind === 'not-started') {
      const setting = this.#setting;
      const fault = planFault(await this.#plan());
      if (!this.#wantsSpare() || this.#setting !== setting) return;
      if (fault !== null) {
        // Nothing has changed: said once is enough.
        this.#health.retryFailed(performance.now());
        this.#warm();
        return;
      }
      if (this.#health.isPlanFault) this.#started();
      if (!this.#setting.spare) return;
    }
    this.#starved = !this.#share.take(false);
    if (this.#starved) return;
    const spare = this.#spawn('spare');
    this.#spare = spare;
    if (this.#health.failure === null) return;
    setTimeout(() => {
      if (this.#spare !== spare || spare.end !== null) return;
      this.#started();
      if (!this.#setting.spare) this.dropSpare();
    }, SETTLED).unref();
  }

  /** Names at once what keeps the server from being started, before anything asks for it, and gets the spare one going. */
  #begin(): void {
    this.#warm();
    const setting = this.#setting;
    const plan = this.#plan();
    const check = (ready: ChildPlan): void => {
      const isOver =
        this.#stopped || this.#setting !== setting || this.#children.size > 0 || this.#health.failure !== null;
      const fault = isOver ? null : planFault(ready);
      if (fault === null) return;
      const end: ChildEnd = {
        kind: 'not-started',
        fault: cleanFault(fault, new Redactor(launchSecrets(ready))),
        at: Date.now(),
        lived: 0,
        asked: false,
        stderr: [],
      };
      this.#health.planFailed(end);
      this.#warm();
      this.#context.changed();
    };
    // In a later turn: the bridge that made this server has yet to keep it.
    if (plan instanceof Promise) void plan.then(check);
    else setImmediate(() => check(plan));
  }

  #started(): void {
    if (!this.#health.started()) return;
    this.#warm();
    this.#context.changed();
  }

  /** How long a probe may take is up to who sends it. */
  #asked(child: Child): void {
    if (this.#children.get(child) !== 'probe') this.#watch(child);
  }

  /** Tells the log of a child that was asked something and says nothing: a first start may have to download the server. */
  #watch(child: Child, step = 0): void {
    const { slowStarts } = this.#context;
    const after = slowStarts[step];
    if (after === undefined) return;
    const wait = after - (slowStarts[step - 1] ?? 0);
    setTimeout(() => {
      if (!child.awaited) return;
      const sentence = this.#context.text().servers.slowStart(this.name, after / 1000, child.lastLine);
      this.log[step === slowStarts.length - 1 ? 'warn' : 'info'](sentence);
      this.#watch(child, step + 1);
    }, wait).unref();
  }

  #condition(): Condition {
    return conditionOf({
      stopped: this.#stopped,
      children: [...this.#children].filter(([, use]) => use !== 'probe').map(([child]) => child),
      failure: this.#health.failure,
      reason: (failure) => endReason(this.name, failure, this.#context.text()),
      wait: this.#health.wait(performance.now()),
      now: Date.now(),
    });
  }

  dropSpare(): boolean {
    clearTimeout(this.#spareTimer);
    this.#spareTimer = undefined;
    this.#context.spares.unqueue(this);
    const spare = this.#spare;
    this.#spare = null;
    if (spare === null) return false;
    this.#starved = true;
    void spare.close();
    return true;
  }

  roomAgain(): void {
    if (!this.#starved || this.#spareTimer !== undefined) return;
    this.#starved = false;
    this.#warm();
  }

  async #endAll(): Promise<void> {
    this.dropSpare();
    this.#starved = false;
    await Promise.all([...this.#children.keys()].map((child) => child.close()));
  }
}

function runsTheSame(a: ProgramSetting, b: ProgramSetting): boolean {
  return whatRuns(a) === whatRuns(b) && a.era === b.era;
}
