import { signal } from '@preact/signals';
import { DEFAULT_SETTINGS, type Settings } from '../../app/settings/settings.ts';
import { text } from '../shared/store.ts';
import { announcement, attempt, mishap } from '../shared/tell.ts';
import { change } from './store.ts';

/** What people turn while they try things out. What clients rely on stays: the port, tokens, servers and forwards. */
const turned = (settings: Settings) => {
  const {
    host,
    lanLoopback,
    lanForwards,
    allowedOrigins,
    allowedHosts,
    deniedPorts,
    upstream,
    noProxy,
    limits,
    logLevel,
  } = settings;
  return {
    host,
    lanLoopback,
    lanForwards,
    allowedOrigins,
    allowedHosts,
    deniedPorts,
    upstream,
    noProxy,
    limits,
    logLevel,
  };
};

/** What was in force before the defaults came back, for as long as they stay. */
const before = signal<ReturnType<typeof turned> | null>(null);

/** One click back to how it was installed, and one back from there. */
export function Defaults({ settings }: { readonly settings: Settings }) {
  const words = text.value.settingsWindow.defaults;
  const isDefault = JSON.stringify(turned(settings)) === JSON.stringify(turned(DEFAULT_SETTINGS));
  const earlier = isDefault ? before.value : null;
  return (
    <div class="field">
      <span>{words.label}</span>
      <div class="field-body">
        {earlier === null ? (
          <button
            type="button"
            class="button"
            disabled={isDefault}
            onClick={() => turnTo(turned(DEFAULT_SETTINGS), turned(settings), words.restored)}
          >
            {words.restore}
          </button>
        ) : (
          <button type="button" class="button" onClick={() => turnTo(earlier, null, words.undone)}>
            {words.undo}
          </button>
        )}
        <p class="hint">{isDefault ? words.areInForce : words.hint}</p>
      </div>
    </div>
  );
}

function turnTo(wanted: ReturnType<typeof turned>, now: ReturnType<typeof turned> | null, done: string): void {
  attempt(async () => {
    const refusal = await change(wanted, text.value);
    if (refusal !== null) {
      mishap.value = refusal.sentence;
      return;
    }
    before.value = now;
    announcement.value = done;
  });
}
