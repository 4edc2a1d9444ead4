import { signal, useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import { AT_ONCE_MS } from '../../app/base/errno.ts';
import type { AppText } from '../../app/i18n/app.ts';
import type { PermissionView } from '../../app/ipc/index.ts';
import { Icon } from './icon.tsx';
import { ask, attempt, bridge, text } from './store.ts';

/** The permission for the local network as this window knows it; null until it does. */
export const permission = signal<PermissionView | null>(null);

/** Gets it, and keeps it true until the returned function is called. */
function followPermission(): { readonly known: Promise<void>; readonly stop: () => void } {
  let told = false;
  const stop = bridge.onPermission((view) => {
    told = true;
    permission.value = view;
  });
  const known = ask('permission').then((view) => {
    // What was told meanwhile is newer.
    if (!told) permission.value = view;
  });
  return { known, stop };
}

/** The permission for the local network: how it stands, the button that makes macOS ask, and what helps when it does not. */
export function LocalNetwork() {
  useEffect(() => {
    const { known, stop } = followPermission();
    attempt(() => known);
    return stop;
  }, []);
  const view = permission.value;
  if (view === null) return null;
  const { state, asking } = view;
  const needsHelp = !asking && (state.kind === 'asked' || state.kind === 'denied' || state.kind === 'stale');
  return (
    <div class="local-network">
      <Standing view={view} />
      {asking && <Stop />}
      {!asking && state.kind !== 'not-needed' && <AskForm view={view} />}
      {needsHelp && <Help />}
    </div>
  );
}

/** The state in words; a screen reader hears when it changes. */
function Standing({ view }: { readonly view: PermissionView }) {
  const words = text.value.permission;
  const { state, asking, answers, tried } = view;
  return (
    <div class="standing" role="status">
      <p class="standing-title">
        {state.kind !== 'not-needed' && <span class={`light ${asking ? 'starting' : lightOf(state.kind)}`} />}
        {asking ? words.asking.title : words.states[state.kind].title}
      </p>
      <p class="hint">{asking ? words.asking.words : wordsOf(view, words)}</p>
      {answers > 0 && <p class="hint">{words.asking.answers(answers)}</p>}
      {!asking && tried !== null && <p class="hint">{triedWords(tried, words)}</p>}
    </div>
  );
}

function lightOf(kind: PermissionView['state']['kind']): string {
  switch (kind) {
    case 'granted':
      return 'on';
    case 'denied':
    case 'stale':
      return 'attention';
    case 'not-needed':
    case 'not-asked':
    case 'asked':
      return '';
    default:
      return kind satisfies never;
  }
}

function wordsOf({ state }: PermissionView, words: AppText['permission']): string {
  return state.kind === 'stale' ? words.states.stale.reasons[state.reason] : words.states[state.kind].words;
}

function triedWords(
  { target, errno, elapsed, onLink }: NonNullable<PermissionView['tried']>,
  { tried }: AppText['permission'],
): string {
  switch (errno) {
    case null:
      return onLink ? tried.connected(target) : tried.routed(target);
    case 'ECONNREFUSED':
      return onLink ? tried.refused(target) : tried.routed(target);
    case 'EHOSTUNREACH':
      return onLink && elapsed < AT_ONCE_MS ? tried.blocked(target) : tried.silent(target);
    case 'EHOSTDOWN':
    case 'ETIMEDOUT':
      return tried.silent(target);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return tried.unknownName(target);
    default:
      return tried.failed(target, errno);
  }
}

function AskForm({ view: { state, suggested } }: { readonly view: PermissionView }) {
  const words = text.value.permission;
  const draft = useSignal<string | null>(null);
  const isInvalid = useSignal(false);
  const input = useId();
  const notes = useId();
  const shown = draft.value ?? suggested ?? '';
  const begin = async (): Promise<void> => {
    isInvalid.value = !(await ask('askLocalNetwork', shown.trim() === '' ? null : shown));
  };
  return (
    <form
      class="ask-form"
      onSubmit={(event) => {
        event.preventDefault();
        attempt(begin);
      }}
    >
      <label class="hint" for={input}>
        {words.target.label}
      </label>
      <div class="inline">
        <input
          id={input}
          type="text"
          class="middle"
          value={shown}
          placeholder={words.target.placeholder}
          spellcheck={false}
          autocomplete="off"
          maxLength={300}
          aria-invalid={isInvalid.value}
          aria-describedby={notes}
          onInput={({ currentTarget }) => {
            draft.value = currentTarget.value;
            isInvalid.value = false;
          }}
        />
        <button type="submit" class={state.kind === 'granted' ? 'button' : 'button primary'}>
          {labelOf(state.kind, words)}
        </button>
      </div>
      <p id={notes} class="error" role="alert">
        {isInvalid.value ? words.target.invalid : ''}
      </p>
    </form>
  );
}

function labelOf(kind: PermissionView['state']['kind'], words: AppText['permission']): string {
  if (kind === 'not-asked') return words.ask;
  return kind === 'granted' ? words.check : words.askAgain;
}

function Stop() {
  return (
    <button type="button" class="button" onClick={() => attempt(() => ask('stopAskingLocalNetwork'))}>
      {text.value.permission.stop}
    </button>
  );
}

/** The pane with the switch, its path in words in case the button leads elsewhere, and the two ways in which it does not help. */
function Help() {
  const words = text.value.permission;
  return (
    <div class="permission-help">
      <div class="inline">
        <button type="button" class="button" onClick={() => attempt(() => ask('openLocalNetworkSettings'))}>
          {words.openSettings}
        </button>
        <span class="hint">{words.where(words.path)}</span>
      </div>
      {[words.help.noRow, words.help.stillRefused].map(({ title, steps }) => (
        <details key={title}>
          <summary>
            <Icon name="chevron" />
            {title}
          </summary>
          <ol>
            {steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </details>
      ))}
    </div>
  );
}
