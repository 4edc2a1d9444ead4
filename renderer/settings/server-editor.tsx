import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { TryProgress, TryResult } from '../../app/servers/index.ts';
import { splitCommandLine } from '../../app/settings/command-line.ts';
import type { ServerSetting, Settings } from '../../app/settings/settings.ts';
import { Icon } from '../shared/icon.tsx';
import { ask, attempt, bridge, text } from '../shared/store.ts';
import { Row, Toggle } from './field.tsx';
import { type DraftField, readDraft, type ServerDraft } from './server-draft.ts';
import { change as changeSettings, type RejectedSetting } from './store.ts';

/** Runs the server once and shows what it offers, before it is saved. */
export function TryPanel({ setting }: { readonly setting: () => ServerSetting | null }) {
  const words = text.value.settingsWindow.servers;
  const isTrying = useSignal(false);
  const progress = useSignal<TryProgress | null>(null);
  useEffect(() => {
    const unsubscribe = bridge.onTrying((told) => {
      progress.value = told;
    });
    return () => {
      unsubscribe();
      if (isTrying.value) attempt(() => ask('cancelTry'));
    };
  }, []);
  const result = useSignal<TryResult | null>(null);
  const run = async (): Promise<void> => {
    const wanted = setting();
    if (wanted === null) return;
    isTrying.value = true;
    result.value = null;
    progress.value = null;
    try {
      result.value = await ask('tryServer', wanted);
    } finally {
      isTrying.value = false;
    }
  };
  return (
    <div class="field">
      <span />
      <div class="field-body">
        <button type="button" class="button" disabled={isTrying.value} onClick={() => attempt(run)}>
          <Icon name="play" />
          {isTrying.value ? words.trying : words.try}
        </button>
        {isTrying.value && progress.value !== null && <Progress progress={progress.value} />}
        <div role="status">{result.value !== null && <Result result={result.value} />}</div>
      </div>
    </div>
  );
}

/** A slow start: how long, what it said last, and a way to stop it. */
function Progress({ progress: { elapsedMs, lastLine } }: { readonly progress: TryProgress }) {
  const words = text.value.settingsWindow.servers;
  return (
    <div class="try-result">
      <p>
        {words.tryingFor(Math.round(elapsedMs / 1000))}{' '}
        <button type="button" class="button quiet" onClick={() => attempt(() => ask('cancelTry'))}>
          {words.stopTrying}
        </button>
      </p>
      {lastLine !== '' && <pre>{lastLine}</pre>}
    </div>
  );
}

function Result({ result }: { readonly result: TryResult }) {
  const words = text.value.settingsWindow.servers;
  if (result.kind === 'fails') {
    return (
      <div class="try-result fails">
        <p>
          <Icon name="warning" /> <strong>{words.fails}</strong>
        </p>
        <p>{result.sentence}</p>
        {result.stderr.length > 0 && <pre>{result.stderr.join('\n')}</pre>}
      </div>
    );
  }
  const { server, version, revision, tools, took } = result;
  return (
    <div class="try-result">
      <p>
        <Icon name="check" /> {words.works(server, version, took)}
      </p>
      <p class="hint">
        {words.revision(revision)} · {words.tools(tools.length)}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll what has the focus. */}
      <ul class="tools" tabIndex={0} aria-label={words.tools(tools.length)}>
        {tools.map(({ name, description }) => (
          <li key={name}>
            <code>{name}</code> <span class="hint">{description}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

export interface ServerEditorProps {
  readonly settings: Settings;
  /** Null for a new one. */
  readonly server: ServerSetting | null;
  readonly draft: ServerDraft;
  readonly change: (draft: ServerDraft) => void;
  readonly close: () => void;
}

const ERAS = ['auto', 'legacy', 'dual', 'modern'] as const satisfies readonly ServerSetting['era'][];

/** One server: nothing takes effect before Save, so that a half-typed command never runs. */
export function ServerEditor({ settings, server, draft, change, close }: ServerEditorProps) {
  const { servers, defaultServer } = settings;
  const words = text.value.settingsWindow.servers;
  const isDefault = server === null ? servers.length === 0 : server.name === defaultServer;
  const fault = useSignal<{ readonly field: DraftField; readonly sentence: string } | null>(null);

  const type = (part: Partial<ServerDraft>): void => {
    const next = { ...draft, ...part };
    change(next);
    if (fault.value === null) return;
    const reading = readDraft(next, text.value);
    fault.value = reading.ok ? null : reading;
  };
  const reading = (): ServerSetting | null => {
    const result = readDraft(draft, text.value);
    fault.value = result.ok ? null : result;
    return result.ok ? result.server : null;
  };
  const save = async (): Promise<void> => {
    const wanted = reading();
    if (wanted === null) return;
    const others =
      server === null ? [...servers, wanted] : servers.map((one) => (one.name === server.name ? wanted : one));
    const next = draft.isDefault ? wanted.name : isDefault ? null : defaultServer;
    const refusal = await changeSettings({ servers: others, defaultServer: next }, text.value);
    if (refusal === null) close();
    else fault.value = { field: fieldOf(refusal), sentence: refusal.sentence };
  };
  const errorOf = (field: DraftField): string | null => (fault.value?.field === field ? fault.value.sentence : null);
  const line = splitCommandLine(draft.commandLine);

  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        attempt(save);
      }}
      onKeyDown={({ key }) => {
        if (key === 'Escape') close();
      }}
    >
      <h2>{server === null ? words.newTitle : words.edit(server.name)}</h2>
      <Entry
        words={words.name}
        kind="middle"
        error={errorOf('name')}
        value={draft.name}
        type={(name) => type({ name })}
        focused
      />
      <Entry
        words={words.command}
        kind="long mono"
        placeholder="npx -y @modelcontextprotocol/server-everything"
        error={errorOf('commandLine')}
        value={draft.commandLine}
        type={(commandLine) => type({ commandLine })}
      >
        {line.ok && line.words.length > 0 && (
          <ul class="chips" aria-label={words.words}>
            {line.words.map((word, at) => (
              <li key={at}>{word === '' ? '“”' : word}</li>
            ))}
          </ul>
        )}
      </Entry>
      <TryPanel setting={reading} />
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
      <Entry
        words={words.cwd}
        kind="long mono"
        error={errorOf('cwd')}
        value={draft.cwd}
        type={(cwd) => type({ cwd })}
      />
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
      <Toggle label={words.spare.label} hint={words.spare.hint} on={draft.spare} set={(spare) => type({ spare })} />
      <Toggle
        label={words.isDefault.label}
        hint={words.isDefault.hint}
        on={draft.isDefault}
        set={(wanted) => type({ isDefault: wanted })}
      />
      <div class="form-end">
        <button type="button" class="button" onClick={close}>
          {text.value.windows.cancel}
        </button>
        <button type="submit" class="button primary">
          {text.value.windows.save}
        </button>
      </div>
    </form>
  );
}

interface EntryProps {
  readonly words: { readonly label: string; readonly hint: string };
  readonly kind: 'middle' | 'long mono';
  readonly error: string | null;
  readonly value: string;
  readonly type: (typed: string) => void;
  readonly placeholder?: string;
  /** Where typing begins when the editor opens. */
  readonly focused?: boolean;
  /** What stands below the line. */
  readonly children?: ComponentChildren;
}

/** A line of the draft. */
function Entry({ words, kind, error, value, type, placeholder, focused = false, children }: EntryProps) {
  const line = useRef<HTMLInputElement>(null);
  useEffect(() => {
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
          />
          {children}
        </>
      )}
    </Row>
  );
}

function fieldOf({ path }: RejectedSetting): DraftField {
  const last = path.split('.').at(-1);
  if (path.includes('.env')) return 'env';
  if (last === 'cwd') return 'cwd';
  return last === 'name' ? 'name' : 'commandLine';
}
