import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { UpdateAction, UpdateView } from '../../app/ipc/index.ts';
import { ask, attempt, bridge, text } from './store.ts';

/** How far an update is, as this window knows it; null until it does. */
const known = signal<UpdateView | null>(null);

/** Gets it, and keeps it true for as long as the component is shown. */
export function useUpdates(): UpdateView | null {
  useEffect(() => {
    let told = false;
    const stop = bridge.onUpdate((view) => {
      told = true;
      known.value = view;
    });
    attempt(async () => {
      const view = await ask('update');
      // What was told meanwhile is newer.
      if (!told) known.value = view;
    });
    return stop;
  }, []);
  return known.value;
}

export interface UpdateButtonProps {
  readonly action: UpdateAction;
  readonly label: string;
  readonly primary?: boolean;
}

export function UpdateButton({ action, label, primary = false }: UpdateButtonProps) {
  return (
    <button
      type="button"
      class={primary ? 'button primary' : 'button'}
      onClick={() => attempt(() => ask('actOnUpdate', action))}
    >
      {label}
    </button>
  );
}

/** The way that always works: the browser. Nothing in a copy that knows no page. */
export function ReleasesButton({ hasPage }: { readonly hasPage: boolean }) {
  if (!hasPage) return null;
  return (
    <button type="button" class="button" onClick={() => attempt(() => ask('openReleases'))}>
      {text.value.updates.page}
    </button>
  );
}

/** What failed, why, and what helps. */
export function failureWords(view: UpdateView): { readonly sentence: string; readonly hint: string } | null {
  const words = text.value.updates;
  const { failure } = view;
  return failure === null ? null : { sentence: words.failed[failure.during], hint: words.reasons[failure.reason] };
}
