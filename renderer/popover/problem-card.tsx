import type { Fix } from '../../app/ipc/index.ts';
import type { Text } from '../../app/text/index.ts';
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
            {labelOf(fix, text.value)}
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

function labelOf(fix: Fix, { menu, permission }: Text): string {
  switch (fix.kind) {
    case 'use-port':
      return menu.usePort(fix.port);
    case 'restart-server':
      return menu.restartServer(fix.server);
    case 'show-log':
      return menu.showLog;
    case 'open-settings':
      return menu.settings;
    case 'allow-local-network':
      return permission.fix;
    case 'doctor':
      return menu.findOut;
    default:
      return fix satisfies never;
  }
}
