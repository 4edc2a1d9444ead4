import { authority, type VerifyStep } from '../../app/ipc/index.ts';
import { IconButton, Preview } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
import { attempt, say, text } from '../shared/store.ts';
import { stepKey } from './model.ts';
import { type Check, dismiss } from './store.ts';

/** A server checked from end to end, step by step as they come. */
export function VerifyPanel({ check, name }: { readonly check: Check; readonly name: string }) {
  const words = text.value.clientsWindow.verify;
  return (
    <section class="verify" aria-label={words.of(name)} aria-busy={check.isRunning}>
      <ol aria-live="polite">
        {check.steps.map((step) => (
          <Step key={stepKey(step)} step={step} />
        ))}
      </ol>
      <IconButton
        icon="close"
        label={check.isRunning ? text.value.windows.cancel : text.value.windows.close}
        onClick={() => attempt(dismiss)}
      />
    </section>
  );
}

function Step({ step }: { readonly step: VerifyStep }) {
  const words = text.value.clientsWindow.verify;
  return (
    <li class={`verify-step ${step.state}`}>
      <StepMark state={step.state} />
      <div class="verify-words">
        <p>
          <strong>{titleOf(step)}</strong>
          <span class="voice">{words.states[step.state]}</span>
          <Took step={step} />
        </p>
        {step.state === 'running' && step.lastLine !== undefined && step.lastLine !== '' && (
          <p class="hint" aria-live="off">
            <code>{step.lastLine}</code>
          </p>
        )}
        {'sentence' in step && <p class="hint">{say(step.sentence)}</p>}
        {step.state === 'failed' && (
          <>
            <p>
              {say(step.hint)} <code class="trouble-code">{step.code}</code>
            </p>
            {step.stderr.length > 0 && <Preview label={words.lastWords} content={step.stderr.join('\n')} />}
          </>
        )}
        {step.step === 'tools' && step.tools.length > 0 && (
          <details>
            <summary>
              <Icon name="chevron" />
              <span class="hint">{words.tools}</span>
            </summary>
            <ul class="tools">
              {step.tools.map(({ name, description }) => (
                <li key={name}>
                  <code>{name}</code> <span class="hint">{description}</span>
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </li>
  );
}

/** The time of a step; of one under way, which is told each second, only to the eye. */
function Took({ step }: { readonly step: VerifyStep }) {
  const { took, seconds } = text.value.clientsWindow.verify;
  if (!('elapsedMs' in step) || step.elapsedMs === undefined) return null;
  if (step.state !== 'running') return <span class="badge">{took(step.elapsedMs)}</span>;
  return (
    <span class="badge" aria-hidden="true">
      {seconds(Math.round(step.elapsedMs / 1000))}
    </span>
  );
}

function StepMark({ state }: Pick<VerifyStep, 'state'>) {
  switch (state) {
    case 'running':
      return (
        <span class="verify-mark">
          <span class="light starting" aria-hidden="true" />
        </span>
      );
    case 'passed':
      return (
        <span class="verify-mark passed">
          <Icon name="check" />
        </span>
      );
    case 'failed':
      return (
        <span class="verify-mark failed">
          <Icon name="warning" />
        </span>
      );
    case 'skipped':
      return (
        <span class="verify-mark" aria-hidden="true">
          –
        </span>
      );
    default:
      return state satisfies never;
  }
}

function titleOf(step: VerifyStep): string {
  const { steps } = text.value.verify;
  if (step.step !== 'probe') return steps[step.step];
  return step.target === null ? steps.probeNone : steps.probe(authority(step.target.host, step.target.port));
}
