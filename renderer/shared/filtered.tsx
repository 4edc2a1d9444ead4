import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Icon } from './icon.tsx';
import { isEscape } from './keys.ts';
import { text } from './store.ts';

/** A list of so many entries has a field to find one by its name. */
const MANY = 12;

interface FilteredProps<Item> {
  /** The name of the list. */
  readonly label: string;
  readonly items: readonly Item[];
  /** What is looked through, whatever the case of its letters. */
  readonly wordsOf: (item: Item) => string;
  readonly children: (shown: readonly Item[]) => ComponentChildren;
}

/** A long list with a field that leaves only the entries whose words have in them what is written; Escape empties it. */
export function Filtered<Item>({ label, items, wordsOf, children }: FilteredProps<Item>) {
  const written = useSignal('');
  const words = text.value.windows.filter;
  if (items.length < MANY) return <>{children(items)}</>;
  const wanted = written.value.trim().toLowerCase();
  const shown = items.filter((item) => wordsOf(item).toLowerCase().includes(wanted));
  return (
    <>
      <search class="search filter">
        <Icon name="search" />
        <input
          type="search"
          aria-label={words.label(label)}
          placeholder={words.placeholder}
          value={written.value}
          onInput={({ currentTarget }) => {
            written.value = currentTarget.value;
          }}
          onKeyDown={(event) => {
            // An empty field leaves the key to the window, which it may hide.
            if (!isEscape(event) || written.value === '') return;
            written.value = '';
            event.preventDefault();
            event.stopPropagation();
          }}
        />
      </search>
      <p class="hint filter-count" role="status">
        {wanted !== '' && words.shown(shown.length, items.length)}
      </p>
      {shown.length > 0 && children(shown)}
    </>
  );
}
