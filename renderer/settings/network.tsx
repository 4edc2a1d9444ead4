import { useSignal } from '@preact/signals';
import { authority } from '../../app/ipc/index.ts';
import type { ForwardSetting, Settings } from '../../app/settings/settings.ts';
import { Icon } from '../shared/icon.tsx';
import { LocalNetwork } from '../shared/local-network.tsx';
import { attempt, text } from '../shared/store.ts';
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
              <ForwardRow key={row.item.port} forward={row.item} at={forwards.indexOf(row.item)} />
            ),
          )}
        </ul>
      )}
      <NewForward forwards={forwards} />
    </div>
  );
}

function ForwardRow({ forward, at }: { readonly forward: ForwardSetting; readonly at: number }) {
  const { port, host, targetPort } = forward;
  const name = `127.0.0.1:${port} → ${authority(host, targetPort)}`;
  return (
    <RemovableRow
      removed={{ kind: 'forward', port }}
      name={name}
      at={at}
      label={text.value.settingsWindow.forwards.remove(port)}
      isUsedBy={({ forward: used, labels }) => used?.port === port || labels.includes(`127.0.0.1:${port}`)}
    >
      <p class="row-words mono">{name}</p>
    </RemovableRow>
  );
}

const EMPTY = { port: '', host: '', targetPort: '' };

function NewForward({ forwards }: { readonly forwards: readonly ForwardSetting[] }) {
  const words = text.value.settingsWindow.forwards;
  const draft = useSignal(EMPTY);
  const error = useSignal<string | null>(null);
  const add = async (): Promise<void> => {
    const port = parsePort(draft.value.port);
    const targetPort = parsePort(draft.value.targetPort);
    if (!port.ok || !targetPort.ok) {
      error.value = text.value.settingsWindow.faults.port;
      return;
    }
    const forward = { port: port.value, host: draft.value.host.trim(), targetPort: targetPort.value };
    const refusal = await change({ forwards: [...forwards, forward] }, text.value);
    error.value = refusal?.sentence ?? null;
    if (refusal === null) draft.value = EMPTY;
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
        aria-describedby="forward-error"
        value={draft.value[name]}
        onInput={({ currentTarget }) => {
          draft.value = { ...draft.value, [name]: currentTarget.value };
          error.value = null;
        }}
      />
    </label>
  );
  return (
    <form
      class="new-forward"
      onSubmit={(event) => {
        event.preventDefault();
        attempt(add);
      }}
    >
      {field('port', words.port, 'short')}
      <span class="arrow" aria-hidden="true">
        →
      </span>
      {field('host', words.host, 'middle')}
      {field('targetPort', words.targetPort, 'short')}
      <button type="submit" class="button">
        <Icon name="plus" />
        {words.add}
      </button>
      <p id="forward-error" class="error" role="alert">
        {error.value}
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
        save={(upstream) => change({ upstream }, text.value)}
      />
      <TextField
        label={words.noProxy.label}
        hint={words.noProxy.hint}
        value={settings.noProxy}
        show={String}
        parse={(draft) => ({ ok: true, value: draft.trim() })}
        save={(noProxy) => change({ noProxy }, text.value)}
      />
      <TextField
        label={words.deniedPorts.label}
        hint={words.deniedPorts.hint}
        value={settings.deniedPorts}
        show={(ports) => ports.join(', ')}
        parse={parsePorts}
        save={(deniedPorts) => change({ deniedPorts }, text.value)}
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
