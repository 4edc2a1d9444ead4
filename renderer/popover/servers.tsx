import { type AppState, age, conditionTitle } from '../../app/ipc/index.ts';
import { IconButton, ServerButtons } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
import { ask, attempt, now, state, text } from '../shared/store.ts';

/** The MCP servers and the processes behind them. */
export function Servers() {
  const { servers } = state.value.bridge;
  const words = text.value.popover;
  const add = () => attempt(() => ask('openWindow', { window: 'settings', part: 'servers' }));
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
        <ul class="rows">
          {servers.map((server) => (
            <ServerRow key={server.name} server={server} />
          ))}
        </ul>
      )}
    </section>
  );
}

function ServerRow({ server }: { readonly server: AppState['bridge']['servers'][number] }) {
  const { popover, status } = text.value;
  const { name, sessions, exits, children, condition } = server;
  const isOn = state.value.phase === 'on';
  const ends = exits.exited + exits.killed + exits.notStarted;
  const facts = [
    ...(sessions.length > 0 ? [status.sessions(sessions.length)] : []),
    ...(isOn && condition.kind === 'not-started' && sessions.length === 0 ? [popover.startsWhenUsed] : []),
    ...(ends > 0 ? [status.restarts(ends)] : []),
  ];
  return (
    <li class="row">
      <div class="row-words">
        <p class="row-title">
          <span class={`light ${isOn ? server.state : 'stopped'}`} aria-hidden="true" />
          {name}
          <span class="badge">{isOn ? conditionTitle(condition, now.value, text.value) : status.server.stopped}</span>
        </p>
        {facts.length > 0 && <p class="row-detail">{facts.join(' · ')}</p>}
        {children.map(({ pid, use, startedAt }) =>
          pid === null ? null : (
            <p class="row-detail" key={pid}>
              {popover.process(pid)} · {status.uses[use]} · {age(now.value - startedAt, text.value)}
            </p>
          ),
        )}
        {condition.detail !== '' && (
          <p class="row-detail last-words" title={popover.lastWords}>
            {condition.kind === 'starting' ? <code>{condition.detail}</code> : condition.detail}
          </p>
        )}
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
