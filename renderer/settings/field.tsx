import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Switch } from '../shared/controls.tsx';
import { isEnter, isEscape } from '../shared/keys.ts';
import { attempt, text, type Words } from '../shared/store.ts';
import type { RejectedSetting } from './store.ts';

export interface RowProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | null;
  /** What may be done about the error. */
  readonly aid?: ComponentChildren;
  readonly children: (ids: { readonly input: string; readonly notes: string }) => ComponentChildren;
}

/** A label, its control, and below it the hint or the error. */
export function Row({ label, hint, error = null, aid, children }: RowProps) {
  const input = useId();
  const notes = useId();
  return (
    <div class="field">
      <label for={input}>{label}</label>
      <div class="field-body">
        {children({ input, notes })}
        <div id={notes} class="field-notes">
          {error !== null && (
            <p class="error" role="alert">
              {error} {aid}
            </p>
          )}
          {hint !== undefined && <p class="hint">{hint}</p>}
        </div>
      </div>
    </div>
  );
}

export interface ToggleProps {
  readonly label: string;
  readonly hint: string;
  readonly on: boolean;
  readonly set: (on: boolean) => void;
}

/** A switch with its label, and what it does below it. */
export function Toggle({ label, hint, on, set }: ToggleProps) {
  return (
    <div class="field">
      <span aria-hidden="true">{label}</span>
      <div class="field-body">
        <Switch label={label} on={on} onChange={set} />
        <p class="hint">{hint}</p>
      </div>
    </div>
  );
}

/** What a person typed becomes a value, or words about why not. */
export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly words: Words };

export interface TextFieldProps<Value> {
  readonly label: string;
  readonly hint?: string;
  /** The value in force. */
  readonly value: Value;
  readonly show: (value: Value) => string;
  readonly parse: (draft: string) => Parsed<Value>;
  readonly save: (value: Value) => Promise<RejectedSetting | null>;
  readonly kind?: 'short' | 'long' | 'lines';
  readonly aid?: (refusal: RejectedSetting, done: () => void) => ComponentChildren;
}

/**
 * A setting that is typed. It takes effect on Enter and when the field is left; a draft that is refused stays, with the reason
 * under it, until it is right or taken back with Escape.
 */
export function TextField<Value>({ label, hint, value, show, parse, save, kind = 'long', aid }: TextFieldProps<Value>) {
  const draft = useSignal<string | null>(null);
  const refusal = useSignal<RejectedSetting | null>(null);
  const shown = draft.value ?? show(value);

  const forget = (): void => {
    draft.value = null;
    refusal.value = null;
  };
  const refuse = (words: Words): void => {
    refusal.value = { path: '', words, problem: null };
  };
  const commit = async (): Promise<void> => {
    const typed = draft.value;
    if (typed === null || typed === show(value)) return forget();
    const parsed = parse(typed);
    if (!parsed.ok) return refuse(parsed.words);
    const refused = await save(parsed.value);
    if (refused === null && draft.value === typed) forget();
    else refusal.value = refused;
  };
  const type = (typed: string): void => {
    draft.value = typed;
    const parsed = parse(typed);
    // A draft is not corrected while it is typed; a shown error goes as soon as the draft is valid.
    if (parsed.ok) refusal.value = null;
    else if (refusal.value !== null) refuse(parsed.words);
  };

  const error = refusal.value;
  return (
    <Row
      label={label}
      hint={hint}
      error={error?.words(text.value) ?? null}
      aid={error === null ? null : aid?.(error, forget)}
    >
      {({ input, notes }) => {
        const common = {
          id: input,
          value: shown,
          'aria-describedby': notes,
          'aria-invalid': error !== null,
          spellcheck: false,
          autocomplete: 'off',
          onBlur: () => attempt(commit),
        } as const;
        return kind === 'lines' ? (
          <textarea
            {...common}
            rows={3}
            onInput={({ currentTarget }) => type(currentTarget.value)}
            onKeyDown={(event) => {
              if (isEscape(event)) forget();
            }}
          />
        ) : (
          <input
            {...common}
            type="text"
            class={kind}
            inputMode={kind === 'short' ? 'numeric' : 'text'}
            onInput={({ currentTarget }) => type(currentTarget.value)}
            onKeyDown={(event) => {
              if (isEnter(event)) attempt(commit);
              else if (isEscape(event)) forget();
            }}
          />
        );
      }}
    </Row>
  );
}

/** A port as it is typed. */
export function parsePort(draft: string): Parsed<number> {
  const port = /^\d{1,5}$/.test(draft.trim()) ? Number(draft) : 0;
  return port >= 1 && port <= 65_535
    ? { ok: true, value: port }
    : { ok: false, words: ({ settingsWindow }) => settingsWindow.faults.port };
}

/** A whole number of `unit`s; the range is in the setting's own. */
export function parseWhole(
  draft: string,
  { min, max, unit }: { readonly min: number; readonly max: number; readonly unit: number },
): Parsed<number> {
  const value = /^\d{1,9}$/.test(draft.trim()) ? Number(draft) * unit : Number.NaN;
  return value >= min && value <= max
    ? { ok: true, value }
    : { ok: false, words: ({ settingsWindow }) => settingsWindow.faults.whole(min / unit, max / unit) };
}

/** Entries that stand on lines of their own. */
export function parseLines(draft: string): Parsed<readonly string[]> {
  const value = draft
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return { ok: true, value };
}
