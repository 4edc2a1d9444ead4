import { signal } from '@preact/signals';
import { text } from './store.ts';

/** What a screen reader should say now; the sighted see it where it happens. */
export const announcement = signal('');

/** What could not be done, until it is dismissed. */
export const mishap = signal<string | null>(null);

/** Runs what a click asked for. A failure is shown, never lost. */
export function attempt(work: () => Promise<unknown>): void {
  work().catch((error: unknown) => {
    mishap.value = text.value.windows.notDone(error instanceof Error ? error.message : String(error));
  });
}
