import type { FindingId } from '../../i18n/app.ts';
import { type Facts, observedValue } from '../facts.ts';
import { type Action, type ActionName, type Confidence, type Row, type Severity, TABLE } from './rules.ts';
import { type Symptom, symptomsIn } from './symptoms.ts';

/** A cause, before it is put into words. */
export interface Diagnosis {
  readonly id: FindingId;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly action: Action | null;
}

const SEVERITIES: readonly Severity[] = ['problem', 'note', 'ok'];
const CONFIDENCES: readonly Confidence[] = ['certain', 'likely', 'possible'];

/**
 * What these facts mean, the worst and surest first. A problem with the target makes notes on the machine no less worth
 * knowing, so that all rows that fit are told, each finding once.
 */
export function diagnose(facts: Facts, table: readonly Row[] = TABLE): readonly Diagnosis[] {
  const symptoms = symptomsIn(facts);
  const fitting = table.filter((row) => fits(row, symptoms));
  const first = fitting.filter((row, index) => fitting.findIndex(({ finding }) => finding === row.finding) === index);
  return first
    .map(({ finding, severity, confidence, surer = [], action }) => ({
      id: finding,
      severity,
      confidence: surer.some((symptom) => symptoms.has(symptom)) ? ('certain' as const) : confidence,
      action: action === undefined ? null : actionFor(action, facts),
    }))
    .toSorted(
      (one, other) =>
        SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
        CONFIDENCES.indexOf(one.confidence) - CONFIDENCES.indexOf(other.confidence),
    );
}

function fits({ all, none = [] }: Row, symptoms: ReadonlySet<Symptom>): boolean {
  return all.every((symptom) => symptoms.has(symptom)) && !none.some((symptom) => symptoms.has(symptom));
}

/** Null where the facts hold nothing to act on. */
function actionFor(action: ActionName, { platform, question, seen }: Facts): Action | null {
  const isMac = platform === 'darwin';
  switch (action) {
    case 'local-network-pane':
      return isMac ? { kind: 'open-pane', pane: 'local-network' } : null;
    case 'network-extensions-pane':
      return isMac ? { kind: 'open-pane', pane: 'network-extensions' } : null;
    case 'vpn-pane':
      return isMac ? { kind: 'open-pane', pane: 'vpn' } : null;
    case 'ask-permission':
      return { kind: 'ask-permission' };
    case 'turn-on':
      return { kind: 'turn-on' };
    case 'use-port': {
      const gateway = observedValue(seen.gateway);
      return gateway?.kind === 'stranger' ? { kind: 'use-port', port: gateway.free } : null;
    }
    case 'restart-server': {
      const server = observedValue(seen.server);
      return server?.client === null ? { kind: 'restart-server', server: server.name } : null;
    }
    case 'route-server':
      return { kind: 'route-server', server: question.server };
    case 'show-log':
      return { kind: 'show-log' };
    case 'show-copies':
      return { kind: 'show-copies', paths: observedValue(seen.copies) ?? [] };
    default:
      return action satisfies never;
  }
}
