import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ClientFileView, ClientPlace, Trouble } from '../../app/ipc/index.ts';
import { Breakable, Frame, IconButton } from '../shared/controls.tsx';
import { Filtered } from '../shared/filtered.tsx';
import { found, foundServers, load, useFoundClients } from '../shared/found-clients.ts';
import { Icon } from '../shared/icon.tsx';
import { Snippets } from '../shared/snippets.tsx';
import { ask, attempt, say, state, text, useDestination } from '../shared/store.ts';
import { BulkSheet } from './bulk-sheet.tsx';
import { bulkOutcome, openBulk, showBulk } from './bulk-store.ts';
import { ownPart } from './model.ts';
import { BulkNote, OutcomeNote, TroubleNote } from './outcome-note.tsx';
import { PreviewSheet } from './preview-sheet.tsx';
import { RestartBar } from './restart-bar.tsx';
import { rowId, ServerRow } from './server-row.tsx';
import { choose, chosen, goTo, open, outcomeOf, reached, show } from './store.ts';

/** One client's file. */
function ClientPage({ file }: { readonly file: ClientFileView }) {
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
          {file.chosen !== undefined && (
            <button
              type="button"
              class="button"
              onClick={() =>
                attempt(async () => {
                  await ask('forgetClients', id);
                  await load();
                })
              }
            >
              {text.value.clientsWindow.chosen.forget}
            </button>
          )}
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
          {file.locked !== undefined && <TroubleNote trouble={file.locked} />}
          {bulkOutcome.value !== null && <BulkNote outcome={bulkOutcome.value} />}
          <OffNote isNeeded={servers.some(({ mode }) => mode !== 'off')} />
          {outcome !== null && <OutcomeNote outcome={outcome} subject={id} name={title} />}
          {/* What a person was led to must be in view: the filter begins empty then. */}
          <Filtered key={reached.value} label={title} items={servers} wordsOf={({ name }) => name}>
            {(fitting) => (
              <ul class="client-servers" aria-label={title}>
                {fitting.map((server) => (
                  <ServerRow key={server.id} file={file} server={server} />
                ))}
              </ul>
            )}
          </Filtered>
        </>
      )}
    </main>
  );
}

/** Entries that lead to us do not work while the port is closed. */
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

/** Widths of the bars, in per cent: of a client and its count; of a server, its command and what fits it. */
const CLIENTS = [
  [62, 38],
  [44, 38],
  [52, 38],
] as const;
const SERVERS = [
  [18, 34, 58],
  [14, 42, 50],
  [22, 30, 62],
] as const;

/** The window in outline while the files are read. */
export function Looking() {
  const words = text.value.clientsWindow;
  return (
    <div class="settings clients looking">
      <div class="settings-parts" aria-hidden="true">
        {CLIENTS.map((widths) => (
          <Bars key={widths.join()} widths={widths} />
        ))}
      </div>
      <main class="settings-page client-page" aria-busy="true">
        <h1>{words.title}</h1>
        <p class="hint" role="status">
          {words.loading}
        </p>
        <div class="client-servers" aria-hidden="true">
          {SERVERS.map((widths) => (
            <div class="client-server" key={widths.join()}>
              <Bars widths={widths} />
            </div>
          ))}
        </div>
      </main>
    </div>
  );
}

function Bars({ widths }: { readonly widths: readonly number[] }) {
  return (
    <div>
      {widths.map((width, at) => (
        <span class="bar" key={`${at} ${width}`} style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}

/** The clients on this machine at the left, the servers of the chosen one at the right. */
export function ClientsWindow() {
  const words = text.value.clientsWindow;
  useFoundClients();
  useDestination((part) => {
    if (part === 'undo-all') return attempt(() => showBulk('undo'));
    const [what, server = ''] = part.split(':');
    attempt(() => goTo(server, what === 'fix'));
  });
  const file = chosen.value;
  const server = reached.value;
  useEffect(() => {
    const row = server === null ? null : document.getElementById(rowId(server));
    row?.scrollIntoView({ block: 'nearest' });
    row?.querySelector<HTMLElement>('[role=radio][tabindex="0"]')?.focus();
  }, [server, file?.id]);
  return (
    <Frame title={text.value.windows.titles.clients}>
      {found.value === null ? (
        <Looking />
      ) : file === null ? (
        <NoClients />
      ) : (
        <div class="settings clients">
          <div class="settings-parts client-parts">
            <nav aria-label={words.title}>
              {found.value.map((one) => (
                <ClientItem key={one.id} file={one} twins={twinsOf(one, found.value ?? [])} isChosen={one === file} />
              ))}
            </nav>
            <BulkButtons />
            <ChooseButtons />
          </div>
          <ClientPage key={file.id} file={file} />
        </div>
      )}
      <RestartBar />
      {openBulk.value !== null && <BulkSheet key={openBulk.value.preview.plan} shown={openBulk.value} />}
      {open.value !== null && <PreviewSheet key={open.value.subject} shown={open.value} />}
    </Frame>
  );
}

/** The ways on where no client has a file: where it would have to be, and the configuration to paste. */
function NoClients() {
  const words = text.value.clientsWindow.none;
  const places = useSignal<readonly ClientPlace[] | null>(null);
  const isByHand = useSignal(false);
  return (
    <main class="empty">
      <Icon name="search" />
      <h1>{words.title}</h1>
      <p>{words.words}</p>
      <div class="inline">
        <button
          type="button"
          class="button"
          aria-expanded={places.value !== null}
          onClick={() =>
            attempt(async () => {
              places.value = places.value === null ? await ask('clientPlaces') : null;
            })
          }
        >
          {words.places}
        </button>
        <button
          type="button"
          class="button"
          aria-expanded={isByHand.value}
          onClick={() => {
            isByHand.value = !isByHand.value;
          }}
        >
          {words.byHand}
        </button>
      </div>
      <ChooseButtons />
      {isByHand.value && <Snippets />}
      {places.value !== null && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll what has the focus.
        <section class="places" tabIndex={0} aria-label={words.places}>
          <dl>
            {places.value.map(({ title, file }) => (
              <div key={`${title} ${file}`}>
                <dt>{title}</dt>
                <dd class="mono">
                  <Breakable words={file} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
    </main>
  );
}

/** What is found nowhere by itself: the files of a project, and a client's file in another place. */
function ChooseButtons() {
  const words = text.value.clientsWindow.chosen;
  const trouble = useSignal<Trouble | null>(null);
  const chooseOne = (what: 'folder' | 'file'): void =>
    attempt(async () => {
      const answer = await ask('chooseClients', what);
      trouble.value = answer.kind === 'refused' ? answer.trouble : null;
      if (answer.kind !== 'chosen') return;
      await load();
      choose(answer.file);
    });
  return (
    <div class="bulk-buttons">
      <button type="button" class="button bulk-button" title={words.folderHint} onClick={() => chooseOne('folder')}>
        {words.folder}
      </button>
      <button type="button" class="button bulk-button" title={words.fileHint} onClick={() => chooseOne('file')}>
        {words.file}
      </button>
      <div role="status">
        {trouble.value !== null && (
          <small class="hint" ref={(words) => words?.scrollIntoView({ block: 'nearest' })}>
            {say(trouble.value.sentence)}
          </small>
        )}
      </div>
    </div>
  );
}

/** What can be done for all clients at once. */
function BulkButtons() {
  const words = text.value.clientsWindow.bulk;
  const servers = foundServers().map(({ server }) => server);
  return (
    <div class="bulk-buttons">
      {servers.some(({ proposal, enabled }) => proposal !== null && enabled) && (
        <button type="button" class="button bulk-button primary" onClick={() => attempt(() => showBulk('suggestions'))}>
          {words.suggestions}
        </button>
      )}
      {servers.some(({ isPatched }) => isPatched) && (
        <button type="button" class="button bulk-button" onClick={() => attempt(() => showBulk('undo'))}>
          {words.undo}
        </button>
      )}
    </div>
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
