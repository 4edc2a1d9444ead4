import { useSignal } from '@preact/signals';
import { useId, useRef } from 'preact/hooks';

export interface Segment<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** What this choice means, in a line below the control. */
  readonly hint: string;
  /** A word about this choice, for a mark in the sight of all; null for none. */
  readonly mark: string | null;
}

export interface SegmentsProps<Value extends string> {
  readonly label: string;
  readonly segments: readonly Segment<Value>[];
  readonly value: Value;
  readonly onChoose: (value: Value) => void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/**
 * One of a few, as macOS draws it. The arrow keys move between the choices, Space and Enter choose: a choice opens a preview,
 * so that passing over one must not make it.
 */
export function Segments<Value extends string>({ label, segments, value, onChoose }: SegmentsProps<Value>) {
  const box = useRef<HTMLDivElement>(null);
  const reached = useSignal<number | null>(null);
  const pointed = useSignal<number | null>(null);
  const caption = useId();
  const checked = Math.max(
    0,
    segments.findIndex((segment) => segment.value === value),
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = ((reached.value ?? checked) + step + segments.length) % segments.length;
    const element = box.current?.children.item(next);
    if (element instanceof HTMLElement) element.focus();
  };
  return (
    <div class="segments-box">
      <div
        ref={box}
        class="segments"
        role="radiogroup"
        aria-label={label}
        aria-describedby={caption}
        onKeyDown={onKeyDown}
        onFocusOut={() => {
          reached.value = null;
        }}
        onPointerLeave={() => {
          pointed.value = null;
        }}
      >
        {segments.map((segment, at) => (
          // biome-ignore lint/a11y/useSemanticElements: a native radio button would choose as the arrow keys pass over it.
          <button
            type="button"
            key={segment.value}
            role="radio"
            data-value={segment.value}
            aria-checked={at === checked}
            aria-label={segment.mark === null ? segment.label : `${segment.label}, ${segment.mark}`}
            tabIndex={(reached.value ?? checked) === at ? 0 : -1}
            onFocus={() => {
              reached.value = at;
              // A pointer that was left there says less than the key that was just pressed.
              pointed.value = null;
            }}
            onPointerEnter={() => {
              pointed.value = at;
            }}
            onClick={() => onChoose(segment.value)}
          >
            {segment.label}
            {segment.mark !== null && <span class="segment-mark" aria-hidden="true" />}
          </button>
        ))}
      </div>
      <p id={caption} class="segments-caption">
        {segments[pointed.value ?? reached.value ?? checked]?.hint}
      </p>
    </div>
  );
}
