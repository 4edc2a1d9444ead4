import type { ProgramSetting } from '../settings/settings.ts';
import type { Child, ChildEnd } from './process/index.ts';
import type { ChildUse } from './source.ts';

/** Milliseconds from a newcomer's start in which it can have ended an older process; longer where starts are slow. */
const WITHIN = 5000;

/** Definitions that are remembered beyond their servers. */
const REMEMBERED = 64;

/** Servers whose newest process ends the older ones, by what they run: a server that is removed and added again is the same. */
export class EndingServers {
  readonly #known = new Set<string>();

  has(setting: ProgramSetting): boolean {
    return this.#known.has(whatRuns(setting));
  }

  add(setting: ProgramSetting): void {
    this.#known.add(whatRuns(setting));
    const [oldest] = this.#known;
    if (this.#known.size > REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
  }
}

export interface CoexistenceContext {
  /** Milliseconds that two processes have to have lived side by side. */
  readonly settled: number;
  /** Whether it runs and was not asked to leave. */
  readonly isAlive: (child: Child) => boolean;
  readonly setting: () => ProgramSetting;
  readonly ending: EndingServers;
  /** Two have lived side by side. */
  readonly allowed: () => void;
  /** It has shown that its newest process ends the older ones; called once. */
  readonly ends: () => void;
}

interface Newcomer {
  readonly child: Child;
  readonly use: ChildUse;
}

/**
 * Whether processes of a server can live side by side. Some servers allow one process of themselves only: the second fails for a
 * lock or a port, or ends the first (browsermcp ends what holds its port). So until two of them, asked for by clients, have once
 * lived side by side, none is started of our own accord beside another; and never again once that has cost a client its process.
 */
export class Coexistence {
  readonly #context: CoexistenceContext;
  #newcomer: Newcomer | null = null;
  #allowsSeveral = false;
  /** Crashes of processes in use that had a newcomer of ours beside them. */
  #crashes = 0;

  constructor(context: CoexistenceContext) {
    this.#context = context;
  }

  get allowsSeveral(): boolean {
    return this.#allowsSeveral && !this.endsOlder;
  }

  get endsOlder(): boolean {
    return this.#context.ending.has(this.#context.setting());
  }

  /** It is another program now. */
  reset(): void {
    this.#allowsSeveral = false;
    this.#newcomer = null;
    this.#crashes = 0;
  }

  /** A process was started beside others. */
  joined(child: Child, use: ChildUse, beside: readonly Child[]): void {
    if (beside.length === 0 || this.endsOlder) return;
    this.#newcomer = { child, use };
    if (!this.#allowsSeveral) this.#watch(child, beside);
  }

  /** A process in use has ended unasked; `startTook` as the server tells it. */
  lost(child: Child, end: ChildEnd, startTook: number | null): void {
    const newcomer = this.#newcomer;
    if (newcomer === null || newcomer.child === child || newcomer.child.age > WITHIN + (startTook ?? 0)) return;
    // A session may also crash by itself: what looks like that is held against a newcomer of ours only, and the second time.
    const isOurs = newcomer.use === 'spare' || newcomer.use === 'probe';
    if (this.endsOlder || !(isEnded(end) || (isOurs && ++this.#crashes > 1))) return;
    this.#newcomer = null;
    this.#context.ending.add(this.#context.setting());
    this.#context.ends();
  }

  /** Whether this end says nothing of the process itself: a younger one of a server that ends the older ones has ended it. */
  isByYounger(child: Child, end: ChildEnd, others: Iterable<Child>): boolean {
    return this.endsOlder && isEnded(end) && [...others].some(({ pid, age }) => pid !== null && age < child.age);
  }

  /** Once both have lived for a while, and the second has said something, the server allows two. */
  #watch(child: Child, beside: readonly Child[]): void {
    const { isAlive, settled, allowed } = this.#context;
    const timer = setTimeout(() => {
      if (this.#allowsSeveral || !isAlive(child)) return;
      const others = beside.filter(isAlive);
      if (others.length === 0) return;
      if (!child.answered) return this.#watch(child, others);
      this.#allowsSeveral = true;
      allowed();
    }, settled);
    timer.unref();
  }
}

/** By a signal, also one that a handler has turned into an exit code, as shells write it, or into an orderly end. */
function isEnded(end: ChildEnd): boolean {
  return end.kind === 'killed' || (end.kind === 'exited' && [0, 129, 130, 137, 143].includes(end.code));
}

export function whatRuns({ command, args, env, cwd }: ProgramSetting): string {
  return JSON.stringify([command, args, Object.entries(env).sort(), cwd]);
}
