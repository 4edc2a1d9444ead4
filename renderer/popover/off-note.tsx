import { age, type OffPeriod } from '../../app/ipc/index.ts';
import { foundServers, fullName, nameOfLabel } from '../shared/found-clients.ts';
import { ask, attempt, now, state, text } from '../shared/store.ts';

const PERIODS = ['hour', 'tomorrow'] as const satisfies readonly OffPeriod[];

/** Names shown before the rest is a number. */
const MOST_NAMES = 4;

/** While the port is closed: who is cut off by that, the way back, and when it opens again. */
export function OffNote() {
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
