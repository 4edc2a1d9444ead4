import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { addressOf, authority } from '../../app/ipc/index.ts';
import { splitCommandLine } from '../../app/settings/command-line.ts';
import { looksLikeUrl } from '../../app/settings/server-url.ts';
import type { NameRules, ServerSetting, Settings } from '../../app/settings/settings.ts';
import { useReturnFocus } from '../shared/keep-focus.ts';
import { isEscape } from '../shared/keys.ts';
import { ask, attempt, state, text, type Words } from '../shared/store.ts';
import { looksLikeConfiguration, previewText } from './addition-sheet.tsx';
import { Row, Toggle } from './field.tsx';
import { RemoteFields } from './remote-fields.tsx';
import { type DraftField, type DraftRules, readDraft, type ServerDraft, servedName, withHome } from './server-draft.ts';
import { change as changeSettings, home, type RejectedSetting } from './store.ts';
import { ChangeMode } from './tool-changes.tsx';
import { ToolList } from './tool-list.tsx';
import { TryPanel } from './try-panel.tsx';

export interface ServerEditorProps {
  readonly settings: Settings;
  /** Null for a new one. */
  readonly server: ServerSetting | null;
  readonly draft: ServerDraft;
  readonly change: (draft: ServerDraft) => void;
  /** Given the name of a server that was saved, null where nothing was. */
  readonly close: (saved: string | null) => void;
}

/** Groups and sets with a server under its new name, where that makes a difference: else it would drop out of them. */
function renamedIn(
  { groups, sets }: Settings,
  before: string,
  after: string,
): Partial<Pick<Settings, 'groups' | 'sets'>> {
  if (before === after) return {};
  const renamed = (name: string) => (name === before ? after : name);
  const isGrouped = groups.some(({ servers }) => servers.includes(before));
  const isInSet = sets.some(({ servers }) => Object.hasOwn(servers, before));
  return {
    ...(isGrouped ? { groups: groups.map((group) => ({ ...group, servers: group.servers.map(renamed) })) } : {}),
    ...(isInSet
      ? {
          sets: sets.map((set) => ({
            ...set,
            servers: Object.fromEntries(Object.entries(set.servers).map(([name, rules]) => [renamed(name), rules])),
          })),
        }
      : {}),
  };
}

/** Without rules for its tools where they would limit nothing. */
function withTools({ tools: _before, ...others }: DraftRules, tools: NameRules): DraftRules {
  return Object.keys(tools).length === 0 ? others : { ...others, tools };
}

function withChanges({ changes: _before, ...others }: DraftRules, mode: 'notice' | 'hold'): DraftRules {
  return mode === 'notice' ? others : { ...others, changes: mode };
}

const ERAS = ['auto', 'legacy', 'dual', 'modern'] as const satisfies readonly ServerSetting['era'][];

/** One server: nothing takes effect before Save, so that a half-typed command never runs. */
export function ServerEditor({ settings, server, draft, change, close }: ServerEditorProps) {
  const { servers, defaultServer, recordContents } = settings;
  const words = text.value.settingsWindow.servers;
  const isDefault = server === null ? servers.length === 0 : server.name === defaultServer;
  useReturnFocus();
  const fault = useSignal<{ readonly field: DraftField; readonly words: Words } | null>(null);

  /** The server that is typed; null where a field has a fault, which is shown. */
  const judge = (typed: ServerDraft): ServerSetting | null => {
    const result = readDraft(typed, text.value, home.value);
    fault.value = result.ok ? null : { field: result.field, words: faultWords(typed) };
    return result.ok ? result.server : null;
  };
  const type = (part: Partial<ServerDraft>): void => {
    const next = { ...draft, ...part };
    change(next);
    if (fault.value !== null) judge(next);
  };
  const reading = (): ServerSetting | null => judge(draft);
  const save = async (): Promise<void> => {
    const wanted = reading();
    if (wanted === null) return;
    const others =
      server === null ? [...servers, wanted] : servers.map((one) => (one.name === server.name ? wanted : one));
    const next = draft.isDefault ? wanted.name : isDefault ? null : defaultServer;
    const recorded = recordContents.filter((name) => name !== server?.name && name !== wanted.name);
    const patch = {
      servers: others,
      defaultServer: next,
      recordContents: draft.isRecorded ? [...recorded, wanted.name] : recorded,
      ...(server === null ? {} : renamedIn(settings, server.name, wanted.name)),
    };
    const refusal = await changeSettings(patch);
    if (refusal === null) close(wanted.name);
    else fault.value = { field: fieldOf(refusal), words: refusal.words };
  };
  const errorOf = (field: DraftField): string | null =>
    fault.value?.field === field ? fault.value.words(text.value) : null;
  const line = splitCommandLine(draft.commandLine);
  const { host, port } = addressOf(state.value);
  const name = servedName(draft.name);
  const address = `http://${authority(host, port)}/servers/${encodeURIComponent(name)}/mcp`;
  const isUrl = looksLikeUrl(draft.commandLine);

  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        attempt(save);
      }}
      onKeyDown={(event) => {
        if (isEscape(event)) close(null);
      }}
    >
      <h2>{server === null ? words.newTitle : words.edit(server.name)}</h2>
      <Entry
        words={name === '' ? words.name : { ...words.name, hint: words.name.address(address) }}
        kind="middle"
        error={errorOf('name')}
        value={draft.name}
        type={(typed) => type({ name: typed })}
        paste={pasteServers}
        focused
      />
      <Entry
        words={words.command}
        kind="long mono"
        placeholder="npx -y @modelcontextprotocol/server-everything"
        error={errorOf('commandLine')}
        value={draft.commandLine}
        type={(commandLine) => type({ commandLine })}
        paste={pasteServers}
      >
        {!isUrl && line.ok && line.words.length > 0 && (
          <ul class="chips" aria-label={words.words}>
            {line.words.map((word, at) => (
              <li key={at}>{word === '' ? '“”' : withHome(word, home.value)}</li>
            ))}
          </ul>
        )}
      </Entry>
      <TryPanel setting={reading} trust={(fingerprint) => type({ tls: { ...draft.tls, fingerprint } })} />
      {isUrl ? (
        <RemoteFields draft={draft} error={errorOf('headers')} type={type} />
      ) : (
        <ProgramFields draft={draft} errorOf={errorOf} type={type} />
      )}
      <Row label={words.era.label}>
        {({ input }) => (
          <select
            id={input}
            value={draft.era}
            onChange={({ currentTarget: { value } }) => {
              const era = ERAS.find((one) => one === value);
              if (era !== undefined) type({ era });
            }}
          >
            {ERAS.map((era) => (
              <option key={era} value={era}>
                {words.era.words[era]}
              </option>
            ))}
          </select>
        )}
      </Row>
      {!isUrl && (
        <Toggle label={words.spare.label} hint={words.spare.hint} on={draft.spare} set={(spare) => type({ spare })} />
      )}
      <Toggle
        label={words.isDefault.label}
        hint={words.isDefault.hint}
        on={draft.isDefault}
        set={(wanted) => type({ isDefault: wanted })}
      />
      <Toggle
        label={words.isRecorded.label}
        hint={words.isRecorded.hint}
        on={draft.isRecorded}
        set={(wanted) => type({ isRecorded: wanted })}
      />
      <ChangeMode
        mode={draft.rules.changes ?? 'notice'}
        set={(mode) => type({ rules: withChanges(draft.rules, mode) })}
      />
      {server !== null && (
        <ToolList
          server={server.name}
          rules={draft.rules.tools ?? {}}
          change={(tools) => type({ rules: withTools(draft.rules, tools) })}
        />
      )}
      <div class="form-end">
        <button type="button" class="button" onClick={() => close(null)}>
          {text.value.windows.cancel}
        </button>
        <button type="submit" class="button primary">
          {text.value.windows.save}
        </button>
      </div>
    </form>
  );
}

/** Configuration of a client that is pasted into a line becomes servers, after a preview. */
function pasteServers(pasted: string): boolean {
  if (!looksLikeConfiguration(pasted)) return false;
  attempt(() => previewText(pasted));
  return true;
}

interface ProgramFieldsProps {
  readonly draft: ServerDraft;
  readonly errorOf: (field: DraftField) => string | null;
  readonly type: (part: Partial<ServerDraft>) => void;
}

/** What a program has, and a server with a URL has not. */
function ProgramFields({ draft, errorOf, type }: ProgramFieldsProps) {
  const words = text.value.settingsWindow.servers;
  return (
    <>
      <Row label={words.env.label} hint={words.env.hint} error={errorOf('env')}>
        {({ input, notes }) => (
          <textarea
            id={input}
            rows={2}
            class="mono"
            spellcheck={false}
            aria-describedby={notes}
            aria-invalid={errorOf('env') !== null}
            value={draft.env}
            onInput={({ currentTarget }) => type({ env: currentTarget.value })}
          />
        )}
      </Row>
      <Entry words={words.cwd} kind="long mono" error={errorOf('cwd')} value={draft.cwd} type={(cwd) => type({ cwd })}>
        <button
          type="button"
          class="button"
          onClick={() =>
            attempt(async () => {
              const folder = await ask('chooseFolder');
              if (folder !== null) type({ cwd: folder });
            })
          }
        >
          {words.cwd.choose}
        </button>
      </Entry>
    </>
  );
}

interface EntryProps {
  readonly words: { readonly label: string; readonly hint: string };
  readonly kind: 'middle' | 'long mono';
  readonly error: string | null;
  readonly value: string;
  readonly type: (typed: string) => void;
  readonly placeholder?: string;
  /** Whether what is pasted is taken elsewhere. */
  readonly paste?: (pasted: string) => boolean;
  /** Where typing begins when the editor opens. */
  readonly focused?: boolean;
  /** What stands below the line. */
  readonly children?: ComponentChildren;
}

/** A line of the draft. */
function Entry({ words, kind, error, value, type, placeholder, paste, focused = false, children }: EntryProps) {
  const line = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (focused) line.current?.focus();
  }, []);
  return (
    <Row label={words.label} hint={words.hint} error={error}>
      {({ input, notes }) => (
        <>
          <input
            ref={line}
            id={input}
            type="text"
            class={kind}
            spellcheck={false}
            autocomplete="off"
            placeholder={placeholder}
            aria-describedby={notes}
            aria-invalid={error !== null}
            value={value}
            onInput={({ currentTarget }) => type(currentTarget.value)}
            onPaste={(event) => {
              if (paste?.(event.clipboardData?.getData('text/plain') ?? '') === true) event.preventDefault();
            }}
          />
          {children}
        </>
      )}
    </Row>
  );
}

/** What is wrong with a draft, read again in the language of then. */
function faultWords(typed: ServerDraft): Words {
  return (words) => {
    const again = readDraft(typed, words, home.value);
    return again.ok ? '' : again.sentence;
  };
}

function fieldOf({ path }: RejectedSetting): DraftField {
  const last = path.split('.').at(-1);
  if (path.includes('.env')) return 'env';
  if (path.includes('.headers')) return 'headers';
  if (last === 'cwd') return 'cwd';
  return last === 'name' ? 'name' : 'commandLine';
}
