import { text } from '../shared/store.ts';
import { fieldsOf } from './log-model.ts';
import { lines, selection } from './log-store.ts';

/** The whole of the line the keyboard is on: rows in the list are cut at the edge of the window. */
export function Detail() {
  const words = text.value.logWindow;
  const index = selection.value?.to;
  const line = index === undefined ? undefined : lines()[index];
  if (line === undefined) return null;
  const fields = fieldsOf(line);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll what has the focus.
    <section class="log-detail" tabIndex={0} aria-label={words.detail}>
      <p class="hint">
        {new Date(line.at).toLocaleString(text.value.language)} · {words.names[line.level]} ·{' '}
        {line.source === '' ? words.program : line.source}
      </p>
      <p class="mono">{line.message}</p>
      {fields !== '' && <p class="mono hint">{fields}</p>}
    </section>
  );
}
