import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SignInAnswer, SignInProgress } from '../../app/ipc/index.ts';
import { ask, attempt, bridge, say, state, text } from '../shared/store.ts';

/** Whether a person is signed in to a server, until when, and what they can do about it; nothing where the server asks for no sign-in. */
export function SignInLine({ server }: { readonly server: string }) {
  const words = text.value.settingsWindow.servers.signIn;
  const facts = state.value.bridge.servers.find(({ name }) => name === server)?.signIn;
  const isWaiting = useSignal(false);
  const progress = useSignal<SignInProgress | null>(null);
  const failed = useSignal<Extract<SignInAnswer, { kind: 'failed' }> | null>(null);
  useEffect(() => {
    const unsubscribe = bridge.onSigningIn((told) => {
      if (told.server === server) progress.value = told;
    });
    return () => {
      unsubscribe();
      if (isWaiting.value) attempt(() => ask('cancelSignIn'));
    };
  }, [server]);
  if (facts === undefined && !isWaiting.value) return null;
  const settle = (answer: SignInAnswer): void => {
    const isMoot = answer.kind === 'done' || answer.reason === 'cancelled' || answer.reason === 'replaced';
    failed.value = isMoot ? null : answer;
  };
  const signIn = async (acceptNoPkce: boolean): Promise<void> => {
    isWaiting.value = true;
    failed.value = null;
    progress.value = null;
    try {
      settle(await ask('signIn', { server, acceptNoPkce }));
    } finally {
      isWaiting.value = false;
    }
  };
  return (
    <div class="sign-in">
      <p class="row-detail">{facts?.state === 'signed-in' ? signedInWords(facts) : words.needed}</p>
      <p class="sign-in-buttons">
        {isWaiting.value ? (
          <button type="button" class="button" onClick={() => attempt(() => ask('cancelSignIn'))}>
            {words.cancel}
          </button>
        ) : facts?.state === 'signed-in' ? (
          <button
            type="button"
            class="button"
            aria-label={words.outOf(server)}
            onClick={() => attempt(async () => settle(await ask('signOut', server)))}
          >
            {words.out}
          </button>
        ) : (
          <button
            type="button"
            class="button primary"
            aria-label={words.inOf(server)}
            onClick={() => attempt(() => signIn(false))}
          >
            {words.in}
          </button>
        )}
      </p>
      <div role="status">
        {isWaiting.value && progress.value !== null && (
          <p class="hint">{progress.value.code === null ? words.waiting : words.code(progress.value.code)}</p>
        )}
        {failed.value !== null && <p class="error">{say(failed.value.sentence)}</p>}
        {failed.value?.reason === 'no-pkce' && (
          <button type="button" class="button" onClick={() => attempt(() => signIn(true))}>
            {words.accept}
          </button>
        )}
      </div>
    </div>
  );
}

function signedInWords({
  issuer,
  until,
  renews,
}: {
  readonly issuer: string | null;
  readonly until: number | null;
  readonly renews: boolean;
}): string {
  const words = text.value.settingsWindow.servers.signIn;
  const host = URL.parse(issuer ?? '')?.host ?? issuer ?? '';
  const time = until === null ? null : new Date(until).toLocaleString(text.value.language);
  const lasts = renews ? words.renews : time === null ? null : words.until(time);
  return [words.signedIn(host), lasts].filter((part) => part !== null).join(' · ');
}
