import { useSignal } from '@preact/signals';
import { place } from '../../app/ipc/index.ts';
import type { ForwardSetting, Settings } from '../../app/settings/settings.ts';
import { IconButton } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
import { text } from '../shared/store.ts';
import { attempt, mishap } from '../shared/tell.ts';
import { parsePort } from './field.tsx';
import { change } from './store.ts';

export function Forwards({ settings: { forwards } }: { readonly settings: Settings }) {
  const words = text.value.settingsWindow.forwards;
  const remove = async (gone: ForwardSetting): Promise<void> => {
    const refusal = await change({ forwards: forwards.filter((one) => one !== gone) }, text.value);
    if (refusal !== null) mishap.value = refusal.sentence;
  };
  return (
    <div class="form">
      <p class="hint">{words.intro}</p>
      {forwards.length === 0 ? (
        <p class="hint">{words.none}</p>
      ) : (
        <ul class="rows">
          {forwards.map((forward) => (
            <li class="row" key={forward.port}>
              <p class="row-words mono">
                127.0.0.1:{forward.port} → {place(forward.host, forward.targetPort)}
              </p>
              <IconButton
                icon="trash"
                label={words.remove(forward.port)}
                onClick={() => attempt(() => remove(forward))}
              />
            </li>
          ))}
        </ul>
      )}
      <NewForward forwards={forwards} />
    </div>
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
