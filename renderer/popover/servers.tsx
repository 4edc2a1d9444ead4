import { type AppState, age, conditionTitle, duration, serverLight } from '../../app/ipc/index.ts';
import { IconButton, Middle, ServerButtons, Some } from '../shared/controls.tsx';
import { Filtered } from '../shared/filtered.tsx';
import { Icon } from '../shared/icon.tsx';
import { ask, attempt, now, state, text } from '../shared/store.ts';
import { sparkline } from './traffic.tsx';

/** The servers that Gangway runs and the processes behind them; what fails comes first. */
export function Servers() {
  const servers = state.value.bridge.servers.toSorted((left, right) => rankOf(left) - rankOf(right));
  const words = text.value.popover;
  const add = () => attempt(() => ask('openWindow', { window: 'settings', part: 'new-server' }));
  return (
    <section>
      <div class="section-head">
        <h2>{words.servers}</h2>
        {servers.length > 0 && <IconButton icon="plus" label={words.addServer} onClick={add} />}
      </div>
      {servers.length === 0 ? (
        <p class="hint with-action">
          {words.noServers}
          <button type="button" class="button" onClick={add}>
            <Icon name="plus" />
            {words.addServer}
          </button>
        </p>
      ) : (
        <Filtered label={words.servers} items={servers} wordsOf={({ name }) => name}>
          {(fitting) => (
            <Some label={words.servers} items={fitting} most={4}>
              {(server) => <ServerRow key={server.name} server={server} />}
            </Some>
          )}
        </Filtered>
      )}
    </section>
  );
}

type Server = AppState['bridge']['servers'][number];

function rankOf({ state }: Server): number {
  return state === 'failing' ? 0 : 1;
}

function ServerRow({ server }: { readonly server: Server }) {
  const { popover, status } = text.value;
  const { name, sessions, exits, children, condition, toolChanges } = server;
  const isOn = state.value.phase === 'on';
  const activity = state.value.activity.find((one) => one.name === name);
  const isFailing = isOn && server.state === 'failing';
  const ends = exits.exited + exits.killed + exits.notStarted;
  const processes = children.filter(({ pid }) => pid !== null);
  const [first] = processes;
  const facts = [
    ...(state.value.recordContents.includes(name) ? [popover.recorded] : []),
    ...(sessions.length > 0 ? [status.sessions(sessions.length)] : []),
    ...(isOn && condition.kind === 'not-started' && sessions.length === 0 ? [popover.startsWhenUsed] : []),
    ...(processes.length > 1 ? [status.children(processes.length)] : []),
    ...(processes.length === 1 && first !== undefined
      ? [`${popover.process(first.pid ?? 0)}, ${age(now.value - first.startedAt, text.value)}`]
      : []),
    ...(ends > 0 ? [status.restarts(ends)] : []),
  ];
  return (
    <li class={isFailing ? 'row failing' : 'row'}>
      <div class="row-words">
        <p class="row-title">
          <span class={`light ${isOn ? serverLight(server) : 'stopped'}`} aria-hidden="true" />
          <Middle words={name} />
          <span class="badge state">
            {isOn ? conditionTitle(condition, now.value, text.value) : status.server.stopped}
          </span>
        </p>
        {facts.length > 0 && <p class="row-detail row-facts">{facts.join(' · ')}</p>}
        {condition.detail !== '' && (
          <p class="row-detail last-words" title={popover.lastWords}>
            {condition.kind === 'starting' ? <code>{condition.detail}</code> : condition.detail}
          </p>
        )}
        {toolChanges !== undefined && (
          <p class="row-detail">
            <button
              type="button"
              class="button quiet"
              onClick={() => attempt(() => ask('openWindow', { window: 'settings', part: `server:${name}` }))}
            >
              {toolChanges.isSevere && <Icon name="warning" />}
              {text.value.toolChanges.note(toolChanges.all, toolChanges.held)}
            </button>
          </p>
        )}
        {activity !== undefined && activity.median !== null && activity.slowest !== null && (
          <p class="row-detail">{popover.took(duration(activity.median), duration(activity.slowest))}</p>
        )}
        {activity !== undefined && activity.minutes.length > 0 && <Hour minutes={activity.minutes} />}
      </div>
      <div class="row-buttons">
        <ServerButtons server={server} />
        <IconButton
          icon="log"
          label={popover.log(name)}
          onClick={() => attempt(() => ask('openWindow', { window: 'logs', part: `server:${name}` }))}
        />
      </div>
    </li>
  );
}

const HOUR = { width: 240, height: 18, count: 60 } as const;

/** The requests of the last hour, a minute a step. */
function Hour({ minutes }: { readonly minutes: readonly number[] }) {
  const requests = minutes.reduce((sum, one) => sum + one, 0);
  const curve = sparkline(minutes, { ...HOUR, top: Math.max(1, ...minutes) });
  return (
    <svg
      class="sparkline hour"
      viewBox={`0 0 ${HOUR.width} ${HOUR.height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={text.value.popover.lastHour(requests)}
    >
      <title>{text.value.popover.lastHour(requests)}</title>
      <path class="spark-base" d={`M0 ${HOUR.height - 0.5}H${HOUR.width}`} />
      <path class="spark-area" d={`${curve}L${HOUR.width} ${HOUR.height}L0 ${HOUR.height}Z`} />
      <path class="spark-down" d={curve} />
    </svg>
  );
}
