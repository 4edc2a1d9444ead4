import { useSignal } from '@preact/signals';
import { type ComponentChildren, Fragment } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type AppState, type ServerAction, serverActions } from '../../app/ipc/index.ts';
import { Icon, type IconName } from './icon.tsx';
import { middleCut } from './middle-cut.ts';
import { announcement, ask, attempt, failure, language, state, text, textSize, type Words } from './store.ts';

export interface ConfirmProps {
  /** What is done, as the button's words. */
  readonly label: string;
  readonly cancel: () => void;
  readonly run: () => Promise<unknown>;
}

/** The two answers below a warning. */
export function Confirm({ label, cancel, run }: ConfirmProps) {
  return (
    <p class="inline">
      <button type="button" class="button" onClick={cancel}>
        {text.value.windows.cancel}
      </button>
      <button type="button" class="button danger" onClick={() => attempt(run)}>
        {label}
      </button>
    </p>
  );
}

/** Text that may be longer than its box. What scrolls has to be reachable by keyboard. */
export function Preview({ label, content }: { readonly label: string; readonly content: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll what has the focus.
    <section class="preview" tabIndex={0} aria-label={label}>
      <pre>{content}</pre>
    </section>
  );
}

/** Words with paths in them, which may go on in the next line after each of their slashes. */
export function Breakable({ words }: { readonly words: string }) {
  return words.split(/(?<=[\\/])(?=[^\\/])/).map((part, at) => (
    <Fragment key={`${at} ${part}`}>
      {at > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}

/** Words in one line, shortened in the middle where there is no room: their end tells the port. */
export function Middle({ words }: { readonly words: string }) {
  const { start, end, count } = middleCut(words);
  return (
    // Less than its end is never shown; a digit is wider than most letters. A short name is all end, and as wide as its letters.
    <span class="middle-cut" dir="auto" title={words} style={start === '' ? {} : { minWidth: `${0.85 * count}ch` }}>
      <span>{start}</span>
      <span>{end}</span>
    </span>
  );
}

export interface SomeProps<Item> {
  readonly label: string;
  readonly items: readonly Item[];
  /** How many are shown until a person asks for all. */
  readonly most: number;
  readonly children: (item: Item) => ComponentChildren;
}

/** The first of a list, and a button for the rest: a long list must not push what follows out of view. */
export function Some<Item>({ label, items, most, children }: SomeProps<Item>) {
  const isWhole = useSignal(false);
  const words = text.value.popover;
  const hidden = items.length - most;
  return (
    <>
      <ul class="rows" aria-label={label}>
        {(isWhole.value ? items : items.slice(0, most)).map(children)}
      </ul>
      {hidden > 0 && (
        <button
          type="button"
          class="button quiet more"
          aria-expanded={isWhole.value}
          onClick={() => {
            isWhole.value = !isWhole.value;
          }}
        >
          {isWhole.value ? words.fewer : words.more(hidden)}
        </button>
      )}
    </>
  );
}

export interface SwitchProps {
  readonly label: string;
  readonly on: boolean;
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly onChange: (on: boolean) => void;
  readonly describedBy?: string;
}

/** An on/off control as macOS draws it. */
export function Switch({ label, on, busy = false, disabled = false, onChange, describedBy }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      class="switch"
      aria-checked={on}
      aria-label={label}
      aria-busy={busy}
      aria-describedby={describedBy}
      disabled={disabled}
      onClick={() => {
        if (!busy) onChange(!on);
      }}
    >
      <span class="switch-knob" />
    </button>
  );
}

export interface IconButtonProps {
  readonly icon: IconName;
  /** Said by screen readers, shown under the pointer. */
  readonly label: string;
  readonly onClick: () => void;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
}

export function IconButton({ icon, label, onClick, pressed, disabled = false }: IconButtonProps) {
  return (
    <button
      type="button"
      class="icon-button"
      title={label}
      aria-label={label}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

/** What few people need, behind a word. */
export function Fold({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <details class="fold">
      <summary>
        <Icon name="chevron" />
        {title}
      </summary>
      {children}
    </details>
  );
}

const CONFIRMATION_MS = 1600;

const copied: Words = ({ windows }) => windows.copied;

export interface CopyButtonProps {
  /** What is said aloud, when there is more than one such button. */
  readonly label?: string;
  readonly children?: ComponentChildren;
  readonly copy: () => Promise<unknown>;
  readonly quiet?: boolean;
  readonly disabled?: boolean;
}

/** Copies, and confirms it on the button. */
export function CopyButton({ label, children, copy, quiet = false, disabled = false }: CopyButtonProps) {
  const done = useSignal(false);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const words = text.value.windows;
  return (
    <button
      type="button"
      class={quiet ? 'button quiet copy' : 'button copy'}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={() =>
        attempt(async () => {
          await copy();
          done.value = true;
          announcement.value = copied;
          clearTimeout(timer.current);
          timer.current = window.setTimeout(() => {
            done.value = false;
            // Something else may have been said meanwhile.
            if (announcement.value === copied) announcement.value = null;
          }, CONFIRMATION_MS);
        })
      }
    >
      <Icon name={done.value ? 'check' : 'copy'} />
      {quiet && children === undefined ? null : <span>{done.value ? words.copied : (children ?? words.copy)}</span>}
    </button>
  );
}

const ICONS: Readonly<Record<ServerAction, IconName>> = {
  start: 'play',
  restart: 'restart',
  stop: 'stop',
  hold: 'pause',
};

const REQUESTS = {
  start: 'startServer',
  restart: 'restartServer',
  stop: 'stopServer',
  hold: 'stopServer',
} as const;

/** What can be done with a server as it is at this moment. */
export function ServerButtons({ server }: { readonly server: AppState['bridge']['servers'][number] }) {
  return serverActions(server, state.value.phase).map((action) => (
    <IconButton
      key={action}
      icon={ICONS[action]}
      label={text.value.windows[action](server.name)}
      onClick={() => attempt(() => ask(REQUESTS[action], server.name))}
    />
  ));
}

/** What every window has: its language, a live region, and a bar for failures. */
export function Frame({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  const tag = language.value;
  const size = textSize.value;
  useEffect(() => {
    document.documentElement.lang = tag;
    document.title = title;
  }, [tag, title]);
  useEffect(() => {
    const { dataset, style } = document.documentElement;
    style.setProperty('zoom', String(size / 100));
    // Where two columns would be too narrow, they stand one below the other.
    dataset['text'] = size >= 150 ? 'large' : 'normal';
  }, [size]);
  return (
    <>
      {children}
      {failure.value !== null && (
        <div class="mishap" role="alert">
          <span>{failure.value(text.value)}</span>
          <IconButton
            icon="close"
            label={text.value.windows.dismiss}
            onClick={() => {
              failure.value = null;
            }}
          />
        </div>
      )}
      <div class="voice" role="status">
        {announcement.value?.(text.value)}
      </div>
    </>
  );
}
