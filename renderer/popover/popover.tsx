import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import {
  addressOf,
  age,
  authority,
  bytes,
  fixLabel,
  lightOf,
  type OffPeriod,
  statusLine,
  type TunnelGroup,
  tunnelGroups,
} from '../../app/ipc/index.ts';
import { CopyButton, Frame, IconButton, Middle, Some, Switch } from '../shared/controls.tsx';
import { foundServers, fullName, load, nameOfLabel, useFoundClients } from '../shared/found-clients.ts';
import { Icon } from '../shared/icon.tsx';
import { Snippets } from '../shared/snippets.tsx';
import { ask, attempt, bridge, now, state, text } from '../shared/store.ts';
import { ClientServers } from './client-servers.tsx';
import { Servers } from './servers.tsx';
import { Traffic } from './traffic.tsx';
import { UpdateCard } from './update-card.tsx';

/** The current problem in one sentence, and the button that fixes it. */
function ProblemCard() {
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

const PERIODS = ['hour', 'tomorrow'] as const satisfies readonly OffPeriod[];

/** Names shown before the rest is a number. */
const MOST_NAMES = 4;

/** While the port is closed: who is cut off by that, the way back, and when it opens again. */
function OffNote() {
  const words = text.value.popover;
  const { cutOff, habits } = state.value;
  const who = whoIsCutOff();
  return (
    <div class="off-note">
      <p class={who === '' ? 'hint' : ''} role="status">
        {who === '' ? words.offHint : words.cutOff(who)}
        {cutOff !== null && (
          <button type="button" class="button" onClick={() => attempt(() => ask('setOn', true))}>
            {words.undoOff}
          </button>
        )}
      </p>
      {habits.backOnAt === null ? (
        <p class="hint">
          <span>{words.backOnBy}</span>
          {PERIODS.map((period) => (
            <button type="button" class="button" key={period} onClick={() => attempt(() => ask('turnOffFor', period))}>
              {words.backOnIn[period]}
            </button>
          ))}
        </p>
      ) : (
        <p>
          <span>{words.backOn(age(habits.backOnAt - now.value, text.value))}</span>
          <button type="button" class="button" onClick={() => attempt(() => ask('setOn', false))}>
            {words.stayOff}
          </button>
        </p>
      )}
    </div>
  );
}

/** Those that used the port when it was closed, and the servers of clients that have no other way; empty for none. */
function whoIsCutOff(): string {
  const words = text.value.popover;
  const { labels, servers, tunnels } = state.value.cutOff ?? { labels: [], servers: [], tunnels: 0 };
  const led = foundServers().filter(({ server: { mode, enabled } }) => enabled && mode !== 'off');
  const names = [...new Set([...labels.map(nameOfLabel), ...led.map(fullName), ...servers])];
  const rest = names.length - MOST_NAMES;
  return [
    ...(rest > 0 ? [...names.slice(0, MOST_NAMES), words.others(rest)] : names),
    ...(tunnels > 0 ? [words.unnamed(tunnels)] : []),
  ].join(words.comma);
}

/** What flows through us, one row for each server and target, newest first. */
function Tunnels() {
  const { tunnels } = state.value;
  const words = text.value.popover;
  return (
    <section>
      <div class="section-head">
        <h2>{words.tunnels}</h2>
        <span class="figures">{tunnels.length}</span>
      </div>
      {tunnels.length === 0 ? (
        <p class="hint">{words.noTunnels}</p>
      ) : (
        <Some label={words.tunnels} items={tunnelGroups(tunnels)} most={4}>
          {(group) => <Row key={group.key} group={group} />}
        </Some>
      )}
    </section>
  );
}

function Row({ group: { ids, name, kinds, label, openedAt, up, down } }: { readonly group: TunnelGroup }) {
  const words = text.value.popover;
  const close = async (): Promise<void> => {
    for (const id of ids) await ask('closeTunnel', id);
  };
  return (
    <li class="row">
      <div class="row-words">
        <p class="row-title">
          <Middle words={name} />
          {ids.length > 1 && (
            <span class="badge" role="img" aria-label={words.timesVoice(ids.length)}>
              {words.times(ids.length)}
            </span>
          )}
        </p>
        <p class="row-detail">
          {label === '' ? '' : `${words.from(nameOfLabel(label))} · `}
          {kinds.map((kind) => words.kinds[kind]).join(' · ')}
        </p>
      </div>
      <div class="row-figures">
        <p>{age(now.value - openedAt, text.value)}</p>
        <p>
          <span role="img" aria-label={words.sent(bytes(up))}>
            ↑ {bytes(up)}
          </span>{' '}
          <span role="img" aria-label={words.received(bytes(down))}>
            ↓ {bytes(down)}
          </span>
        </p>
      </div>
      <IconButton icon="close" label={words.closeTunnels(ids.length, name)} onClick={() => attempt(close)} />
    </li>
  );
}
