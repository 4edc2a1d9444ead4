import type { Pace } from '../../common/options.ts';
import type { Row } from '../../common/results.ts';
import type { Bridge } from '../subjects/bridge.ts';
import type { BridgeSubject } from '../subjects/subject.ts';

/** Column of the server without a bridge. */
export const FLOOR = 'stdio';

export interface Bench {
  /** The floor and all bridges, running for the whole bench. */
  readonly bridges: readonly Bridge[];
  /** How to start a fresh copy of each bridge. */
  readonly subjects: readonly BridgeSubject[];
  readonly pace: Pace;
}

export interface Measure {
  readonly name: string;
  rows(bench: Bench): Promise<readonly Row[]>;
}
