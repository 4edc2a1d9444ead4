import type { LogFields, LogLevel } from '../log/log.ts';
import type { Fault } from '../schema/index.ts';
import type { SettingFault } from '../settings/index.ts';
import type { Problem } from './state.ts';

/** What became of a change. Nothing has changed unless it is `ok`. */
export type ChangeOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly faults: readonly (Fault | SettingFault)[]; readonly problem: Problem | null };

/** What the system says about opening the app at login; `unavailable` when run from its sources. */
export type LoginItem = 'enabled' | 'not-registered' | 'requires-approval' | 'not-found' | 'unavailable';

/** A piece of configuration ready to be pasted into a client. */
export interface Snippet {
  readonly id: string;
  /** The client's own name. */
  readonly client: string;
  /** Which of its ways this is; empty when there is only one. */
  readonly form: string;
  /** Where it goes: a file, a window, a shell. */
  readonly where: string;
  readonly text: string;
}

export interface LogLine {
  /** Numbers have no gaps: where one is missing, lines were dropped. */
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly level: LogLevel;
  readonly source: string;
  readonly message: string;
  readonly fields: LogFields;
}

export interface LogPage {
  readonly lines: readonly LogLine[];
}

/** A window, and the part of it to show. */
export interface WindowPlace {
  readonly window: 'settings' | 'logs' | 'welcome';
  readonly part: string | null;
}
