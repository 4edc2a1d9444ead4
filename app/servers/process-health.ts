import type { Log } from '../base/log.ts';
import type { Text } from '../i18n/index.ts';
import { BackOff, FOR_SPARES, SETTLED } from './condition.ts';
import { endReason } from './peer.ts';
import type { ChildEnd } from './process/index.ts';
import type { Exits } from './source.ts';

/** A child that ends sooner than this, in milliseconds, has failed to start. */
const INSTANT = SETTLED;

/** A child that has ended, as far as that says something of its server. */
export interface EndedChild {
  /** Whether it has ever said anything. */
  readonly answered: boolean;
  readonly wasSpare: boolean;
  /** Whether it ended because a younger process of the server had started. */
  readonly isByYounger: () => boolean;
}

/**
 * What the ends of a server's processes say of it: how many there were, why the last one, whether it can be started, and how long
 * it rests until the next start. Times in milliseconds of performance.now().
 */
export class ProcessHealth {
  readonly #name: string;
  readonly #log: Log;
  readonly #text: () => Text;
  readonly #exits: Exits = { asked: 0, exited: 0, killed: 0, notStarted: 0 };
  readonly #backOff = new BackOff();
  /** After spares that ended by themselves, and after starts of our own accord that failed. */
  readonly #spareBackOff = new BackOff(FOR_SPARES);
  readonly #retryBackOff = new BackOff();
  #lastEnd: ChildEnd | null = null;
  #failure: ChildEnd | null = null;

  constructor(name: string, log: Log, text: () => Text) {
    this.#name = name;
    this.#log = log;
    this.#text = text;
  }

  get exits(): Exits {
    return { ...this.#exits };
  }

  /** The last end that was not asked for. */
  get lastEnd(): ChildEnd | null {
    return this.#lastEnd;
  }

  /** The end that shows that it cannot be started; null once a start has succeeded. */
  get failure(): ChildEnd | null {
    return this.#failure;
  }

  /** How long to wait before the next start for a client; 0 when it may start now. */
  wait(now: number): number {
    return this.#backOff.wait(now);
  }

  /** How long to wait before the next start of our own accord. */
  waitForSpare(now: number): number {
    const own = this.#failure === null ? this.#spareBackOff : this.#retryBackOff;
    return Math.max(own.wait(now), this.#backOff.wait(now));
  }

  /** A spare has been of use. */
  spareTaken(): void {
    this.#spareBackOff.succeeded();
  }

  /** A failed server was looked at again, and what keeps it from being started is still there. */
  retryFailed(now: number): void {
    this.#retryBackOff.failed(now);
  }

  /** What was known of the failure counts no more: another definition runs, or it was stopped. */
  forgetFailure(): void {
    this.#failure = null;
  }

  /** A person wants it started now. */
  forgive(): void {
    this.#backOff.succeeded();
    this.#spareBackOff.succeeded();
    this.#retryBackOff.succeeded();
    this.#failure = null;
  }

  /** A probe that ends when it is asked something has answered by that: many servers leave at what they do not know. */
  count(end: ChildEnd, isProbe: boolean): void {
    if (end.asked || (isProbe && end.kind !== 'not-started')) this.#exits.asked++;
    else if (end.kind === 'not-started') this.#exits.notStarted++;
    else this.#exits[end.kind]++;
  }

  /** Takes in how a child has ended that was no probe. */
  judge(end: ChildEnd, { answered, wasSpare, isByYounger }: EndedChild, now: number): void {
    if (end.asked) {
      if (!wasSpare) this.#backOff.succeeded();
      return;
    }
    this.#lastEnd = end;
    this.#logEnd(end);
    // A server that allows one process of itself has not failed because clients take turns.
    if (isByYounger()) return;
    // Without descriptors nothing can be started: no fault of the server's.
    if (!isWantOfDescriptors(end)) {
      const isInstant = end.kind === 'not-started' || end.lived < INSTANT;
      if (wasSpare) {
        // However long it lived: no client has used it, and the next one would live no longer.
        this.#spareBackOff.failed(now);
        if (isInstant) this.#retryBackOff.failed(now);
      } else if (isInstant) {
        this.#backOff.failed(now);
      } else {
        this.#backOff.succeeded();
      }
    }
    // A crash of a server that has answered is no failed start, unless it comes again and again; nor is the end of a spare
    // that had settled.
    const hadStarted = answered || (wasSpare && end.lived >= SETTLED);
    if (!hadStarted || this.#backOff.wait(now) > 0) this.#failure = end;
  }

  /** Its command cannot be run, which was seen before anything asked for it. */
  planFailed(end: ChildEnd): void {
    this.#lastEnd = end;
    this.#logEnd(end);
    this.#failure = end;
  }

  /** A start has succeeded. Whether it had failed before. */
  started(): boolean {
    if (this.#failure === null) return false;
    this.#failure = null;
    this.#retryBackOff.succeeded();
    this.#log.info('The server can be started again');
    return true;
  }

  /** Whether looking at the command shows the failure: no start is needed to know that it is over. */
  get isPlanFault(): boolean {
    const end = this.#failure;
    return end?.kind === 'not-started' && end.fault.kind !== 'refused' && end.fault.kind !== 'too-long';
  }

  /** A command that cannot be run is told of once, however often it is tried. */
  #logEnd(end: ChildEnd): void {
    const reason = (each: ChildEnd) => endReason(this.#name, each, this.#text());
    const known = end.kind === 'not-started' && this.#failure !== null && reason(this.#failure) === reason(end);
    this.#log[known ? 'debug' : 'error'](reason(end));
  }
}

function isWantOfDescriptors(end: ChildEnd): boolean {
  return end.kind === 'not-started' && end.fault.kind === 'refused' && /^E[MN]FILE$/.test(end.fault.code);
}
