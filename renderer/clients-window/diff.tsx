import { text } from '../shared/store.ts';
import { type DiffRow, diffRows } from './diff-lines.ts';

/** What changes in a file. Signs and elements say it too: colour alone says nothing. */
export function Diff({ diff }: { readonly diff: string }) {
  const words = text.value.clientsWindow.preview;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll what has the focus.
    <section class="diff" tabIndex={0} aria-label={words.diff}>
      {diffRows(diff).map((row, at) => (
        <Row key={at} row={row} />
      ))}
    </section>
  );
}

function Row({ row }: { readonly row: DiffRow }) {
  const words = text.value.clientsWindow.preview;
  switch (row.kind) {
    case 'hunk':
      return <p class="diff-hunk">{words.line(row.line)}</p>;
    case 'no-end':
      return <p class="diff-hunk">{words.noEnd}</p>;
    case 'added':
      return (
        <ins class="diff-row added">
          <span class="diff-sign">+</span>
          <code>{row.text}</code>
        </ins>
      );
    case 'removed':
      return (
        <del class="diff-row removed">
          <span class="diff-sign">−</span>
          <code>{row.text}</code>
        </del>
      );
    case 'same':
      return (
        <div class="diff-row">
          <span class="diff-sign" />
          <code>{row.text}</code>
        </div>
      );
    default:
      return row satisfies never;
  }
}
