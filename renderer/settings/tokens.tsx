import { signal, useSignal } from '@preact/signals';
import { age } from '../../app/ipc/index.ts';
import type { TokenSetting } from '../../app/settings/settings.ts';
import { CopyButton } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
import { ask, attempt, language, now, Refusal, state, text, useOneAtATime, type Words } from '../shared/store.ts';
import { GoneRow, RemovableRow, rowsWithGone } from './removal.tsx';
import { load, refusalOf, refuseLoudly, settings } from './store.ts';

export interface FreshToken {
  readonly name: string;
  readonly secret: string;
}

/** A token that was just made. Its secret is only kept here, until the person has copied it. */
const fresh = signal<FreshToken | null>(null);

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** Makes a token and shows it. The words of the refusal, or null when it is made. */
export async function addToken(name: string): Promise<Words | null> {
  const made = await makeToken(name);
  if (typeof made === 'function') return made;
  fresh.value = made;
  return null;
}

/** A token of this name, or the words of the refusal. */
async function makeToken(name: string): Promise<FreshToken | Words> {
  const answer = await ask('addToken', name);
  if (!answer.ok) return refusalOf(answer.outcome).words;
  await load();
  return { name, secret: answer.secret };
}

/** A token for a client, named after it: `cursor`, and `cursor-2` where there is one of that name. Throws a refusal. */
export async function makeTokenFor(client: string): Promise<FreshToken> {
  const names = new Set((settings.value?.tokens ?? []).map(({ name }) => name));
  let name = client;
  for (let count = 2; names.has(name); count++) name = `${client}-${count}`;
  const made = await makeToken(name);
  if (typeof made === 'function') throw new Refusal(made);
  return made;
}

/** The named tokens, what is known of their use, and the way to another one. */
export function Tokens({ tokens }: { readonly tokens: readonly TokenSetting[] }) {
  const words = text.value.settingsWindow.access.tokens;
  const rows = rowsWithGone('token', tokens);
  return (
    <div class="field">
      <span>{words.label}</span>
      <div class="field-body">
        {rows.length > 0 && (
          <ul class="rows tokens">
            {rows.map((row) =>
              row.kind === 'gone' ? (
                <GoneRow key={`gone ${row.what.removal}`} what={row.what} />
              ) : (
                <TokenRow key={row.item.name} token={row.item} at={tokens.indexOf(row.item)} />
              ),
            )}
          </ul>
        )}
        <FreshTokenNote />
        <NewToken />
        <p class="hint">{words.hint}</p>
      </div>
    </div>
  );
}

function TokenRow({ token: { name, created, set }, at }: { readonly token: TokenSetting; readonly at: number }) {
  const words = text.value.settingsWindow.access.tokens;
  const lastAt = state.value.tokens.find((use) => use.name === name)?.lastAt ?? null;
  const date = new Date(created).toLocaleDateString(language.value, { dateStyle: 'medium' });
  return (
    <RemovableRow
      removed={{ kind: 'token', name }}
      name={name}
      at={at}
      label={words.revokeOf(name)}
      isUsedBy={({ labels, mode }) => mode !== 'off' && labels.includes(name)}
    >
      <div class="row-words">
        <p class="mono">{name}</p>
        <p class="hint">
          {words.created(date)} · {lastAt === null ? words.unused : words.used(age(now.value - lastAt, text.value))}
        </p>
      </div>
      <TokenSet name={name} set={set ?? null} />
    </RemovableRow>
  );
}

/** Which set limits the bearer of a token; nothing where there is no set to choose. */
function TokenSet({ name, set }: { readonly name: string; readonly set: string | null }) {
  const words = text.value.settingsWindow.access.tokens;
  const { sets = [], tokens = [] } = settings.value ?? {};
  const names = sets.map((one) => one.name);
  if (names.length === 0 && set === null) return null;
  const choose = (chosen: string): Promise<void> =>
    refuseLoudly({
      tokens: tokens.map((token) => {
        if (token.name !== name) return token;
        const { set: _before, ...rest } = token;
        return chosen === '' ? rest : { ...rest, set: chosen };
      }),
    });
  return (
    <select
      aria-label={words.setOf(name)}
      value={set ?? ''}
      onChange={({ currentTarget: { value } }) => attempt(() => choose(value))}
    >
      <option value="">{words.everything}</option>
      {names.map((one) => (
        <option key={one} value={one}>
          {words.onlySet(one)}
        </option>
      ))}
      {set !== null && !names.includes(set) && <option value={set}>{words.noSet(set)}</option>}
    </select>
  );
}

function FreshTokenNote() {
  const words = text.value.settingsWindow.access.tokens;
  const made = fresh.value;
  // One that was revoked meanwhile is good for nothing.
  if (made === null || !(settings.value?.tokens ?? []).some(({ name }) => name === made.name)) return null;
  return (
    <div class="warning fresh-token" role="status">
      <Icon name="warning" />
      <div>
        <p>{words.fresh(made.name)}</p>
        <div class="inline">
          <code class="secret">{made.secret}</code>
          <CopyButton label={words.copy(made.name)} copy={() => ask('copyText', made.secret)} />
          <button
            type="button"
            class="button"
            onClick={() => {
              fresh.value = null;
            }}
          >
            {words.done}
          </button>
        </div>
      </div>
    </div>
  );
}

function NewToken() {
  const words = text.value.settingsWindow.access.tokens;
  const name = useSignal('');
  const error = useSignal<Words | null>(null);
  const once = useOneAtATime();
  const add = async (): Promise<void> => {
    const wanted = name.value.trim();
    error.value = NAME.test(wanted)
      ? await addToken(wanted)
      : ({ settingsWindow }) => settingsWindow.access.tokens.badName;
    if (error.value === null) name.value = '';
  };
  return (
    <form
      class="new-token"
      onSubmit={(event) => {
        event.preventDefault();
        once(add);
      }}
    >
      <div class="inline">
        <input
          type="text"
          class="middle"
          aria-label={words.name}
          placeholder={words.name}
          spellcheck={false}
          autocomplete="off"
          aria-invalid={error.value !== null}
          aria-describedby="new-token-error"
          value={name.value}
          onInput={({ currentTarget }) => {
            name.value = currentTarget.value;
            error.value = null;
          }}
        />
        <button type="submit" class="button">
          {words.add}
        </button>
      </div>
      {error.value !== null && (
        <p id="new-token-error" class="error" role="alert">
          {error.value(text.value)}
        </p>
      )}
    </form>
  );
}
