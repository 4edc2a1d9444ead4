import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { addressOf, authority, fixLabel, lightOf, statusLine } from '../../app/ipc/index.ts';
import { CopyButton, Frame, IconButton, Switch } from '../shared/controls.tsx';
import { load, useFoundClients } from '../shared/found-clients.ts';
import { Icon } from '../shared/icon.tsx';
import { Snippets } from '../shared/snippets.tsx';
import { ask, attempt, bridge, now, state, text } from '../shared/store.ts';
import { ClientServers } from './client-servers.tsx';
import { OffNote } from './off-note.tsx';
import { Servers } from './servers.tsx';
import { Traffic } from './traffic.tsx';
import { Tunnels } from './tunnels.tsx';
import { UpdateCard } from './update-card.tsx';

/** The current problem in one sentence, and the button that fixes it. */
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
          <button type="button" class="button" onClick={() => attempt(() => ask('applyFix', fix))}>
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

/** What is on, where, and the switch. */
export function Head() {
  const { phase } = state.value;
  const words = text.value.popover;
  const { host, port } = addressOf(state.value);
  const address = authority(host, port);
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
        <OffNote />
      ) : (
        <p class="popover-address">
          <code>{address}</code>
          <CopyButton quiet label={words.copyAddress} copy={() => ask('copyText', address)} />
        </p>
      )}
    </header>
  );
}

export function Popover() {
  const words = text.value.popover;
  const isSeen = useSignal(document.hasFocus());
  useFoundClients(!isSeen.value);
  useEffect(
    () =>
      bridge.onShown(() => {
        if (isSeen.value) attempt(load);
        isSeen.value = true;
      }),
    [isSeen],
  );
  useEffect(() => {
    window.addEventListener('keydown', leaveByKey);
    return () => window.removeEventListener('keydown', leaveByKey);
  }, []);
  return (
    <Frame title={statusLine(state.value, text.value, now.value)}>
      <Head />
      <main class="popover-body">
        <ProblemCard />
        <UpdateCard />
        <ClientServers />
        <Servers />
        {state.value.phase === 'on' && (
          <>
            <Tunnels />
            <Traffic />
          </>
        )}
      </main>
      <Snippets />
      <footer class="popover-foot">
        <button
          type="button"
          class="button quiet"
          onClick={() => attempt(() => ask('openWindow', { window: 'settings', part: null }))}
        >
          <Icon name="gear" />
          {words.settings}
        </button>
        <button
          type="button"
          class="button quiet"
          onClick={() => attempt(() => ask('openWindow', { window: 'logs', part: null }))}
        >
          <Icon name="log" />
          {words.logs}
        </button>
        <span class="spring" />
        <button type="button" class="button quiet" onClick={() => attempt(() => ask('quit'))}>
          <Icon name="power" />
          {words.quit}
        </button>
      </footer>
    </Frame>
  );
}

/** The window cannot be closed, so the keys that close windows hide it. */
function leaveByKey(event: KeyboardEvent): void {
  if (event.key !== 'Escape' && !(event.key === 'w' && event.metaKey)) return;
  event.preventDefault();
  attempt(() => ask('hidePopover'));
}
