import { setTimeout as wait } from 'node:timers/promises';
import { authorityOf, isPrivateHost, type Target } from '../base/address.ts';
import type { Log } from '../base/log.ts';
import type { Identity, PermissionRecord } from '../base/records.ts';
import type { Attempt, Network } from './probes.ts';
import {
  afterAsking,
  afterSign,
  type Evidence,
  type PermissionView,
  signOf,
  stateOf,
  type TriedTarget,
  verdictOf,
} from './state.ts';

/** The times of a round, in ms. */
interface Patience {
  /** Pauses before the second and each later try: macOS may refuse the first while its question is on the screen. */
  readonly pauses: readonly number[];
  /** How long answers to the multicast question are waited for. */
  readonly browse: number;
  /** The longest that one connection may take. */
  readonly attempt: number;
}

const PATIENCE: Patience = { pauses: [500, 1000, 2000, 5000, 10_000], browse: 20_000, attempt: 4000 };

/** One of the types in NSBonjourServices: macOS refuses every other without asking the person. */
const SERVICE = '_http._tcp';
/** Parts of the time to browse at which the question is put: at once, and again ever later (RFC 6762 section 5.2). */
const ASK_AT = [0, 0.05, 0.15, 0.35, 0.6, 0.9];

interface RoundOptions {
  readonly network: Network;
  readonly target: Target | null;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  readonly seen: (evidence: Evidence) => void;
  /** How each try at the target ended. */
  readonly tried: (attempt: Attempt) => void;
}

/**
 * Uses the local network in the three ways that make macOS ask: UDP sockets to addresses without a machine, a multicast question, a
 * connection to the target the person named. Resolves when all is closed: as soon as another machine was heard, otherwise after
 * the last pause.
 */
async function round({ network, target, patience, signal, seen, tried }: RoundOptions): Promise<void> {
  const heard = new AbortController();
  const end = AbortSignal.any([signal, heard.signal]);
  const report = (evidence: Evidence): void => {
    if (signal.aborted) return;
    seen(evidence);
    if (signOf(evidence) === 'granted') heard.abort();
  };
  const addresses = network.addresses();
  const interfaces = [...new Set(addresses.map((one) => one.interface))];
  const touchAll = async (): Promise<void> => {
    await Promise.all(interfaces.map(async (name) => report(await network.touch(name, signal))));
  };
  await Promise.all([browse(), touchAndTry()]);

  async function browse(): Promise<void> {
    const over = AbortSignal.any([end, AbortSignal.timeout(patience.browse)]);
    const askAt = ASK_AT.map((part) => part * patience.browse);
    await network.browse({ service: SERVICE, addresses, askAt, signal: over, seen: report });
  }

  async function touchAndTry(): Promise<void> {
    for (const pause of [0, ...patience.pauses]) {
      if (pause > 0) await wait(pause, undefined, { signal: end }).catch(ignoreAbort);
      // What a person named is tried once at least: its result is shown to the person.
      if (signal.aborted || (end.aborted && (target === null || pause > 0))) return;
      await Promise.all([touchAll(), tryTarget()]);
    }
  }

  async function tryTarget(): Promise<void> {
    if (target === null) return;
    const result = await network.attempt(target, patience.attempt, signal);
    if (signal.aborted) return;
    tried(result);
    report({ kind: 'attempt', ...result });
  }
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
}

/** A connection of the proxy that failed. */
export interface ObservedFailure {
  /** Null for a request that named no target. */
  readonly target: Target | null;
  /** This machine itself refused a connection to a neighbour, before anything was sent. */
  readonly deniedHere?: true;
}

/** Where the record outlives the app. */
export interface PermissionMemory {
  read(): PermissionRecord | null;
  /** Throws when it cannot be written. */
  write(record: PermissionRecord | null): void;
}

export interface PermissionOptions {
  readonly platform: NodeJS.Platform;
  readonly identity: Identity;
  readonly memory: PermissionMemory;
  readonly network: Network;
  readonly log: Log;
  /** Puts the app in front for as long as the work takes: macOS shows its question only then. */
  readonly inFront: <Result>(work: () => Promise<Result>) => Promise<Result>;
  readonly patience?: Patience;
}

/**
 * The permission for the local network, as far as it can be known. macOS has no call to read or request it: it asks the person
 * when the network is used, so this uses it on purpose, at a click of the person, and reads the signs.
 */
export class Permission {
  readonly #options: PermissionOptions;
  readonly #listeners = new Set<(view: PermissionView) => void>();
  #record: PermissionRecord | null;
  #asking: { readonly controller: AbortController; readonly over: Promise<PermissionView> } | null = null;
  #answers: ReadonlySet<string> = new Set();
  #tried: TriedTarget | null = null;
  #suggested: string | null = null;
  /** The newest failure that was read: known by its identity, as the time of day may be set back. */
  #lastFailure: ObservedFailure | null = null;

  constructor(options: PermissionOptions) {
    this.#options = options;
    this.#record = options.memory.read();
  }

  view(): PermissionView {
    const { identity, platform } = this.#options;
    return {
      state: stateOf(this.#record, identity, platform),
      asking: this.#asking !== null,
      answers: this.#answers.size,
      tried: this.#tried,
      suggested: this.#suggested,
    };
  }

  /** Returns the unsubscribe. */
  subscribe(listener: (view: PermissionView) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /**
   * Uses the local network so that macOS asks, and resolves with what has come of it, after half a minute at most. Only for the click
   * of a person. A round that is under way is the answer to a second click; on a system without the permission, nothing is done.
   */
  ask(target: Target | null): Promise<PermissionView> {
    if (this.#options.platform !== 'darwin') return Promise.resolve(this.view());
    this.#asking ??= this.#begin(target);
    return this.#asking.over;
  }

  /** Ends a round that is under way; refusals seen so far do not count. */
  cancel(): void {
    this.#asking?.controller.abort();
  }

  /** Reads the signs in what the proxy meets on its way. `direct`: no upstream proxy stands between. */
  observe(failures: readonly ObservedFailure[], opened: readonly { readonly target: Target }[], direct: boolean): void {
    const fresh = failures.slice(this.#lastFailure === null ? 0 : failures.lastIndexOf(this.#lastFailure) + 1);
    const near = fresh.findLast(({ target }) => target !== null && isPrivateHost(target.host));
    const before = this.#record;
    if (near?.target) this.#suggested = authorityOf(near.target);
    this.#lastFailure = failures.at(-1) ?? this.#lastFailure;
    // Whether an address is near reads the interfaces: not to be done for every tunnel.
    const { network, platform } = this.#options;
    const isOpen = platform === 'darwin' && this.view().state.kind !== 'granted';
    if (isOpen && direct && opened.some(({ target }) => network.isNear(target.host))) this.#take('granted');
    if (fresh.some(({ deniedHere }) => deniedHere === true)) this.#take('denied');
    if (near !== undefined || this.#record !== before) this.#tell();
  }

  #begin(target: Target | null): { readonly controller: AbortController; readonly over: Promise<PermissionView> } {
    const controller = new AbortController();
    this.#answers = new Set();
    this.#tried = null;
    const over = Promise.resolve().then(() => this.#round(target, controller.signal));
    return { controller, over };
  }

  async #round(target: Target | null, signal: AbortSignal): Promise<PermissionView> {
    const { network, inFront, patience = PATIENCE, log } = this.#options;
    const evidence: Evidence[] = [];
    log.info('Asking for the local network', target === null ? {} : { target: authorityOf(target) });
    this.#tell();
    try {
      await inFront(() =>
        round({
          network,
          target,
          patience,
          signal,
          seen: (one) => {
            evidence.push(one);
            if (one.kind === 'answer') this.#answers = new Set([...this.#answers, one.from]);
            // A grant need not wait for the end of the round.
            if (verdictOf(evidence) === 'granted') this.#take('granted');
            this.#tell();
          },
          tried: (attempt) => {
            this.#tried = target === null ? null : { ...attempt, target: authorityOf(target) };
          },
        }),
      );
    } finally {
      this.#conclude(evidence, signal.aborted);
    }
    return this.view();
  }

  #conclude(evidence: readonly Evidence[], calledOff: boolean): void {
    const { identity, log } = this.#options;
    const seen = verdictOf(evidence);
    // Refusals count at the end only: macOS may still have its question on the screen.
    const verdict = calledOff && seen === 'denied' ? 'none' : seen;
    const refusals = evidence.filter((one) => 'errno' in one && one.errno === 'EHOSTUNREACH').length;
    log.info('Asked for the local network', { verdict, answers: this.#answers.size, refusals });
    this.#asking = null;
    this.#keep(afterAsking(this.#record, verdict, identity, Date.now()));
    this.#tell();
  }

  #take(sign: 'granted' | 'denied'): void {
    const { identity, platform } = this.#options;
    if (platform !== 'darwin') return;
    const known = stateOf(this.#record, identity, platform).kind;
    if (known === sign || (sign === 'denied' && known !== 'granted')) return;
    this.#keep(afterSign(this.#record, sign, identity, Date.now()));
  }

  #keep(record: PermissionRecord | null): void {
    this.#record = record;
    try {
      this.#options.memory.write(record);
    } catch (error) {
      // The record holds until the app quits; the next round restores it.
      this.#options.log.warn(`What is known of the permission could not be saved: ${String(error)}`);
    }
  }

  #tell(): void {
    const view = this.view();
    for (const listener of this.#listeners) listener(view);
  }
}
