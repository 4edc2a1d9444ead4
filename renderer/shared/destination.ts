import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { bridge } from './bridge.ts';

/** The part this window was told to show and has not shown yet. */
const destination = signal<string | null>(null);

// At once: a new window is told as soon as its page is loaded, and that is often before anything is drawn.
bridge.onGoTo((part) => {
  destination.value = part;
});

/** Shows each part that the window is told to show, once. */
export function useDestination(show: (part: string) => void): void {
  const part = destination.value;
  useEffect(() => {
    if (part === null) return;
    destination.value = null;
    show(part);
  }, [part]);
}
