import { useSignal } from '@preact/signals';
import { ask } from './bridge.ts';
import { text } from './store.ts';
import { announcement, attempt } from './tell.ts';

/** The path of the file written; null when the person thought better of it. */
export async function saveDiagnostics(): Promise<string | null> {
  const file = await ask('saveDiagnostics');
  if (file !== null) announcement.value = text.value.diagnostics.saved(file);
  return file;
}

/** The button with what it does, and where the file went. */
export function Diagnostics() {
  const words = text.value.diagnostics;
  const file = useSignal<string | null>(null);
  return (
    <div class="field">
      <span>{words.label}</span>
      <div class="field-body">
        <button
          type="button"
          class="button"
          onClick={() =>
            attempt(async () => {
              file.value = (await saveDiagnostics()) ?? file.value;
            })
          }
        >
          {words.save}
        </button>
        <p class="hint">{file.value === null ? words.hint : words.saved(file.value)}</p>
      </div>
    </div>
  );
}
