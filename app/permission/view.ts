import type { Attempt } from './probes/attempt.ts';
import type { PermissionState } from './state.ts';

/** What came of the try at the target that a person had named. */
export interface TriedTarget extends Attempt {
  /** `host:port`. */
  readonly target: string;
}

/** The permission as windows show it. */
export interface PermissionView {
  readonly state: PermissionState;
  /** A round of asking is under way. */
  readonly asking: boolean;
  /** Machines that answered in the last round. */
  readonly answers: number;
  /** The last try of the last round; null when no target was named. */
  readonly tried: TriedTarget | null;
  /** The last place near here that could not be reached, as `host:port`; null when there was none. */
  readonly suggested: string | null;
}
