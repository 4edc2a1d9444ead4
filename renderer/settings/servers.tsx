import { signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { addressOf, authority, conditionTitle, type FoundRemote, serverLight } from '../../app/ipc/index.ts';
import { LIMIT_RANGES } from '../../app/settings/schema.ts';
import {
  DEFAULT_SETTINGS,
  type Limits,
  MEBIBYTE,
  type ServerSetting,
  type Settings,
} from '../../app/settings/settings.ts';
import { Fold, IconButton, Middle, ServerButtons } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
import { ask, attempt, now, state, text } from '../shared/store.ts';
import { startPasting } from './addition-sheet.tsx';
import { ConnectPanel, connecting } from './connect-panel.tsx';
import { parseWhole, TextField } from './field.tsx';
import { Groups } from './groups.tsx';
import { KeyStoreNotice } from './remote-fields.tsx';
import { GoneRow, RemovableRow, rowsWithGone } from './removal.tsx';
import { draftOf, foundDraft, type ServerDraft } from './server-draft.ts';
import { ServerEditor } from './server-editor.tsx';
import { SignInLine } from './sign-in.tsx';
import { change } from './store.ts';
import { changeCount } from './tool-changes.tsx';

/** Those that a refusal may tell a person to raise, in the units that people count in. */
const SHOWN = [
  { name: 'messageBytes', unit: MEBIBYTE },
  { name: 'sessions', unit: 1 },
  { name: 'sessionIdle', unit: 1000 },
  { name: 'children', unit: 1 },
] as const satisfies readonly { readonly name: keyof Limits; readonly unit: number }[];

function LimitFields({ settings: { limits } }: { readonly settings: Settings }) {
  const words = text.value.settingsWindow.limits;
  return (
    <Fold title={words.title}>
      <div class="form">
        {SHOWN.map(({ name, unit }) => {
          const { min, max } = LIMIT_RANGES[name];
          return (
            <TextField
              key={name}
              label={words[name].label}
              hint={words[name].hint}
              kind="short"
              value={limits[name]}
              show={(value) => String(value / unit)}
              parse={(draft) => parseWhole(draft, { min, max, unit })}
              save={(value) => change({ limits: { ...limits, [name]: value } })}
            />
          );
        })}
        <div class="field">
          <span />
          <div class="field-body">
            <button
              type="button"
              class="button"
              onClick={() => attempt(() => change({ limits: DEFAULT_SETTINGS.limits }))}
            >
              {words.defaults}
            </button>
          </div>
        </div>
      </div>
    </Fold>
  );
}

/** Opens the editor for a new server, unless one is open: a draft is not lost. */
export function editNew(settings: Settings | null): void {
  editing.value ??= { server: null, draft: draftOf(null, settings?.servers.length === 0) };
}

interface Edited {
  /** Null for a new one. */
  readonly server: ServerSetting | null;
  readonly draft: ServerDraft;
  /** Whether anything was typed. */
  readonly isChanged?: boolean;
}

/** The server being edited. Kept here, not in the page: a visit to another part does not lose the draft. */
const editing = signal<Edited | null>(null);

/** A draft that was cancelled: Escape is pressed by mistake. */
const dropped = signal<Edited | null>(null);

/** A server whose editor another window has asked for; null for none. */
const requested = signal<string | null>(null);

/** Opens the editor of a server, unless one is open. */
export function editNamed(name: string): void {
  requested.value = name;
}

export function Servers({ settings }: { readonly settings: Settings }) {
  const words = text.value.settingsWindow.servers;
  const connectWords = text.value.settingsWindow.connecting;
  const { servers, defaultServer, recordContents } = settings;
  const edit = (server: ServerSetting | null): void => {
    const isDefault = server === null ? servers.length === 0 : server.name === defaultServer;
    editing.value = {
      server,
      draft: draftOf(server, isDefault, server !== null && recordContents.includes(server.name)),
    };
  };
  const asked = servers.find(({ name }) => name === requested.value);
  useEffect(() => {
    if (asked === undefined) return;
    requested.value = null;
    if (editing.value === null) edit(asked);
  }, [asked]);
  if (editing.value !== null) {
    const { server, draft, isChanged = false } = editing.value;
    return (
      <ServerEditor
        settings={settings}
        server={server}
        draft={draft}
        change={(next) => {
          editing.value = { server, draft: next, isChanged: true };
        }}
        close={(saved) => {
          editing.value = null;
          if (saved === null) dropped.value = isChanged ? { server, draft, isChanged } : dropped.value;
          else if (dropped.value?.server?.name === server?.name) dropped.value = null;
          // What comes next for a new one is a client that uses it.
          if (server === null && saved !== null) connecting.value = saved;
        }}
      />
    );
  }
  const rows = rowsWithGone('server', servers);
  const { host, port } = addressOf(state.value);
  return (
    <div class="form">
      <p class="hint">{words.intro}</p>
      <p class="hint with-action">
        {words.others}
        <button
          type="button"
          class="button"
          onClick={() => attempt(() => ask('openWindow', { window: 'clients', part: null }))}
        >
          {words.openClients}
        </button>
      </p>
      <DroppedDraft />
      {rows.length === 0 ? (
        <p class="hint">{words.none}</p>
      ) : (
        <ul class="rows">
          {rows.map((row) =>
            row.kind === 'gone' ? (
              <GoneRow key={`gone ${row.what.removal}`} what={row.what} />
            ) : (
              <RemovableRow
                key={row.item.name}
                removed={{ kind: 'server', name: row.item.name }}
                name={row.item.name}
                at={servers.indexOf(row.item)}
                label={words.remove(row.item.name)}
                isUsedBy={(one) => one.server === row.item.name}
              >
                <div class="row-words">
                  <p class="row-title">
                    <State name={row.item.name} />
                    {row.item.name === defaultServer && <span class="badge state">{words.default}</span>}
                  </p>
                  <Line words={lineOf(row.item.name)} />
                  <Line
                    words={`http://${authority(host, port)}/servers/${encodeURIComponent(row.item.name)}/mcp`}
                    isWhole
                  />
                  <SignInLine server={row.item.name} />
                  <ToolsNote server={row.item.name} edit={() => edit(row.item)} />
                </div>
                <button
                  type="button"
                  class="button"
                  aria-label={connectWords.openOf(row.item.name)}
                  aria-expanded={connecting.value === row.item.name}
                  onClick={() => {
                    connecting.value = connecting.value === row.item.name ? null : row.item.name;
                  }}
                >
                  {connectWords.open}
                </button>
                <Buttons name={row.item.name} />
                <IconButton icon="edit" label={words.edit(row.item.name)} onClick={() => edit(row.item)} />
                {connecting.value === row.item.name && <ConnectPanel server={row.item.name} settings={settings} />}
              </RemovableRow>
            ),
          )}
        </ul>
      )}
      {servers.some((server) => 'url' in server) && <KeyStoreNotice />}
      <p class="inline">
        <button type="button" class="button" onClick={() => edit(null)}>
          <Icon name="plus" />
          {words.add}
        </button>
        <button type="button" class="button" onClick={startPasting}>
          {text.value.settingsWindow.adding.paste}
        </button>
      </p>
      <FoundRemotes
        add={(found) => {
          const draft = foundDraft(found, servers);
          editing.value = { server: null, draft };
        }}
      />
      <Groups settings={settings} />
      <LimitFields settings={settings} />
    </div>
  );
}

/** The way back to a draft that was cancelled. */
function DroppedDraft() {
  const words = text.value.settingsWindow.servers;
  if (dropped.value === null) return null;
  const { server } = dropped.value;
  return (
    <p class="with-action dropped-draft">
      <span role="status">{server === null ? words.droppedNew : words.dropped(server.name)}</span>
      <button
        type="button"
        class="button"
        onClick={() => {
          editing.value = dropped.value;
          dropped.value = null;
        }}
      >
        {words.editOn}
      </button>
    </p>
  );
}

/** A command or an address. Where there is no room it is cut at its end, and whole under the pointer; an address goes on below. */
function Line({ words, isWhole = false }: { readonly words: string; readonly isWhole?: boolean }) {
  return (
    <p class={isWhole ? 'row-detail whole mono' : 'row-detail mono'} title={words}>
      {words}
    </p>
  );
}

/** What is run, or where it is, without secrets; a server that was just added may not be in the state yet. */
function lineOf(wanted: string): string {
  return state.value.servers.find(({ name }) => name === wanted)?.line ?? '';
}

/** A server that was just added may not be in the state yet. */
function running(name: string) {
  return state.value.bridge.servers.find((server) => server.name === name);
}

function State({ name }: { readonly name: string }) {
  const server = state.value.phase === 'on' ? running(name) : undefined;
  return (
    <>
      <span class={`light ${server === undefined ? 'stopped' : serverLight(server)}`} aria-hidden="true" />
      <Middle words={name} />
      <span class="badge state">
        {server === undefined
          ? text.value.status.server.stopped
          : conditionTitle(server.condition, now.value, text.value)}
      </span>
    </>
  );
}

/** Leads to the tools that are not as they were approved. */
function ToolsNote({ server, edit }: { readonly server: string; readonly edit: () => void }) {
  const count = changeCount(server);
  if (count === null) return null;
  return (
    <p class="row-detail">
      <button type="button" class="button quiet" onClick={edit}>
        {count.isSevere && <Icon name="warning" />}
        {text.value.toolChanges.note(count.all, count.held)}
      </button>
    </p>
  );
}

function Buttons({ name }: { readonly name: string }) {
  const server = running(name);
  return server === undefined ? null : <ServerButtons server={server} />;
}

/** Looks for servers in the local network, at a click; each that is found can be added. */
function FoundRemotes({ add }: { readonly add: (found: FoundRemote) => void }) {
  const words = text.value.settingsWindow.servers.found;
  const found = useSignal<readonly FoundRemote[] | null>(null);
  const isLooking = useSignal(false);
  const look = async (): Promise<void> => {
    isLooking.value = true;
    found.value = null;
    try {
      found.value = await ask('findRemotes');
    } finally {
      isLooking.value = false;
    }
  };
  return (
    <div class="found-remotes">
      <button type="button" class="button" disabled={isLooking.value} onClick={() => attempt(look)}>
        <Icon name="search" />
        {isLooking.value ? words.looking : words.look}
      </button>
      <p class="hint">{words.hint}</p>
      <div role="status">
        {found.value?.length === 0 && <p class="hint">{words.none}</p>}
        {found.value !== null && found.value.length > 0 && (
          <ul class="rows">
            {found.value.map((one) => (
              <li class="row" key={one.url}>
                <div class="row-words">
                  <p class="row-title">{one.name}</p>
                  <p class="row-detail mono">{one.url}</p>
                </div>
                <button type="button" class="button" aria-label={words.addOne(one.name)} onClick={() => add(one)}>
                  {words.add}
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
