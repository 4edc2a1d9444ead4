import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ImportButton, Imported } from '../settings/moving.tsx';
import { LoginItemControl } from '../shared/app-rows.tsx';
import { Frame, Switch } from '../shared/controls.tsx';
import { foundServers, useFoundClients } from '../shared/found-clients.ts';
import { LocalNetwork, permission } from '../shared/local-network.tsx';
import { Snippets } from '../shared/snippets.tsx';
import { ask, attempt, phase, state, text } from '../shared/store.ts';

/** Only where other people have an account: loopback is theirs as well. */
function SharedMac() {
  const words = text.value.welcome.shared;
  const people = useSignal(0);
  const { needsToken } = state.value.address;
  useEffect(() => {
    attempt(async () => {
      people.value = await ask('peopleHere');
    });
  }, []);
  if (people.value < 2) return null;
  return (
    <li>
      <div class="step-head">
        <h2>{words.title}</h2>
        <Switch
          label={words.require}
          on={needsToken}
          onChange={(requireToken) => attempt(() => ask('changeSettings', { requireToken }))}
        />
      </div>
      <p class="hint">{words.words(people.value)}</p>
    </li>
  );
}

const step = (isDone: boolean) => ({ class: isDone ? 'done' : '' });

/** The tick of a step, for screen readers. */
function Done({ is }: { readonly is: boolean }) {
  return is ? <span class="voice">{text.value.welcome.stepDone}</span> : null;
}

/** What this is and the first steps, in the order in which they are taken. */
export function Welcome() {
  const words = text.value.welcome;
  useFoundClients();
  const isAllowed = permission.value?.state.kind === 'granted' || permission.value?.state.kind === 'not-needed';
  const isLed = foundServers().some(({ server }) => server.mode !== 'off');
  return (
    <Frame title={words.title}>
      <main class="welcome">
        <h1>{words.title}</h1>
        <p class="lead">{words.lead}</p>
        <ol class="steps">
          <li {...step(phase.value === 'on')}>
            <div class="step-head">
              <h2>
                {words.on.title}
                <Done is={phase.value === 'on'} />
              </h2>
              <Switch
                label={words.on.title}
                on={phase.value === 'on' || phase.value === 'starting'}
                busy={phase.value === 'starting' || phase.value === 'stopping'}
                onChange={(on) => attempt(() => ask('setOn', on))}
              />
            </div>
            <p class="hint">{words.on.words}</p>
          </li>
          <li {...step(isAllowed)}>
            <h2>
              {words.network.title}
              <Done is={isAllowed} />
            </h2>
            <LocalNetwork />
          </li>
          <li {...step(isLed)}>
            <div class="step-head">
              <h2>
                {words.clients.title}
                <Done is={isLed} />
              </h2>
              <button
                type="button"
                class="button"
                onClick={() => attempt(() => ask('openWindow', { window: 'clients', part: null }))}
              >
                {words.clients.open}
              </button>
            </div>
            <p class="hint">{words.clients.words}</p>
            <p class="hint other-way">{words.clients.byHand}</p>
            <Snippets />
          </li>
          <SharedMac />
          <li>
            <div class="step-head">
              <h2>{words.moved.title}</h2>
              <ImportButton />
            </div>
            <p class="hint">{words.moved.words}</p>
            <Imported />
          </li>
          <li>
            <h2>{words.login.title}</h2>
            <LoginItemControl />
          </li>
        </ol>
      </main>
      <footer class="welcome-foot">
        <button type="button" class="button primary" onClick={() => attempt(() => ask('closeWindow'))}>
          {words.done}
        </button>
      </footer>
    </Frame>
  );
}
