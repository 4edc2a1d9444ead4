import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { IconButton } from './controls.tsx';
import { Icon } from './icon.tsx';
import { isEnter, isEscape } from './keys.ts';
import { announcement, attempt, text } from './store.ts';

/* What the two windows share that list what happens: the log and the activity. */

/** Rows that Page Up and Page Down pass over. */
const PAGE = 20;

export interface OptionRowProps {
  readonly id: string;
  readonly class: string;
  readonly index: number;
  readonly count: number;
  readonly isSelected: boolean;
  readonly onClick: (event: MouseEvent) => void;
  readonly children: ComponentChildren;
}

/** One row of a virtual list, of which only those in view are elements. */
export function OptionRow({ id, class: name, index, count, isSelected, onClick, children }: OptionRowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list itself takes the keys, for whichever row is active.
    // biome-ignore lint/a11y/useFocusableInteractive: aria-activedescendant of the list points here.
    <div
      id={id}
      class={name}
      role="option"
      aria-selected={isSelected}
      aria-posinset={index + 1}
      aria-setsize={count}
      onClick={onClick}
    >
      {children}
    </div>
  );
}

/** The row that a key leads to from `at`, which may be out of range; undefined for other keys. */
export function rowForKey(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowUp':
      return at - 1;
    case 'ArrowDown':
      return at + 1;
    case 'PageUp':
      return at - PAGE;
    case 'PageDown':
      return at + PAGE;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}

/** Hours to milliseconds, in local time: what is compared with what happened. */
export function clockTime(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const three = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${three}`;
}

interface FlowProps {
  readonly words: { readonly follow: string; readonly pause: string; readonly resume: string };
  readonly follow: Signal<boolean>;
  readonly paused: boolean;
  readonly setPaused: (wanted: boolean) => Promise<void>;
}

/** Whether the list keeps its end in view, and whether new rows come at all. */
export function FlowButtons({ words, follow, paused, setPaused }: FlowProps) {
  return (
    <>
      <IconButton
        icon="down"
        label={words.follow}
        pressed={follow.value}
        onClick={() => {
          follow.value = !follow.value;
        }}
      />
      <IconButton
        icon={paused ? 'play' : 'pause'}
        label={paused ? words.resume : words.pause}
        pressed={paused}
        onClick={() => attempt(() => setPaused(!paused))}
      />
    </>
  );
}

interface NameChoiceProps {
  readonly label: string;
  readonly all: string;
  /** What an empty name is called. */
  readonly unnamed: string;
  readonly value: string | null;
  readonly options: readonly string[];
  readonly choose: (value: string | null) => void;
}

/** One of the names that there are, or all of them. A name may be empty, so that each has a sign before it. */
export function NameChoice({ label, all, unnamed, value, options, choose }: NameChoiceProps) {
  const known = value === null || options.includes(value) ? options : [...options, value];
  return (
    <select
      aria-label={label}
      value={value === null ? 'all' : `=${value}`}
      onChange={({ currentTarget }) => choose(currentTarget.value === 'all' ? null : currentTarget.value.slice(1))}
    >
      <option value="all">{all}</option>
      {known.map((one) => (
        <option key={one} value={`=${one}`}>
          {one === '' ? unnamed : one}
        </option>
      ))}
    </select>
  );
}

interface SearchProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  /** Enter; backwards with the shift key. */
  readonly onEnter?: (isBackwards: boolean) => void;
  readonly children?: ComponentChildren;
}

/** The search field of a list, which ⌘F leads to and Escape empties. */
export function SearchField({ label, value, onInput, onEnter, children }: SearchProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'f' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      field.current?.select();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <search class="search">
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
        onKeyDown={(event) => {
          if (isEnter(event) && onEnter !== undefined) onEnter(event.shiftKey);
          else if (isEscape(event)) onInput('');
          else return;
          event.preventDefault();
        }}
      />
      {children}
    </search>
  );
}

/** What the window has said last, below its list. The live region of the window announces it already. */
export function Said() {
  return (
    <span class="log-said" aria-hidden="true">
      {announcement.value?.(text.value)}
    </span>
  );
}
