import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

export interface VirtualListProps {
  readonly label: string;
  readonly count: number;
  /** Pixels of every row. */
  readonly rowHeight: number;
  /** Changes whenever rows may look different. */
  readonly version: unknown;
  readonly row: (index: number) => ComponentChildren;
  /** Keeps the end in view. */
  readonly follow: boolean;
  readonly onFollow: (follow: boolean) => void;
  /** A row to bring into view; every new object counts. */
  readonly reveal: { readonly index: number } | null;
  readonly onKey: (event: KeyboardEvent) => void;
  readonly active: string | undefined;
  /** Whether several rows can be selected. */
  readonly isMultiple?: boolean;
}

/** Rows drawn above and below what can be seen, for a quick wheel. */
const MARGIN = 12;

/** A list of any length in a few dozen elements: only the rows that can be seen exist. */
export function VirtualList(props: VirtualListProps) {
  const { label, count, rowHeight, row, follow, onFollow, reveal, onKey, active, version, isMultiple = false } = props;
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(0);

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      height.value = element.clientHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [height]);

  useLayoutEffect(() => {
    const element = box.current;
    if (follow && element !== null) element.scrollTop = element.scrollHeight;
  }, [follow, count, version, height.value]);

  useLayoutEffect(() => {
    const element = box.current;
    if (reveal === null || element === null) return;
    const start = reveal.index * rowHeight;
    if (start < element.scrollTop) element.scrollTop = start;
    else if (start + rowHeight > element.scrollTop + element.clientHeight) {
      element.scrollTop = start + rowHeight - element.clientHeight;
    }
  }, [reveal, rowHeight]);

  const onScroll = (): void => {
    const element = box.current;
    if (element === null) return;
    const up = element.scrollTop < top.value;
    top.value = element.scrollTop;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < rowHeight;
    if (up && !atEnd && follow) onFollow(false);
    else if (atEnd && !follow && !up) onFollow(true);
  };

  const first = Math.max(0, Math.floor(top.value / rowHeight) - MARGIN);
  const last = Math.min(count, Math.ceil((top.value + height.value) / rowHeight) + MARGIN);
  const rows = [];
  for (let index = first; index < last; index++) rows.push(row(index));

  return (
    <div
      ref={box}
      class="virtual"
      role="listbox"
      aria-multiselectable={isMultiple}
      aria-label={label}
      aria-activedescendant={active}
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={onKey}
    >
      <div class="virtual-space" role="presentation" style={{ height: `${count * rowHeight}px` }}>
        <div class="virtual-rows" role="presentation" style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {rows}
        </div>
      </div>
    </div>
  );
}
