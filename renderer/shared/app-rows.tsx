import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { LoginItem } from '../../app/ipc/index.ts';
import { Switch } from './controls.tsx';
import { announcement, ask, attempt, text } from './store.ts';

/** The path of the file written; null when the person thought better of it. */
export async function saveDiagnostics(): Promise<string | null> {
  const file = await ask('saveDiagnostics');
  if (file !== null) announcement.value = ({ diagnostics }) => diagnostics.saved(file);
  return file;
}

/** The button with what it does, and where the file went. */
export function Diagnostics() {
  const words = text.value.diagnostics;
  const file = useSignal<string | null>(null);
  return (
    <div class="field">
      <span>{words.label}</span>
      <div class="field-body">
        <button
          type="button"
          class="button"
          onClick={() =>
            attempt(async () => {
              file.value = (await saveDiagnostics()) ?? file.value;
            })
          }
        >
          {words.save}
        </button>
        <p class="hint">{file.value === null ? words.hint : words.saved(file.value)}</p>
      </div>
    </div>
  );
}

/** Bound to what the system says, which is asked again whenever the window comes to the front. */
export function LoginItemControl() {
  const words = text.value.settingsWindow.login;
  const status = useSignal<LoginItem>('unavailable');
  useEffect(() => {
    const look = (): void =>
      attempt(async () => {
        status.value = await ask('loginItem');
      });
    look();
    window.addEventListener('focus', look);
    return () => window.removeEventListener('focus', look);
  }, [status]);
  return (
    <div class="field">
      <span aria-hidden="true">{words.label}</span>
      <div class="field-body">
        {status.value !== 'unavailable' && (
          <Switch
            label={words.label}
            on={status.value === 'enabled' || status.value === 'requires-approval'}
            describedBy="login-notes"
            onChange={(on) =>
              attempt(async () => {
                status.value = await ask('setLoginItem', on);
              })
            }
          />
        )}
        <div id="login-notes" class="field-notes">
          <p class="hint">{hintFor(status.value)}</p>
          {status.value === 'requires-approval' && (
            <button type="button" class="button" onClick={() => attempt(() => ask('openLoginItems'))}>
              {words.open}
            </button>
          )}
        </div>
      </div>
    </div>
  );
}

function hintFor(status: LoginItem): string {
  const words = text.value.settingsWindow.login;
  switch (status) {
    case 'enabled':
    case 'not-registered':
      return words.hint;
    case 'requires-approval':
      return words.approval;
    case 'not-found':
      return words.missing;
    case 'unavailable':
      return words.unavailable;
    default:
      return status satisfies never;
  }
}
