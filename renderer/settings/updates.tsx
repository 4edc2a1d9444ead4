import { computed } from '@preact/signals';
import { inARow } from '../../app/i18n/in-a-row.ts';
import { age, type UpdateView } from '../../app/ipc/index.ts';
import { Switch } from '../shared/controls.tsx';
import { ask, attempt, now, state, text } from '../shared/store.ts';
import { failureWords, ReleasesButton, UpdateButton, useUpdates } from '../shared/updates.tsx';

const isAutomatic = computed(() => state.value.habits.checkUpdates);

/** Whether to look once a day, when that was last done, and the button that does it now. */
export function UpdateSettings() {
  const view = useUpdates();
  const words = text.value.updates.settings;
  if (view === null) return null;
  const { hasFeed, running } = view;
  return (
    <div class="field">
      <span aria-hidden="true">{words.label}</span>
      <div class="field-body">
        {hasFeed ? (
          <>
            <Switch
              label={words.automatic}
              on={isAutomatic.value}
              describedBy="update-notes"
              onChange={(checkUpdates) => attempt(() => ask('changeHabits', { checkUpdates }))}
            />
            <p id="update-notes" class="hint">
              {words.hint}
            </p>
            <Looked view={view} />
          </>
        ) : (
          <div class="field-notes">
            <p class="hint">{words.running(running)}</p>
            <p class="hint">{words.noFeed}</p>
          </div>
        )}
      </div>
    </div>
  );
}

function Looked({ view }: { readonly view: UpdateView }) {
  const words = text.value.updates;
  const failed = failureWords(view);
  const { state: current, running, checkedAt, hasPage } = view;
  const isChecking = current.kind === 'checking';
  return (
    <div class="field-notes">
      {(current.kind === 'idle' || isChecking) && (
        <div class="inline">
          {isChecking ? (
            <button type="button" class="button" disabled>
              {words.settings.checking}
            </button>
          ) : (
            <UpdateButton action="check" label={words.settings.check} />
          )}
          {failed !== null && <ReleasesButton hasPage={hasPage} />}
        </div>
      )}
      <p class={failed === null ? 'hint' : 'error'} role="status">
        {failed === null ? standing(current, running, checkedAt !== null) : inARow(failed.sentence, failed.hint)}
      </p>
      {checkedAt !== null && <p class="hint">{words.settings.looked(age(now.value - checkedAt, text.value))}</p>}
    </div>
  );
}

function standing(current: UpdateView['state'], running: string, hasLooked: boolean): string {
  const { settings, downloading, ready, installing, replaced } = text.value.updates;
  switch (current.kind) {
    case 'checking':
      return settings.running(running);
    case 'idle':
      return hasLooked ? settings.newest(running) : settings.running(running);
    case 'available':
      return settings.available(current.release.version);
    case 'downloading':
      return downloading(current.release.version, current.percent);
    case 'ready':
      return ready(current.release.version);
    case 'installing':
      return installing(current.release.version);
    case 'replaced':
      return replaced(current.version);
    default:
      return current satisfies never;
  }
}
