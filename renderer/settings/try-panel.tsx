import { useSignal } from '@preact/signals';
import type { TryResult } from '../../app/servers/index.ts';
import type { ServerSetting } from '../../app/settings/settings.ts';
import { ask } from '../shared/bridge.ts';
import { Icon } from '../shared/icon.tsx';
import { text } from '../shared/store.ts';
import { attempt } from '../shared/tell.ts';

/** Runs the server once and shows what it offers, before anybody depends on it. */
export function TryPanel({ setting }: { readonly setting: () => ServerSetting | null }) {
  const words = text.value.settingsWindow.servers;
  const isTrying = useSignal(false);
  const result = useSignal<TryResult | null>(null);
  const run = async (): Promise<void> => {
    const wanted = setting();
    if (wanted === null) return;
    isTrying.value = true;
    result.value = null;
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
        <div role="status">{result.value !== null && <Result result={result.value} />}</div>
      </div>
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
