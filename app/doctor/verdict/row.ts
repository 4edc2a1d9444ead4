import type { FindingId } from '../../text/app/index.ts';
import type { Sign } from './signs.ts';

export type Severity = 'ok' | 'note' | 'problem';

/** How much a row's signs prove. */
export type Confidence = 'certain' | 'likely' | 'possible';

/** Which action a row offers; what it acts on is taken from the facts. */
export type Offer =
  | 'local-network-pane'
  | 'network-extensions-pane'
  | 'vpn-pane'
  | 'ask-permission'
  | 'turn-on'
  | 'use-port'
  | 'restart-server'
  | 'route-server'
  | 'show-log'
  | 'show-copies';

/** One row of the decision table: if all these signs are there, and none of those, it is this. */
export interface Row {
  readonly finding: FindingId;
  readonly all: readonly Sign[];
  readonly none?: readonly Sign[];
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Any of these makes it certain. */
  readonly surer?: readonly Sign[];
  readonly offer?: Offer;
}
