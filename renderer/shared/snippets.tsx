import { computed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Snippet } from '../../app/ipc/index.ts';
import { Breakable, CopyButton, Preview } from './controls.tsx';
import { Icon } from './icon.tsx';
import { ask, attempt, state, text } from './store.ts';

const KINDS = ['endpoint', 'proxy'] as const satisfies readonly Snippet['kind'][];

/** What the snippets are made from, in the main process. */
const facts = computed(() => {
  const { phase, listening, address, servers, language } = state.value;
  return JSON.stringify([phase, listening, address, servers, language]);
});

/**
 * What to paste into a client, shown before it is copied: at once, or on demand where room is short. It follows
 * the port that is really open.
 */
export function Snippets() {
  const words = text.value.popover;
  const all = useSignal<readonly Snippet[]>([]);
  const chosen = useSignal('');
  const seen = facts.value;
  useEffect(() => {
    void seen;
    attempt(async () => {
      all.value = await ask('snippets');
    });
  }, [all, seen]);
  const snippet = all.value.find(({ id }) => id === chosen.value) ?? all.value[0];
  if (snippet === undefined) return null;
  return (
    <section class="snippets">
      <div class="section-head">
        <h2 id="snippet-label">{words.snippet}</h2>
        <select
          aria-labelledby="snippet-label"
          value={snippet.id}
          onChange={({ currentTarget }) => {
            chosen.value = currentTarget.value;
          }}
        >
          {KINDS.map((kind) => {
            const offered = all.value.filter((one) => one.kind === kind);
            return offered.length === 0 ? null : (
              <optgroup key={kind} label={text.value.snippets.kinds[kind]}>
                {offered.map(({ id, title }) => (
                  <option key={id} value={id}>
                    {title}
                  </option>
                ))}
              </optgroup>
            );
          })}
        </select>
        <CopyButton copy={() => ask('copySnippet', snippet.id)} />
      </div>
      <details>
        <summary>
          <Icon name="chevron" />
          <span class="hint">
            <Breakable words={snippet.where} />
          </span>
        </summary>
        {snippet.note !== null && <p class="hint">{snippet.note}</p>}
        <Preview label={words.preview} content={snippet.text} />
      </details>
    </section>
  );
}
