import { useLayoutEffect, useRef } from 'preact/hooks';

/** A control of the page, and the way to it: each step is a position among the child elements of an element, from the outside in. */
interface Place {
  readonly element: HTMLElement;
  /** What it is called; empty for a field. */
  readonly name: string;
  readonly way: readonly { readonly within: Element; readonly at: number }[];
}

const CONTROLS = 'button, input, select, textarea, summary, [tabindex="0"]';

/** What had the focus last; null once the person has pressed the pointer elsewhere. */
let last: Place | null = null;

/**
 * Keeps the place of the keyboard when the page changes under it. What had the focus gets it back where it was only moved or switched off
 * for a while; where it is gone, the one of its name gets it, or what stands at its place. Without this the next Tab would begin at the
 * top of the window.
 */
export function keepFocus(): void {
  document.addEventListener('focusin', ({ target }) => {
    last = placeOf(target);
  });
  document.addEventListener(
    'pointerdown',
    ({ target }) => {
      if (last !== null && !(target instanceof Node && last.element.contains(target))) last = null;
    },
    true,
  );
  const observer = new MutationObserver(() => {
    const active = document.activeElement;
    if (active !== null && active !== document.body) last = placeOf(active);
    else if (last !== null) goBack(last);
  });
  observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] });
}

/** Gives the focus back to what had it before this part of the page came, once the part is gone. */
export function useReturnFocus(): void {
  // Read while the part is drawn for the first time: its own fields take the focus afterwards.
  const before = useRef(last);
  // In step with the change of the page; an ordinary effect ends later.
  useLayoutEffect(
    () => () => {
      last = before.current;
    },
    [],
  );
}

function placeOf(target: EventTarget | null): Place | null {
  if (!(target instanceof HTMLElement) || target === document.body) return null;
  const way = [];
  for (let inner: Element = target; inner !== document.body; ) {
    const within = inner.parentElement;
    if (within === null) return null;
    way.unshift({ within, at: [...within.children].indexOf(inner) });
    inner = within;
  }
  return { element: target, name: nameOf(target), way };
}

function nameOf(control: HTMLElement): string {
  return control.ariaLabel ?? control.textContent;
}

function goBack({ element, name, way }: Place): void {
  if (element.isConnected) {
    // One that is switched off is waited for.
    if (!element.matches(':disabled')) element.focus();
    return;
  }
  const from = way.findLastIndex(({ within }) => within.isConnected);
  const steps = way.slice(Math.max(from, 0));
  const first = steps[0];
  if (first === undefined) return;
  // The same button may have come again, drawn anew.
  const again = controlsIn(first.within).filter((control) => name !== '' && nameOf(control) === name);
  if (again.some(takesFocus)) return;
  let reached = first.within;
  for (const { at } of steps) {
    const child = reached.children[Math.min(at, reached.children.length - 1)];
    if (child === undefined) break;
    reached = child;
  }
  for (let within: Element | null = reached; within !== null; within = within.parentElement) {
    if (controlsIn(within).some(takesFocus)) return;
  }
}

function controlsIn(within: Element): readonly HTMLElement[] {
  const inside = [...within.querySelectorAll<HTMLElement>(CONTROLS)];
  const all = within instanceof HTMLElement && within.matches(CONTROLS) ? [within, ...inside] : inside;
  return all.filter((control) => !control.matches(':disabled, [tabindex="-1"]') && control.checkVisibility());
}

/** What lies behind an open sheet takes none. */
function takesFocus(control: HTMLElement): boolean {
  control.focus();
  return document.activeElement === control;
}
