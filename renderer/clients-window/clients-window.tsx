import { useEffect } from 'preact/hooks';
import type { ClientFileView } from '../../app/ipc/index.ts';
import { Frame } from '../shared/frame.tsx';
import { Icon } from '../shared/icon.tsx';
import { state, text } from '../shared/store.ts';
import { attempt } from '../shared/tell.ts';
import { ClientPage } from './client-page.tsx';
import { Looking } from './looking.tsx';
import { PreviewSheet } from './preview-sheet.tsx';
import { choose, chosen, found, load, open } from './store.ts';
import { ownPart } from './tell-apart.ts';

/** The clients on this machine at the left, the servers of the chosen one at the right. */
export function ClientsWindow() {
  const words = text.value.clientsWindow;
  const { phase, listening, address, servers, defaultServer, language } = state.value;
  const facts = JSON.stringify([phase, listening, address, servers, defaultServer, language]);
  // Where we are decides what an entry that leads to us looks like.
  useEffect(() => {
    void facts;
    attempt(load);
  }, [facts]);
  // Other programs write these files too.
  useEffect(() => {
    const look = (): void => attempt(load);
    window.addEventListener('focus', look);
    return () => window.removeEventListener('focus', look);
  }, []);
  const file = chosen.value;
  return (
    <Frame title={words.title}>
      {found.value === null ? (
        <Looking />
      ) : file === null ? (
        <main class="empty">
          <Icon name="search" />
          <h1>{words.none.title}</h1>
          <p>{words.none.words}</p>
        </main>
      ) : (
        <div class="settings clients">
          <nav class="settings-parts" aria-label={words.title}>
            {found.value.map((one) => (
              <ClientItem key={one.id} file={one} twins={twinsOf(one, found.value ?? [])} isChosen={one === file} />
            ))}
          </nav>
          <ClientPage key={file.id} file={file} />
        </div>
      )}
      {open.value !== null && <PreviewSheet key={open.value.subject} shown={open.value} />}
    </Frame>
  );
}

/** The other files of the same client. */
function twinsOf(file: ClientFileView, all: readonly ClientFileView[]): readonly string[] {
  return all.filter((one) => one !== file && one.title === file.title).map((one) => one.file);
}

interface ClientItemProps {
  readonly file: ClientFileView;
  readonly twins: readonly string[];
  readonly isChosen: boolean;
}

function ClientItem({ file, twins, isChosen }: ClientItemProps) {
  const words = text.value.clientsWindow;
  const isBroken = file.content.kind === 'refused';
  return (
    <button
      type="button"
      aria-current={isChosen ? 'page' : undefined}
      title={file.file}
      onClick={() => choose(file.id)}
    >
      <span class="client-item">
        <span class="client-name">{file.title}</span>
        {twins.length > 0 && <small class="client-twin">{ownPart(file.file, twins)}</small>}
        <small>{file.content.kind === 'servers' ? words.servers(file.content.servers.length) : words.cannotRead}</small>
      </span>
      {isBroken && (
        <span class="client-broken">
          <Icon name="warning" />
        </span>
      )}
    </button>
  );
}
