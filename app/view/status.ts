import type { AppState } from '../ipc/index.ts';
import type { Text } from '../text/index.ts';
import { place } from './format.ts';

/** What the icon says. Each has a shape of its own: colour alone says nothing in a menu bar. */
export type Light = 'off' | 'starting' | 'on' | 'attention';

export function lightOf({ phase, problem }: Pick<AppState, 'phase' | 'problem'>): Light {
  if (problem?.weight === 'attention') return 'attention';
  switch (phase) {
    case 'on':
      return 'on';
    case 'off':
      return 'off';
    case 'starting':
    case 'stopping':
      return 'starting';
    default:
      return phase satisfies never;
  }
}

/** Where clients find us: the port that is really open, else the one there would be. */
export function addressOf({ listening, address }: Pick<AppState, 'listening' | 'address'>): {
  readonly host: string;
  readonly port: number;
} {
  const [first] = listening;
  return { host: first?.host ?? address.host, port: first?.port ?? address.port };
}

export function sessionCount({ bridge }: Pick<AppState, 'bridge'>): number {
  return bridge.servers.reduce((sum, { sessions }) => sum + sessions.length, 0);
}

/** What stands beside the icon: the number of open tunnels, if the person wants it; nothing while there are none. */
export function titleOf({ phase, tunnels, habits }: Pick<AppState, 'phase' | 'tunnels' | 'habits'>): string {
  return habits.countInBar && phase === 'on' && tunnels.length > 0 ? String(tunnels.length) : '';
}

/** The state in one line of words, for the first row of the menu, the tooltip and the popover. */
export function statusLine(state: AppState, text: Text): string {
  const words = text.status;
  const { host, port } = addressOf(state);
  switch (state.phase) {
    case 'off':
      return words.off;
    case 'starting':
      return words.starting;
    case 'stopping':
      return words.stopping;
    case 'on':
      return `${words.on(place(host, port))} — ${words.tunnels(state.tunnels.length)}${words.comma}${words.sessions(sessionCount(state))}`;
    default:
      return state.phase satisfies never;
  }
}
