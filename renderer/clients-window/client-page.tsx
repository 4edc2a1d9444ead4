import type { ClientFileView } from '../../app/ipc/index.ts';
import { Breakable } from '../shared/breakable.tsx';
import { ask } from '../shared/bridge.ts';
import { IconButton } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
import { state, text } from '../shared/store.ts';
import { attempt } from '../shared/tell.ts';
import { OutcomeNote } from './outcome-note.tsx';
import { ServerRow } from './server-row.tsx';
import { outcomeOf, show } from './store.ts';
import { TroubleNote } from './trouble-note.tsx';

/** One client's file. */
export function ClientPage({ file }: { readonly file: ClientFileView }) {
  const words = text.value.clientsWindow;
  const { id, title, content } = file;
  const servers = content.kind === 'servers' ? content.servers : [];
  const outcome = outcomeOf(id);
  return (
    <main class="settings-page client-page">
      <header>
        <div class="client-head">
          <h1>{title}</h1>
          <IconButton icon="folder" label={words.reveal} onClick={() => attempt(() => ask('revealClientFile', id))} />
          {servers.some(({ isPatched }) => isPatched) && (
            <button type="button" class="button" onClick={() => attempt(() => show(id, ask('planClientUndo', id)))}>
              {words.undoFile}
            </button>
          )}
        </div>
        <p class="client-file mono">
          <Breakable words={file.file} />
        </p>
      </header>
      {content.kind === 'refused' ? (
        <TroubleNote trouble={content.trouble} />
      ) : servers.length === 0 ? (
        <p class="hint">{words.noServers}</p>
      ) : (
        <>
          <p class="hint">{words.lead}</p>
          <OffNote isNeeded={servers.some(({ mode }) => mode !== 'off')} />
          {outcome !== null && <OutcomeNote outcome={outcome} file={file} subject={id} name={title} />}
          <ul class="client-servers" aria-label={title}>
            {servers.map((server) => (
              <ServerRow key={server.id} file={file} server={server} />
            ))}
          </ul>
        </>
      )}
    </main>
  );
}

/** Nothing that leads to us works while the port is closed. */
function OffNote({ isNeeded }: { readonly isNeeded: boolean }) {
  const words = text.value.clientsWindow.off;
  if (!isNeeded || state.value.phase !== 'off') return null;
  return (
    <div class="warning trouble">
      <Icon name="warning" />
      <p class="trouble-words">{words.sentence}</p>
      <button type="button" class="button" onClick={() => attempt(() => ask('setOn', true))}>
        {words.turnOn}
      </button>
    </div>
  );
}
