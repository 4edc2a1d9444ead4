import type { Log } from '../base/log.ts';
import type { UpdateRecord } from '../base/records.ts';
import { type Installation, isNewer, isPrerelease } from './installation.ts';
import {
  detailOf,
  type Release,
  reasonOf,
  type UpdateAction,
  UpdateError,
  type UpdateFailure,
  type UpdateState,
  type UpdateView,
} from './state.ts';

/** Where versions come from, and what puts them in place. */
export interface UpdateSource {
  /** The newest version that suits this machine; null when that is the running one. Rejects when the signal aborts, or soon after. */
  latest(signal: AbortSignal): Promise<Release | null>;
  /**
   * Fetches the version that `latest` told of last, checks it, and has the system take it over: from then on it is put in place when
   * the app quits. `progress` is told the percentage.
   */
  download(signal: AbortSignal, progress: (percent: number) => void): Promise<void>;
  /** Tells of what fails after a download: the system checks the signature in its own time. */
  onFailure(listener: (error: unknown) => void): void;
  /** Removes what earlier updates have left on the disk. */
  cleanUp(): Promise<void>;
}

/** The time of day, for "once a day", and timers. */
export interface UpdateClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs something after so many milliseconds unless the returned function is called before. */
  after(milliseconds: number, run: () => void): () => void;
}

export interface UpdateMemory {
  read(): UpdateRecord;
  /** Throws when it cannot be written. */
  write(record: UpdateRecord): void;
}

export interface UpdatesOptions {
  /** The version that runs. */
  readonly running: string;
  /** Null for a copy that was built without a feed, and where the environment forbids to look. */
  readonly source: UpdateSource | null;
  /** Whether there is a page where a person finds every version. */
  readonly hasPage: boolean;
  /** Never rejects. */
  readonly installation: () => Promise<Installation>;
  readonly memory: UpdateMemory;
  /** Whether to look without being asked. */
  readonly isAutomatic: () => boolean;
  /** Ends everything, then puts the downloaded version in place and starts it. Rejects when the system refuses. */
  readonly install: () => Promise<void>;
  /** Ends everything and starts the version that the disk has. */
  readonly relaunch: () => Promise<void>;
  /** Tells the person of a version that was found without being asked for, once. */
  readonly announce: (release: Release) => void;
  /** From 0 to 1: how far the first look is put off, so that machines that start together do not ask together. */
  readonly random?: () => number;
  readonly clock: UpdateClock;
  readonly log: Log;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** After a start, and up to ten minutes more: a login has other things to do. In milliseconds. */
export const FIRST_LOOK_MS = 5 * MINUTE;
/** Between two looks at the disk and at the calendar, in milliseconds. */
export const LOOK_MS = HOUR;
/** For a whole check. electron-updater 6.8.10 has no limit of its own in Electron, and gives every later check the same answer. */
export const CHECK_MS = 30_000;
/** Without a byte of a download, or a word of the system that unpacks it and checks its signature. */
export const SILENCE_MS = 3 * MINUTE;

/** When the policy may check, download and install. One thing at a time; the state is told to every listener. */
export class Updates {
  readonly #options: UpdatesOptions;
  readonly #listeners = new Set<(view: UpdateView) => void>();
  #record: UpdateRecord;
  #state: UpdateState = { kind: 'idle' };
  #offer: Release | null = null;
  #place: UpdateView['place'] = 'replaceable';
  #failure: UpdateFailure | null = null;
  /** Checks that have failed in a row, and when the last one did. */
  #failed = { times: 0, at: 0 };
  #download: AbortController | null = null;
  #checking: Promise<void> | null = null;
  #isAsked = false;

  constructor(options: UpdatesOptions) {
    this.#options = options;
    this.#record = options.memory.read();
    options.source?.onFailure((error) => this.#failedLater(error));
  }

  view(): UpdateView {
    const { running, source, hasPage } = this.#options;
    const { checkedAt, dismissed } = this.#record;
    return {
      running,
      hasFeed: source !== null,
      hasPage,
      state: this.#state,
      place: this.#place,
      checkedAt,
      failure: this.#failure,
      isDismissed: this.#offer !== null && this.#offer.version === dismissed,
    };
  }

  /** Returns the unsubscribe. */
  subscribe(listener: (view: UpdateView) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Begins to look at the disk and, if that is wanted, at the feed. */
  start(): void {
    const { clock, random = Math.random, source } = this.#options;
    const look = (): void => {
      clock.after(LOOK_MS, look);
      void this.look();
      if (this.#isDue()) void this.check(false);
    };
    clock.after(FIRST_LOOK_MS + Math.round(random() * 10 * MINUTE), look);
    void this.look();
    if (source !== null) this.#cleanUp(source);
  }

  /** Reads again where the app lies and which version is there: another program may have replaced it. */
  async look(): Promise<void> {
    const { installation, running, log } = this.#options;
    const { place, version } = await installation();
    if (place !== this.#place) {
      this.#place = place;
      this.#tell();
    }
    const isBusy = this.#state.kind === 'downloading' || this.#state.kind === 'installing';
    if (version === null || isBusy || !isNewer(version, running)) return;
    if (this.#state.kind === 'replaced' && this.#state.version === version) return;
    log.info('A newer version lies on the disk; this one runs until the app is started anew', { version });
    this.#enter({ kind: 'replaced', version });
  }

  /** Does what a person has clicked. What makes no sense in the state of the moment is not done. */
  async act(action: UpdateAction): Promise<void> {
    switch (action) {
      case 'check':
        return this.check(true);
      case 'download':
        return this.#fetch();
      case 'cancel':
        this.#download?.abort(new UpdateError('interrupted', 'It was stopped'));
        return;
      case 'install':
        return this.#install();
      case 'dismiss':
        return this.#dismiss();
      default:
        action satisfies never;
    }
  }

  /** Looks at the feed. A check under way is the answer to a second one. `asked`: a person waits for it, and is told how it ended. */
  check(asked: boolean): Promise<void> {
    const { source } = this.#options;
    const { kind } = this.#state;
    if (source === null || (kind !== 'idle' && kind !== 'available' && kind !== 'checking')) return Promise.resolve();
    this.#isAsked ||= asked;
    this.#checking ??= this.#check(source).finally(() => {
      this.#checking = null;
      this.#isAsked = false;
    });
    return this.#checking;
  }

  async #check(source: UpdateSource): Promise<void> {
    const { clock, log } = this.#options;
    this.#failure = null;
    this.#enter({ kind: 'checking' });
    const abort = new AbortController();
    const late = clock.after(CHECK_MS, () =>
      abort.abort(new UpdateError('timeout', `No answer within ${CHECK_MS / 1000} s`)),
    );
    try {
      const release = await orAborted(source.latest(abort.signal), abort.signal);
      this.#failed = { times: 0, at: 0 };
      this.#remember({ checkedAt: clock.now() });
      this.#offer = this.#judged(release);
      // Who asks is told, also of what was declined before.
      if (this.#isAsked && this.#record.dismissed !== null) this.#remember({ dismissed: null });
      if (this.#offer === null) this.#cleanUp(source);
      else if (!this.#isAsked) this.#announce(this.#offer);
    } catch (error) {
      this.#failed = { times: this.#failed.times + 1, at: clock.now() };
      this.#failure = { during: 'check', reason: reasonOf(error), detail: detailOf(error), asked: this.#isAsked };
      log.info(`The check for a newer version failed: ${detailOf(error)}`, { reason: reasonOf(error) });
    } finally {
      late();
      if (this.#state.kind === 'checking') this.#rest();
    }
  }

  /** Feeds other than GitHub's offer what is for testers to all, and any feed may be set back. */
  #judged(release: Release | null): Release | null {
    const { running, log } = this.#options;
    if (release === null) return null;
    const { version } = release;
    if (!isNewer(version, running) || (isPrerelease(version) && !isPrerelease(running))) {
      log.info('The feed offers a version that is not taken', { version });
      return null;
    }
    log.info('There is a newer version', { version });
    return release;
  }

  #announce(release: Release): void {
    if (this.#record.told === release.version) return;
    this.#remember({ told: release.version });
    this.#options.announce(release);
  }

  async #fetch(): Promise<void> {
    const { source, clock, log } = this.#options;
    const state = this.#state;
    if (source === null || state.kind !== 'available') return;
    await this.look();
    if (this.#state !== state || this.#place !== 'replaceable') return;
    const { release } = state;
    const abort = new AbortController();
    this.#download = abort;
    this.#failure = null;
    let late = (): void => undefined;
    const wait = (): void => {
      late();
      const silent = new UpdateError('timeout', `Nothing came for ${SILENCE_MS / MINUTE} minutes`);
      late = clock.after(SILENCE_MS, () => abort.abort(silent));
    };
    const progress = (percent: number): void => {
      wait();
      const whole = Math.max(0, Math.min(100, Math.floor(percent)));
      if (this.#state.kind === 'downloading' && this.#state.percent !== whole) {
        this.#enter({ kind: 'downloading', release, percent: whole });
      }
    };
    log.info('A newer version is downloaded', { version: release.version });
    this.#enter({ kind: 'downloading', release, percent: 0 });
    wait();
    try {
      await orAborted(source.download(abort.signal, progress), abort.signal);
      log.info('The newer version is put in place when the app quits', { version: release.version });
      this.#enter({ kind: 'ready', release });
    } catch (error) {
      const isStopped = error instanceof UpdateError && error.reason === 'interrupted';
      if (!isStopped) {
        this.#failure = { during: 'download', reason: reasonOf(error), detail: detailOf(error), asked: true };
        this.#warn('The newer version could not be downloaded', error);
      }
      this.#rest();
    } finally {
      late();
      this.#download = null;
    }
  }

  async #install(): Promise<void> {
    const { install, relaunch, log } = this.#options;
    const state = this.#state;
    if (state.kind === 'replaced') return relaunch();
    if (state.kind !== 'ready') return;
    log.info('The app ends for its newer version', { version: state.release.version });
    this.#enter({ kind: 'installing', release: state.release });
    try {
      await install();
    } catch (error) {
      this.#failedLater(error);
    }
  }

  #dismiss(): void {
    if (this.#failure !== null) this.#failure = null;
    else if (this.#state.kind === 'available') this.#remember({ dismissed: this.#state.release.version });
    this.#tell();
  }

  /** The system did not take over what was downloaded. */
  #failedLater(error: unknown): void {
    const { kind } = this.#state;
    if (kind !== 'ready' && kind !== 'installing') return;
    this.#failure = { during: 'install', reason: reasonOf(error), detail: detailOf(error), asked: true };
    this.#warn('The newer version could not be put in place', error);
    this.#rest();
  }

  #cleanUp(source: UpdateSource): void {
    source.cleanUp().catch((error: unknown) => this.#warn('The cache of updates could not be cleaned', error));
  }

  #isDue(): boolean {
    const { isAutomatic, clock } = this.#options;
    if (!isAutomatic()) return false;
    const now = clock.now();
    const { times, at } = this.#failed;
    if (times > 0) return now < at || now - at >= Math.min(DAY, LOOK_MS * 2 ** (times - 1));
    const { checkedAt } = this.#record;
    // A clock that was set back must not silence the checks until it has caught up.
    return checkedAt === null || now < checkedAt || now - checkedAt >= DAY;
  }

  #rest(): void {
    this.#enter(this.#offer === null ? { kind: 'idle' } : { kind: 'available', release: this.#offer });
  }

  #enter(state: UpdateState): void {
    this.#state = state;
    this.#tell();
  }

  #remember(patch: Partial<UpdateRecord>): void {
    this.#record = { ...this.#record, ...patch };
    try {
      this.#options.memory.write(this.#record);
    } catch (error) {
      // It holds until the app quits; at worst a version is told of twice.
      this.#warn('What is known of updates could not be saved', error);
    }
  }

  #warn(what: string, error: unknown): void {
    this.#options.log.warn(`${what}: ${detailOf(error)}`, { reason: reasonOf(error) });
  }

  #tell(): void {
    const view = this.view();
    for (const listener of this.#listeners) listener(view);
  }
}

/** Settles when the work does, and rejects with the reason of the signal when that comes first, whatever the work does then. */
function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
