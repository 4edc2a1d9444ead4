import { age, bytes, type TunnelGroup, tunnelGroups } from '../../app/ipc/index.ts';
import { IconButton, Middle, Some } from '../shared/controls.tsx';
import { nameOfLabel } from '../shared/found-clients.ts';
import { ask, attempt, now, state, text } from '../shared/store.ts';

/** What flows through us, one row for each server and target, newest first. */
export function Tunnels() {
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
