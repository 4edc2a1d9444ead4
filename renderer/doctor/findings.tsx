import type { AppText } from '../../app/i18n/app.ts';
import type { DoctorOutcome } from '../../app/ipc/index.ts';
import { ask } from '../shared/bridge.ts';
import { Icon, type IconName } from '../shared/icon.tsx';
import { text } from '../shared/store.ts';
import { attempt } from '../shared/tell.ts';

type Finding = Extract<DoctorOutcome, { kind: 'report' }>['findings'][number];

/** A shape for each severity: colour alone tells nothing to many. */
const ICONS: Readonly<Record<Finding['severity'], IconName>> = { problem: 'warning', note: 'info', ok: 'check' };

/** What was found, the worst first: what, why, what to do, and the button that does it. */
export function Findings({ findings, summary }: { readonly findings: readonly Finding[]; readonly summary: string }) {
  const words = text.value.doctor;
  return (
    <section class="findings" aria-label={words.window.findings}>
      <div role="status">
        <h1>{summary}</h1>
      </div>
      <ul>
        {findings.map((finding) => (
          <li key={finding.id} class={`finding ${finding.severity}`}>
            <Icon name={ICONS[finding.severity]} />
            <FindingWords finding={finding} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function FindingWords({ finding }: { readonly finding: Finding }) {
  const { id, severity, confidence, what, why, steps, action } = finding;
  const words = text.value.doctor;
  return (
    <div class="finding-words">
      <h2>
        <span class="voice">{words.severities[severity]}: </span>
        {what}
      </h2>
      <p class="hint">
        {why}
        {severity === 'problem' && confidence !== 'certain' && (
          <span class="badge confidence">{words.confidences[confidence]}</span>
        )}
      </p>
      {steps.length === 1 && <p class="finding-step">{steps[0]}</p>}
      {steps.length > 1 && (
        <ol>
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      )}
      {action !== null && (
        <button type="button" class="button" onClick={() => attempt(() => ask('actOnFinding', id))}>
          {labelOf(action, text.value)}
        </button>
      )}
    </div>
  );
}

function labelOf(action: NonNullable<Finding['action']>, { doctor: { actions } }: AppText): string {
  switch (action.kind) {
    case 'open-pane':
      return actions[action.pane];
    case 'use-port':
      return actions.usePort(action.port);
    case 'restart-server':
      return actions.restartServer(action.server);
    case 'ask-permission':
    case 'turn-on':
    case 'route-server':
    case 'show-log':
    case 'show-copies':
      return actions[action.kind];
    default:
      return action satisfies never;
  }
}
