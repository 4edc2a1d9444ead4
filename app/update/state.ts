import type { FailureReason } from './failure.ts';
import type { Place } from './installation.ts';
import type { NoteLine } from './notes.ts';

/** A version that can be had. */
export interface Release {
  readonly version: string;
  /** What is new in it; empty when the feed does not say. */
  readonly notes: readonly NoteLine[];
}

/** How far an update is. */
export type UpdateState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'checking' }
  | { readonly kind: 'available'; readonly release: Release }
  | { readonly kind: 'downloading'; readonly release: Release; readonly percent: number }
  /** Put in place when the app quits. */
  | { readonly kind: 'ready'; readonly release: Release }
  | { readonly kind: 'installing'; readonly release: Release }
  /** Another program has put a newer version where the running one came from. */
  | { readonly kind: 'replaced'; readonly version: string };

/** What was tried, and why it failed. */
export interface UpdateFailure {
  readonly during: 'check' | 'download' | 'install';
  readonly reason: FailureReason;
  /** The error in one line, for people who help. */
  readonly detail: string;
  /** Whether a person had asked for it. */
  readonly asked: boolean;
}

/** What windows and the menu show of updates. */
export interface UpdateView {
  /** The version that runs. */
  readonly running: string;
  /** Whether this copy can look for newer versions at all. */
  readonly hasFeed: boolean;
  /** Whether there is a page where a person finds every version. */
  readonly hasPage: boolean;
  readonly state: UpdateState;
  readonly place: Place;
  /** When the feed last answered, in milliseconds since the epoch. */
  readonly checkedAt: number | null;
  readonly failure: UpdateFailure | null;
  /** Whether the person does not want to read of the available version any more. */
  readonly isDismissed: boolean;
}

/** What a person can do about updates. */
export type UpdateAction = 'check' | 'download' | 'cancel' | 'install' | 'dismiss';
