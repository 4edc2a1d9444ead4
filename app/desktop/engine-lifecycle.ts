import type { Log } from '../base/log.ts';
import {
  type AnswerMemory,
  type Delta,
  Engine,
  type EngineState,
  type GroupRecord,
  type KnownLists,
  type Pins,
  type SignInStore,
  type ToolApprovals,
} from '../engine/index.ts';
import type { Recorder } from '../inspect/index.ts';
import { authority, type Phase } from '../ipc/index.ts';
import type { Settings } from '../settings/index.ts';

export interface EngineLifecycleOptions {
  readonly log: Log;
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
  readonly lists?: KnownLists | undefined;
  readonly approvals?: ToolApprovals | undefined;
  /** A token that lets this process in to its own port. */
  readonly own: string;
  /** Remembers what passes, whether the engine is on or was. */
  readonly recorder: Recorder;
  readonly entered: (phase: Phase) => void;
  readonly moved: (delta: Delta<EngineState>) => void;
}

/** Hears why the port cannot be opened before the phase falls back to `off`, so that both can be shown at once. */
export type Failed = (error: unknown) => Promise<void>;

/** Why other settings cannot be had, and whether those from before hold again; if not, the engine is off. */
export interface RejectedChange {
  readonly error: unknown;
  readonly restored: boolean;
}

/** The engine while there is one, and how far it is from open. Its user sees to it that one thing is done at a time. */
export class EngineLifecycle {
  readonly #options: EngineLifecycleOptions;
  #engine: Engine | null = null;
  #unsubscribe: () => void = () => undefined;
  #phase: Phase = 'off';

  constructor(options: EngineLifecycleOptions) {
    this.#options = options;
  }

  /** Null unless it has started. */
  get engine(): Engine | null {
    return this.#engine;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Starts an engine if there is none. */
  async open(settings: Settings, failed: Failed): Promise<void> {
    if (this.#engine !== null) return;
    const { log, searchPath, groups, signIns, answers, pins, lists, approvals } = this.#options;
    const { lookupSlots, own, recorder, moved } = this.#options;
    const slots = lookupSlots === undefined ? {} : { lookupSlots };
    const kept = { groups, signIns, answers, pins, lists, approvals };
    const engine = new Engine({ settings, log, searchPath, ...kept, own, recorder, ...slots });
    this.#enter('starting');
    try {
      const listening = await engine.start();
      this.#engine = engine;
      this.#unsubscribe = engine.subscribe(moved);
      log.info(`listening on ${listening.map(({ host, port }) => authority(host, port)).join(', ')}`);
      this.#enter('on');
    } catch (error) {
      // Servers may have been started already: they must not wait for a port that will not come.
      await engine.stop();
      await failed(error);
      this.#enter('off');
    }
  }

  async close(): Promise<void> {
    const engine = this.#engine;
    if (engine === null) return;
    this.#enter('stopping');
    await engine.stop();
    this.#unsubscribe();
    this.#engine = null;
    this.#options.log.info('stopped');
    this.#enter('off');
  }

  /**
   * Other settings, live; null when they hold. If they cannot be had, those from before are brought back, by a new start if
   * need be; `failed` hears why not even that could be done.
   */
  async apply(wanted: Settings, before: Settings, failed: Failed): Promise<RejectedChange | null> {
    try {
      await this.#engine?.apply(wanted);
      return null;
    } catch (error) {
      return { error, restored: await this.#restore(before, failed) };
    }
  }

  async #restore(settings: Settings, failed: Failed): Promise<boolean> {
    try {
      await this.#engine?.apply(settings);
    } catch (error) {
      this.#options.log.warn('The settings from before cannot be brought back; everything is opened anew', {
        error: String(error),
      });
      await this.close();
      await this.open(settings, failed);
    }
    return this.#phase === 'on';
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#options.entered(phase);
  }
}
