import type { AppState } from '../ipc/index.ts';

export type ServerAction = 'start' | 'restart' | 'stop';

type ServerState = AppState['bridge']['servers'][number];

/** What can be done with a server: only what is stopped can be started, and only what runs, or tries to, be restarted. */
export function serverActions(
  { state, children }: Pick<ServerState, 'state' | 'children'>,
  phase: AppState['phase'],
): readonly ServerAction[] {
  if (phase !== 'on') return [];
  switch (state) {
    case 'stopped':
      return ['start'];
    case 'failing':
      return ['restart', 'stop'];
    case 'ready':
      return children.length === 0 ? ['stop'] : ['restart', 'stop'];
    default:
      return state satisfies never;
  }
}
