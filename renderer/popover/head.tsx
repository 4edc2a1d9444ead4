import { addressOf, lightOf, place } from '../../app/view/index.ts';
import { ask } from '../shared/bridge.ts';
import { CopyButton, Switch } from '../shared/controls.tsx';
import { state, text } from '../shared/store.ts';
import { attempt } from '../shared/tell.ts';

/** What is on, where, and the switch. */
export function Head() {
  const { phase } = state.value;
  const words = text.value.popover;
  const { host, port } = addressOf(state.value);
  const address = place(host, port);
  return (
    <header class="popover-head">
      <div class="popover-title">
        <h1>{words.title}</h1>
        <p class="status-words" id="phase">
          <span class={`light ${lightOf(state.value)}`} aria-hidden="true" />
          <span>{words.states[phase]}</span>
        </p>
      </div>
      <Switch
        label={words.power}
        on={phase === 'on' || phase === 'starting'}
        busy={phase === 'starting' || phase === 'stopping'}
        describedBy="phase"
        onChange={(on) => attempt(() => ask('setOn', on))}
      />
      {phase === 'off' ? (
        <p class="hint popover-address">{words.offHint}</p>
      ) : (
        <p class="popover-address">
          <code>{address}</code>
          <CopyButton quiet label={words.copyAddress} copy={() => ask('copyText', address)} />
        </p>
      )}
    </header>
  );
}
