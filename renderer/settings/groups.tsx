import { signal, useSignal } from '@preact/signals';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { addressOf, authority, type ClientServerView } from '../../app/ipc/index.ts';
import type { GroupSetting, ServerSetting, Settings } from '../../app/settings/settings.ts';
import { CopyButton, IconButton } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
import { useReturnFocus } from '../shared/keep-focus.ts';
import { isEscape } from '../shared/keys.ts';
import { ask, attempt, state, text, type Words } from '../shared/store.ts';
import { GoneRow, RemovableRow, rowsWithGone } from './removal.tsx';
import { change } from './store.ts';

/** The group that is edited, by its name, or a new one. */
type Edited = { readonly kind: 'new' } | { readonly kind: 'known'; readonly name: string };

/** Kept here, not in the page: a visit to another part does not close the form. */
const edited = signal<Edited | null>(null);

/** Addresses that several servers share: that of all of them, and one for each group. */
export function Groups({ settings }: { readonly settings: Settings }) {
  const words = text.value.settingsWindow.groups;
  const title = useId();
  const { groups, servers } = settings;
  const now = edited.value;
  const close = (): void => {
    edited.value = null;
  };
  return (
    <section class="form groups" aria-labelledby={title}>
      <h2 id={title}>{words.title}</h2>
      <p class="hint">{words.intro}</p>
      <ul class="rows">
        <li class="row">
          <div class="row-words">
            <p class="row-title">{words.all}</p>
            <Address path="/all" />
          </div>
          <CopyAddress name={words.all} path="/all" />
        </li>
        {rowsWithGone('group', groups).map((row) => {
          if (row.kind === 'gone') return <GoneRow key={`gone ${row.what.removal}`} what={row.what} />;
          const { name, servers: members } = row.item;
          if (now?.kind === 'known' && now.name === name) {
            return (
              <li key={name} class="row">
                <GroupForm group={row.item} settings={settings} close={close} />
              </li>
            );
          }
          const path = pathOf(name);
          return (
            <RemovableRow
              key={name}
              removed={{ kind: 'group', name }}
              name={name}
              at={groups.indexOf(row.item)}
              label={words.remove(name)}
              isUsedBy={(one) => leadsTo(one, name)}
            >
              <div class="row-words">
                <p class="row-title">{name}</p>
                <p class="row-detail">
                  {words.members(
                    members,
                    members.filter((member) => !isServer(servers, member)),
                  )}
                </p>
                <Address path={path} />
              </div>
              <CopyAddress name={name} path={path} />
              <IconButton
                icon="edit"
                label={words.edit(name)}
                onClick={() => {
                  edited.value = { kind: 'known', name };
                }}
              />
            </RemovableRow>
          );
        })}
      </ul>
      {now?.kind === 'new' ? (
        <GroupForm group={null} settings={settings} close={close} />
      ) : (
        <p class="inline">
          <button
            type="button"
            class="button"
            onClick={() => {
              edited.value = { kind: 'new' };
            }}
          >
            <Icon name="plus" />
            {words.add}
          </button>
        </p>
      )}
    </section>
  );
}

function pathOf(group: string): string {
  return `/groups/${encodeURIComponent(group)}`;
}

function urlOf(path: string): string {
  const { host, port } = addressOf(state.value);
  return `http://${authority(host, port)}${path}/mcp`;
}

function Address({ path }: { readonly path: string }) {
  return <p class="row-detail mono">{urlOf(path)}</p>;
}

function CopyAddress({ name, path }: { readonly name: string; readonly path: string }) {
  const label = text.value.settingsWindow.groups.copy(name);
  return <CopyButton label={label} copy={() => ask('copyText', urlOf(path))} />;
}

function isServer(servers: readonly ServerSetting[], wanted: string): boolean {
  return servers.some(({ name }) => name === wanted);
}

/** Whether a client's entry leads to a group, by its address or by `connect --group`. */
function leadsTo({ line, mode }: ClientServerView, group: string): boolean {
  if (mode === 'off') return false;
  const parts = line.split(/[\s=]+/);
  const at = parts.indexOf('--group');
  return line.includes(`${pathOf(group)}/`) || (at !== -1 && parts[at + 1] === group);
}

interface Draft {
  readonly name: string;
  /** In the order of their lists. */
  readonly members: readonly string[];
  /** The prefixes that were typed here, by server. */
  readonly prefixes: ReadonlyMap<string, string>;
}

const PREFIX = /^[A-Za-z0-9_]{0,24}$/;

interface GroupFormProps {
  /** Null for a new one. */
  readonly group: GroupSetting | null;
  readonly settings: Settings;
  readonly close: () => void;
}

function GroupForm({ group, settings: { groups, servers }, close }: GroupFormProps) {
  const words = text.value.settingsWindow.groups;
  useReturnFocus();
  const draft = useSignal<Draft>({ name: group?.name ?? '', members: group?.servers ?? [], prefixes: new Map() });
  const error = useSignal<Words | null>(null);
  const errorId = useId();
  const first = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => first.current?.focus(), []);
  const type = (part: Partial<Draft>): void => {
    draft.value = { ...draft.value, ...part };
    error.value = null;
  };
  const { name, members, prefixes } = draft.value;
  const shown = [...servers.map((server) => server.name), ...members.filter((member) => !isServer(servers, member))];
  const save = async (): Promise<void> => {
    const typed = name.trim().normalize('NFC');
    if (typed === '') return refuse(({ settingsWindow }) => settingsWindow.faults.missing);
    if (members.length === 0) return refuse(({ settingsWindow }) => settingsWindow.groups.needsServer);
    if ([...prefixes.values()].some((prefix) => !PREFIX.test(prefix.trim()))) {
      return refuse(({ settingsWindow }) => settingsWindow.groups.badPrefix);
    }
    const next: GroupSetting = { name: typed, servers: members };
    const all = group === null ? [...groups, next] : groups.map((one) => (one.name === group.name ? next : one));
    const refusal = await change({
      groups: all,
      ...(prefixes.size === 0 ? {} : { servers: servers.map((server) => prefixed(server, prefixes)) }),
    });
    if (refusal === null) close();
    else refuse(refusal.words);
  };
  const refuse = (why: Words): void => {
    error.value = why;
  };
  return (
    <form
      class="group-form"
      aria-label={group === null ? words.add : words.edit(group.name)}
      onSubmit={(event) => {
        event.preventDefault();
        attempt(save);
      }}
      onKeyDown={(event) => {
        if (isEscape(event)) close();
      }}
    >
      <label class="stacked">
        {words.name}
        <input
          ref={first}
          type="text"
          class="middle"
          spellcheck={false}
          autocomplete="off"
          aria-describedby={errorId}
          value={name}
          onInput={({ currentTarget }) => type({ name: currentTarget.value })}
        />
      </label>
      <fieldset class="group-members">
        <legend>{words.choose}</legend>
        {shown.map((server) => {
          const isMember = members.includes(server);
          const alias = servers.find((one) => one.name === server)?.alias;
          return (
            <div key={server} class="group-member">
              <label class="check">
                <input
                  type="checkbox"
                  checked={isMember}
                  onChange={() =>
                    type({ members: isMember ? members.filter((member) => member !== server) : [...members, server] })
                  }
                />
                <span>
                  {server}
                  {!isServer(servers, server) && <small class="hint">{words.notThere}</small>}
                </span>
              </label>
              {isMember && isServer(servers, server) && (
                <input
                  type="text"
                  class="middle mono"
                  aria-label={words.prefixOf(server)}
                  placeholder={alias === '' ? words.noPrefix : words.prefix}
                  spellcheck={false}
                  autocomplete="off"
                  aria-describedby={errorId}
                  value={prefixes.get(server) ?? alias ?? ''}
                  onInput={({ currentTarget }) =>
                    type({ prefixes: new Map([...prefixes, [server, currentTarget.value]]) })
                  }
                />
              )}
            </div>
          );
        })}
      </fieldset>
      <p class="hint">{servers.length === 0 ? words.none : words.prefixHint}</p>
      <p id={errorId} class="error" role="alert">
        {error.value?.(text.value)}
      </p>
      <p class="inline">
        <button type="button" class="button" onClick={close}>
          {text.value.windows.cancel}
        </button>
        <button type="submit" class="button primary">
          {words.save}
        </button>
      </p>
    </form>
  );
}

/** A server with the prefix that was typed for it; without one of its own where that was cleared. */
function prefixed(server: ServerSetting, prefixes: ReadonlyMap<string, string>): ServerSetting {
  const typed = prefixes.get(server.name)?.trim();
  if (typed === undefined) return server;
  const { alias: _alias, ...rest } = server;
  return typed === '' ? rest : { ...rest, alias: typed };
}
