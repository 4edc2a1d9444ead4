import type { FindingId } from '../../i18n/app.ts';
import type { Symptom } from './symptoms.ts';

/** The one thing that we can do about a finding ourselves. */
export type Action =
  | { readonly kind: 'open-pane'; readonly pane: Pane }
  | { readonly kind: 'ask-permission' }
  | { readonly kind: 'turn-on' }
  | { readonly kind: 'use-port'; readonly port: number }
  | { readonly kind: 'restart-server'; readonly server: string }
  /** Leads the server's traffic through Gangway, or lets Gangway run it. */
  | { readonly kind: 'route-server'; readonly server: string | null }
  | { readonly kind: 'show-log' }
  | { readonly kind: 'show-copies'; readonly paths: readonly string[] };

/** A pane of System Settings. */
export type Pane = 'local-network' | 'network-extensions' | 'vpn';

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
  readonly all: readonly Symptom[];
  readonly none?: readonly Symptom[];
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Any of these makes it certain. */
  readonly surer?: readonly Symptom[];
  readonly offer?: Offer;
}
