import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ask, attempt, text } from '../shared/store.ts';

/** Whether the system keeps a key to encrypt secrets with; null until it has been asked. */
const hasSystemKey = signal<boolean | null>(null);

/**
 * Says where headers and sign-ins are kept when the system keeps no key for them; nothing where it does. Shown where there are, or may
 * be, such secrets only: asking makes the system look for its key.
 */
export function KeyStoreNotice() {
  useEffect(() => {
    attempt(async () => {
      hasSystemKey.value ??= await ask('hasSystemKey');
    });
  }, []);
  return hasSystemKey.value === false ? (
    <p class="hint">{text.value.settingsWindow.servers.headers.ownerFiles}</p>
  ) : null;
}
