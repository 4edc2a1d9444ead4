import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { type AppText, appTextIn } from '../../app/i18n/app.ts';
import type { Language } from '../../app/i18n/index.ts';
import { type AppDelta, type AppState, applyDelta, type Phase } from '../../app/ipc/index.ts';
import { ask, bridge } from './bridge.ts';

const known = signal<AppState | null>(null);

/** The state of the app as this window knows it. Only to be read once `follow` has resolved. */
export const state: ReadonlySignal<AppState> = computed(() => {
  const current = known.value;
  if (current === null) throw new Error('The state is not there yet');
  return current;
});

// The state is another one four times a second while bytes flow; what reads only these is not drawn anew each time.
export const language: ReadonlySignal<Language> = computed(() => state.value.language);
export const phase: ReadonlySignal<Phase> = computed(() => state.value.phase);
export const text: ReadonlySignal<AppText> = computed(() => appTextIn(language.value));

/** Gets the state once and keeps it true from then on. */
export async function follow(): Promise<void> {
  let early: AppDelta[] | null = [];
  bridge.onState((delta) => {
    if (early !== null) early.push(delta);
    else if (known.value !== null) known.value = applyDelta(known.value, delta);
  });
  const first = await ask('state');
  known.value = early.reduce(applyDelta, first);
  early = null;
}
