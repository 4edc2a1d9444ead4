import { useEffect } from 'preact/hooks';
import { statusLine } from '../../app/view/index.ts';
import { ask } from '../shared/bridge.ts';
import { Frame } from '../shared/frame.tsx';
import { Icon } from '../shared/icon.tsx';
import { Snippets } from '../shared/snippets.tsx';
import { state, text } from '../shared/store.ts';
import { attempt } from '../shared/tell.ts';
import { Head } from './head.tsx';
import { ProblemCard } from './problem-card.tsx';
import { Servers } from './servers.tsx';
import { Traffic } from './traffic.tsx';
import { Tunnels } from './tunnels.tsx';

export function Popover() {
  const words = text.value.popover;
  useEffect(() => {
    window.addEventListener('keydown', leaveByKey);
    return () => window.removeEventListener('keydown', leaveByKey);
  }, []);
  return (
    <Frame title={statusLine(state.value, text.value)}>
      <Head />
      <main class="popover-body">
        <ProblemCard />
        {state.value.phase === 'on' && <Traffic />}
        <Servers />
        {state.value.phase === 'on' && <Tunnels />}
      </main>
      <Snippets />
      <footer class="popover-foot">
        <button
          type="button"
          class="button quiet"
          onClick={() => attempt(() => ask('openWindow', { window: 'clients', part: null }))}
        >
          <Icon name="link" />
          {words.clients}
        </button>
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
