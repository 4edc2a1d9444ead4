import { type Signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useReturnFocus } from './keep-focus.ts';
import { attempt, text } from './store.ts';

/** A choice in a sheet; `note` says below it what it means. */
export function Check({
  label,
  note = null,
  on,
}: {
  readonly label: string;
  readonly note?: string | null;
  readonly on: Signal<boolean>;
}) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={on.value}
        onChange={({ currentTarget }) => {
          on.value = currentTarget.checked;
        }}
      />
      <span>
        {label}
        {note !== null && <small class="hint">{note}</small>}
      </span>
    </label>
  );
}

export interface SheetProps {
  readonly title: string;
  /** What the button that does it says; *Apply* if left out. */
  readonly action?: string;
  /** Whether the focus begins at Cancel: for what the person has not asked for. */
  readonly isUnasked?: boolean;
  readonly cancel: () => void;
  readonly apply: () => Promise<void>;
  /** Whether there is anything to apply. */
  readonly canApply: boolean;
  /** Applies and restarts what has to be; null where nothing can be restarted. */
  readonly restart: { readonly label: string; readonly run: () => Promise<void> } | null;
  /** Given the id of the title, which may label a part as well. */
  readonly children: (titleId: string) => ComponentChildren;
}

/** What a change would do, before it is made. Escape and Cancel leave everything as it is; while it is made, neither does anything. */
export function Sheet({ title, action, isUnasked = false, cancel, apply, canApply, restart, children }: SheetProps) {
  const sheet = useRef<HTMLDialogElement>(null);
  const away = useRef<HTMLButtonElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const isWorking = useSignal(false);
  const id = useId();
  // A dialog that is taken away, rather than closed, does not give the focus back.
  useReturnFocus();
  useEffect(() => {
    sheet.current?.showModal();
    (isUnasked ? away : button).current?.focus();
  }, []);
  const run = async (work: () => Promise<void>): Promise<void> => {
    isWorking.value = true;
    try {
      await work();
    } finally {
      isWorking.value = false;
    }
  };
  return (
    <dialog
      ref={sheet}
      class="sheet"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (!isWorking.value) cancel();
      }}
    >
      <h2 id={id}>{title}</h2>
      {children(id)}
      <div class="form-end">
        <button ref={away} type="button" class="button" disabled={isWorking.value} onClick={cancel}>
          {text.value.windows.cancel}
        </button>
        {restart !== null && (
          <button
            type="button"
            class="button"
            disabled={isWorking.value}
            onClick={() => attempt(() => run(restart.run))}
          >
            {restart.label}
          </button>
        )}
        <button
          ref={button}
          type="button"
          class="button primary"
          disabled={isWorking.value || !canApply}
          onClick={() => attempt(() => run(apply))}
        >
          {action ?? text.value.clientsWindow.preview.apply}
        </button>
      </div>
    </dialog>
  );
}
