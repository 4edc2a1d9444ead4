import type { LogLine } from '../../app/ipc/index.ts';
import { text } from '../shared/store.ts';
import { fieldsOf } from './log-model.ts';
import { query, select } from './log-store.ts';

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
export function LogRow({ line, index, count, isMatch, isSelected }: LogRowProps) {
  const words = text.value.logWindow;
  const { level, source, message, at } = line;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list itself takes the keys, for whichever row is active.
    // biome-ignore lint/a11y/useFocusableInteractive: aria-activedescendant of the list points here.
    <div
      id={rowId(index)}
      class="log-row"
      role="option"
      aria-selected={isSelected}
      aria-posinset={index + 1}
      aria-setsize={count}
      onClick={({ shiftKey }) => select(index, shiftKey)}
    >
      <span class="log-time">{clockTime(at)}</span>
      <span class={`log-level ${level}`}>{words.names[level]}</span>
      <span class="log-source">{source === '' ? words.program : source}</span>
      <span class="log-message">
        {isMatch ? marked(message, query.value) : message}
        <span class="log-fields"> {fieldsOf(line)}</span>
      </span>
    </div>
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

/** Hours to milliseconds, in local time: what is compared with what happened. */
function clockTime(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const three = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${three}`;
}
