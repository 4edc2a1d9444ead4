import type { AppState } from '../../app/ipc/index.ts';
import { age, bytes, place } from '../../app/ipc/index.ts';
import { ask } from '../shared/bridge.ts';
import { now } from '../shared/clock.ts';
import { IconButton } from '../shared/controls.tsx';
import { state, text } from '../shared/store.ts';
import { attempt } from '../shared/tell.ts';

/** More rows than this nobody reads in a small window, and every one of them is drawn four times a second. */
const MOST = 50;

/** What flows through us, newest first. */
export function Tunnels() {
  const { tunnels } = state.value;
  const words = text.value.popover;
  const shown = tunnels.slice(-MOST).reverse();
  return (
    <section>
      <div class="section-head">
        <h2>{words.tunnels}</h2>
        <span class="figures">{tunnels.length}</span>
      </div>
      {shown.length === 0 ? (
        <p class="hint">{words.noTunnels}</p>
      ) : (
        <ul class="rows">
          {shown.map((tunnel) => (
            <TunnelRow key={tunnel.id} tunnel={tunnel} />
          ))}
        </ul>
      )}
      {tunnels.length > MOST && <p class="hint">{words.moreTunnels(tunnels.length - MOST)}</p>}
    </section>
  );
}

function TunnelRow({ tunnel }: { readonly tunnel: AppState['tunnels'][number] }) {
  const words = text.value.popover;
  const { id, target, kind, label, openedAt, up, down } = tunnel;
  const name = place(target.host, target.port);
  return (
    <li class="row">
      <div class="row-words">
        <p class="row-title" title={name}>
          {name}
        </p>
        <p class="row-detail">
          {words.kinds[kind]}
          {label !== '' && ` · ${words.from(label)}`}
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
      <IconButton icon="close" label={words.closeTunnel(name)} onClick={() => attempt(() => ask('closeTunnel', id))} />
    </li>
  );
}
