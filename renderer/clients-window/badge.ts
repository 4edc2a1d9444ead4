import type { AppState, ClientServerView } from '../../app/ipc/index.ts';
import type { Text } from '../../app/text/index.ts';
import { age, place } from '../../app/view/index.ts';

/** Whether a server's requests arrive, in words and as a light. */
export interface Badge {
  readonly light: 'ready' | 'failing' | 'stopped';
  readonly words: string;
}

/** What is known of a server that leads to us; null for one that does not. */
export function badgeOf(
  { mode, label, server }: ClientServerView,
  state: Pick<AppState, 'failures' | 'bridge'>,
  now: number,
  text: Text,
): Badge | null {
  const words = text.clientsWindow.badge;
  switch (mode) {
    case 'off':
      return null;
    case 'through': {
      const failure = state.failures.findLast((one) => one.label === label);
      if (failure === undefined) return { light: 'stopped', words: words.none };
      const target = failure.target === null ? '' : place(failure.target.host, failure.target.port);
      return { light: 'failing', words: `${words.failing(target, age(now - failure.at))}: ${failure.sentence}` };
    }
    case 'run': {
      const ours = state.bridge.servers.find(({ name }) => name === server);
      if (server === null || ours === undefined) return { light: 'failing', words: words.notInGangway };
      const light = ours.state === 'ready' || ours.state === 'failing' ? ours.state : 'stopped';
      return { light, words: `${words.inGangway(server)} · ${text.status.server[ours.state]}` };
    }
    default:
      return mode satisfies never;
  }
}
