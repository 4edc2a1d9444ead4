import { useEffect } from 'preact/hooks';
import type { LogLine } from '../../app/ipc/index.ts';
import { Frame } from '../shared/controls.tsx';
import { clockTime, OptionRow, rowForKey, Said } from '../shared/row-list.tsx';
import { attempt, text, useDestination } from '../shared/store.ts';
import { VirtualList } from '../shared/virtual-list.tsx';
import { fieldsOf } from './log-model.ts';
import {
  follow,
  hits,
  lines,
  open,
  paused,
  query,
  reveal,
  select,
  selectAll,
  selection,
  setFilter,
  total,
  version,
} from './log-store.ts';
import { Toolbar } from './toolbar.tsx';

export interface LogRowProps {
  readonly line: LogLine;
  readonly index: number;
  readonly count: number;
  readonly isMatch: boolean;
  readonly isSelected: boolean;
}

export function rowId(index: number): string {
  return `line-${index}`;
}

/** One line: when, how bad, who, what. The level is told by a word, not by colour alone. */
function LogRow({ line, index, count, isMatch, isSelected }: LogRowProps) {
  const words = text.value.logWindow;
  const { level, source, message, at } = line;
  return (
    <OptionRow
      id={rowId(index)}
      class="log-row"
      index={index}
      count={count}
      isSelected={isSelected}
      onClick={({ shiftKey }) => select(index, shiftKey)}
    >
      <span class="log-time">{clockTime(at)}</span>
      <span class={`log-level ${level}`}>{words.names[level]}</span>
      <span class="log-source">{source === '' ? words.program : source}</span>
      <span class="log-message">
        {isMatch ? marked(message, query.value) : message}
        <span class="log-fields"> {fieldsOf(line)}</span>
      </span>
    </OptionRow>
  );
}

function marked(message: string, wanted: string) {
  const at = message.toLowerCase().indexOf(wanted.toLowerCase());
  if (at === -1) return message;
  return (
    <>
      {message.slice(0, at)}
      <mark>{message.slice(at, at + wanted.length)}</mark>
      {message.slice(at + wanted.length)}
    </>
  );
}

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

const ROW_HEIGHT = 22;

export function Logs() {
  const words = text.value.logWindow;
  useEffect(() => {
    attempt(open);
  }, []);
  useDestination((part) => setFilter({ source: part === '' ? null : part }));

  const chosen = selection.value;
  const isMatch = new Set(query.value === '' ? [] : hits());
  const shown = lines();
  return (
    <Frame title={words.title}>
      <Toolbar />
      <main class="log">
        {shown.length === 0 && <p class="hint log-empty">{total() === 0 ? words.none : words.noneShown}</p>}
        <VirtualList
          label={words.lines}
          isMultiple
          count={shown.length}
          rowHeight={ROW_HEIGHT}
          version={version.value}
          follow={follow.value}
          onFollow={(wanted) => {
            follow.value = wanted;
          }}
          reveal={reveal.value}
          active={chosen === null ? undefined : rowId(chosen.to)}
          onKey={onKey}
          row={(index) => {
            const line = shown[index];
            return line === undefined ? null : (
              <LogRow
                key={line.sequence}
                line={line}
                index={index}
                count={shown.length}
                isMatch={isMatch.has(index)}
                isSelected={chosen !== null && isBetween(index, chosen.from, chosen.to)}
              />
            );
          }}
        />
      </main>
      <Detail />
      <footer class="log-foot">
        <span>{words.count(shown.length, total())}</span>
        {paused.value && <span>{words.paused}</span>}
        <Said />
      </footer>
    </Frame>
  );
}

function isBetween(index: number, one: number, other: number): boolean {
  return index >= Math.min(one, other) && index <= Math.max(one, other);
}

function onKey(event: KeyboardEvent): void {
  const at = selection.value?.to ?? lines().length;
  const target = rowForKey(event.key, at, lines().length);
  if (target !== undefined) {
    event.preventDefault();
    select(target, event.shiftKey);
  } else if (event.key === 'a' && (event.metaKey || event.ctrlKey)) {
    event.preventDefault();
    selectAll();
  }
}
