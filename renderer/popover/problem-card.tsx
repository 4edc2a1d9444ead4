import { fixLabel } from '../../app/view/index.ts';
import { ask } from '../shared/bridge.ts';
import { IconButton } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
import { state, text } from '../shared/store.ts';
import { attempt } from '../shared/tell.ts';

/** The last thing that is wrong, in one sentence, and the button that mends it. */
export function ProblemCard() {
  const { problem } = state.value;
  if (problem === null) return null;
  const { weight, sentence, hint, fix } = problem;
  return (
    <section class={`problem ${weight}`} role={weight === 'attention' ? 'alert' : undefined}>
      <Icon name={weight === 'attention' ? 'warning' : 'info'} />
      <div class="problem-words">
        <p>{sentence}</p>
        <p class="hint">{hint}</p>
        {fix !== null && (
          <button type="button" class="button" onClick={() => attempt(() => ask('mend', fix))}>
            {fixLabel(fix, text.value)}
          </button>
        )}
      </div>
      <IconButton
        icon="close"
        label={text.value.windows.dismiss}
        onClick={() => attempt(() => ask('dismissProblem'))}
      />
    </section>
  );
}
