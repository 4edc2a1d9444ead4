import type { AppState } from '../../app/ipc/index.ts';
import { type ServerAction, serverActions } from '../../app/ipc/index.ts';
import { ask } from './bridge.ts';
import { IconButton } from './controls.tsx';
import type { IconName } from './icon.tsx';
import { state, text } from './store.ts';
import { attempt } from './tell.ts';

const ICONS: Readonly<Record<ServerAction, IconName>> = { start: 'play', restart: 'restart', stop: 'stop' };

const REQUESTS = { start: 'startServer', restart: 'restartServer', stop: 'stopServer' } as const;

/** What can be done with a server as it is at this moment. */
export function ServerButtons({ server }: { readonly server: AppState['bridge']['servers'][number] }) {
  return serverActions(server, state.value.phase).map((action) => (
    <IconButton
      key={action}
      icon={ICONS[action]}
      label={text.value.windows[action](server.name)}
      onClick={() => attempt(() => ask(REQUESTS[action], server.name))}
    />
  ));
}
