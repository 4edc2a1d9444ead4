import { signal, useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { authority } from '../../app/ipc/index.ts';
import type { ForwardSetting, Settings } from '../../app/settings/settings.ts';
import { CopyButton, IconButton } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
import { isEscape } from '../shared/keys.ts';
import { LocalNetwork } from '../shared/local-network.tsx';
import { ask, attempt, phase, state, text, type Words } from '../shared/store.ts';
import { type Parsed, parsePort, TextField } from './field.tsx';
import { GoneRow, RemovableRow, rowsWithGone } from './removal.tsx';
import { change } from './store.ts';

export function Forwards({ settings: { forwards } }: { readonly settings: Settings }) {
  const words = text.value.settingsWindow.forwards;
  const rows = rowsWithGone('forward', forwards);
  return (
    <div class="form">
      <p class="hint">{words.intro}</p>
      {rows.length === 0 ? (
        <p class="hint">{words.none}</p>
      ) : (
        <ul class="rows">
          {rows.map((row) =>
            row.kind === 'gone' ? (
              <GoneRow key={`gone ${row.what.removal}`} what={row.what} />
            ) : (
              <ForwardRow key={row.item.port} forward={row.item} at={forwards.indexOf(row.item)} forwards={forwards} />
            ),
          )}
        </ul>
      )}
      <ForwardForm forward={null} forwards={forwards} close={() => undefined} />
    </div>
  );
}

/** The forward that is being edited, by its port; null for none. */
const edited = signal<number | null>(null);

function ForwardRow({
  forward,
  at,
  forwards,
}: {
  readonly forward: ForwardSetting;
  readonly at: number;
  readonly forwards: readonly ForwardSetting[];
}) {
  const words = text.value.settingsWindow.forwards;
  const { port, host, targetPort } = forward;
  const address = `127.0.0.1:${port}`;
  const name = `${address} → ${authority(host, targetPort)}`;
  if (edited.value === port) {
    return (
      <li class="row">
        <ForwardForm
          forward={forward}
          forwards={forwards}
          close={() => {
            edited.value = null;
          }}
        />
      </li>
    );
  }
  return (
    <RemovableRow
      removed={{ kind: 'forward', port }}
      name={name}
      at={at}
      label={words.remove(port)}
      isUsedBy={({ forward: used, labels }) => used?.port === port || labels.includes(address)}
    >
      <div class="row-words">
        <p class="mono">{name}</p>
        <ForwardState port={port} />
      </div>
      <CopyButton quiet label={words.copy(address)} copy={() => ask('copyText', address)} />
      <IconButton
        icon="edit"
        label={words.edit(port)}
        onClick={() => {
          edited.value = port;
        }}
      />
    </RemovableRow>
  );
}

/** All forwards open with the port, or none: what kept one from it is the problem that the app shows. */
function ForwardState({ port }: { readonly port: number }) {
  const words = text.value.settingsWindow.forwards;
  const { problem } = state.value;
  if (phase.value === 'on') {
    return (
      <p class="row-detail">
        <span class="light ready" aria-hidden="true" /> {words.listening}
      </p>
    );
  }
  if (phase.value === 'starting') return <p class="row-detail">{words.starting}</p>;
  const isBlocked = problem !== null && /(?:^|:)opening:/.test(problem.id) && problem.id.endsWith(`:${port}`);
  return <p class="row-detail">{isBlocked ? `${words.notListening}: ${problem.sentence}` : words.off}</p>;
}

const EMPTY = { port: '', host: '', targetPort: '' };

/** `host:port`, or a URL, as it is pasted into the field of a host; null for a host alone. */
function splitTarget(written: string): { readonly host: string; readonly port: string } | null {
  const bare = written
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?/i, '')
    .replace(/[/?#].*$/s, '');
  const [, bracketed, plain, port = ''] = /^(?:\[([0-9a-f:.%\w]+)\]|([^:[\]\s]+)):(\d{1,5})$/i.exec(bare) ?? [];
  const host = bracketed ?? plain;
  return host === undefined ? null : { host, port };
}

interface ForwardFormProps {
  /** Null for a new one. */
  readonly forward: ForwardSetting | null;
  readonly forwards: readonly ForwardSetting[];
  readonly close: () => void;
}

function ForwardForm({ forward, forwards, close }: ForwardFormProps) {
  const words = text.value.settingsWindow.forwards;
  const draft = useSignal(
    forward === null
      ? EMPTY
      : { port: String(forward.port), host: forward.host, targetPort: String(forward.targetPort) },
  );
  const error = useSignal<Words | null>(null);
  const errorId = useId();
  const type = (part: Partial<typeof EMPTY>): void => {
    draft.value = { ...draft.value, ...part };
    error.value = null;
  };
  /** What holds both goes into both fields. */
  const split = (written: string): boolean => {
    const target = splitTarget(written);
    if (target !== null) type({ host: target.host, targetPort: target.port });
    return target !== null;
  };
  const save = async (): Promise<void> => {
    split(draft.value.host);
    const port = parsePort(draft.value.port);
    const targetPort = parsePort(draft.value.targetPort);
    if (!port.ok || !targetPort.ok) {
      error.value = ({ settingsWindow }) => settingsWindow.faults.port;
      return;
    }
    const next = { port: port.value, host: draft.value.host.trim(), targetPort: targetPort.value };
    const all =
      forward === null ? [...forwards, next] : forwards.map((one) => (one.port === forward.port ? next : one));
    const refusal = await change({ forwards: all });
    error.value = refusal?.words ?? null;
    if (refusal !== null) return;
    if (forward === null) draft.value = EMPTY;
    close();
  };
  const field = (name: keyof typeof EMPTY, label: string, kind: 'short' | 'middle') => (
    <label class="stacked">
      {label}
      <input
        type="text"
        class={kind}
        inputMode={kind === 'short' ? 'numeric' : 'text'}
        spellcheck={false}
        autocomplete="off"
        aria-describedby={errorId}
        value={draft.value[name]}
        onInput={({ currentTarget }) => type({ [name]: currentTarget.value })}
        onPaste={(event) => {
          if (name !== 'port' && split(event.clipboardData?.getData('text/plain') ?? '')) event.preventDefault();
        }}
        onBlur={() => {
          if (name === 'host') split(draft.value.host);
        }}
      />
    </label>
  );
  return (
    <form
      class="new-forward"
      onSubmit={(event) => {
        event.preventDefault();
        attempt(save);
      }}
      onKeyDown={(event) => {
        if (isEscape(event)) close();
      }}
    >
      {field('port', words.port, 'short')}
      <span class="arrow" aria-hidden="true">
        →
      </span>
      {field('host', words.host, 'middle')}
      {field('targetPort', words.targetPort, 'short')}
      {forward === null ? (
        <button type="submit" class="button">
          <Icon name="plus" />
          {words.add}
        </button>
      ) : (
        <>
          <button type="button" class="button" onClick={close}>
            {text.value.windows.cancel}
          </button>
          <button type="submit" class="button primary">
            {words.save}
          </button>
        </>
      )}
      <p id={errorId} class="error" role="alert">
        {error.value?.(text.value)}
      </p>
    </form>
  );
}

export function Network({ settings }: { readonly settings: Settings }) {
  const words = text.value.settingsWindow.network;
  return (
    <div class="form">
      <div class="field">
        <span>{text.value.permission.title}</span>
        <div class="field-body">
          <LocalNetwork />
        </div>
      </div>
      <TextField
        label={words.upstream.label}
        hint={words.upstream.hint}
        value={settings.upstream}
        show={(upstream) => upstream ?? ''}
        parse={(draft) => ({ ok: true, value: draft.trim() === '' ? null : draft.trim() })}
        save={(upstream) => change({ upstream })}
      />
      <TextField
        label={words.noProxy.label}
        hint={words.noProxy.hint}
        value={settings.noProxy}
        show={String}
        parse={(draft) => ({ ok: true, value: draft.trim() })}
        save={(noProxy) => change({ noProxy })}
      />
      <TextField
        label={words.deniedPorts.label}
        hint={words.deniedPorts.hint}
        value={settings.deniedPorts}
        show={(ports) => ports.join(', ')}
        parse={parsePorts}
        save={(deniedPorts) => change({ deniedPorts })}
      />
    </div>
  );
}

function parsePorts(draft: string): Parsed<readonly number[]> {
  const ports: number[] = [];
  for (const part of draft.split(/[\s,，、]+/)) {
    if (part === '') continue;
    const parsed = parsePort(part);
    if (!parsed.ok) return parsed;
    ports.push(parsed.value);
  }
  return { ok: true, value: [...new Set(ports)] };
}
