import { computed, signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ClientToken, Connection } from '../../app/ipc/index.ts';
import type { Settings } from '../../app/settings/settings.ts';
import { Breakable, CopyButton, IconButton } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
import { ask, attempt, state, text, useOneAtATime } from '../shared/store.ts';
import { refuseLoudly } from './store.ts';
import { type FreshToken, makeTokenFor } from './tokens.tsx';

/** The server whose panel is open: that of one that was just added opens by itself. */
export const connecting = signal<string | null>(null);

/** How many clients have a button of their own; the others are in a list. */
const BUTTONS = 6;

/** What the answers are made from, in the main process. */
const facts = computed(() => {
  const { phase, listening, address, servers, language } = state.value;
  return JSON.stringify([phase, listening, address, servers, language]);
});

/** How a client is set up for this server: one Copy for each field of its form, or its own link. */
export function ConnectPanel({ server, settings }: { readonly server: string; readonly settings: Settings }) {
  const words = text.value.settingsWindow.connecting;
  const all = useSignal<readonly Connection[]>([]);
  const wanted = useSignal<string | null>(null);
  /** Made for one client here; its secret is nowhere else, and gone with this panel. */
  const made = useSignal<MadeToken | null>(null);
  const seen = facts.value;
  const hosts = settings.allowedHosts.join();
  const token = validToken(made.value, settings);
  useEffect(() => {
    void seen;
    void hosts;
    attempt(async () => {
      all.value = await ask('connections', { server, token: forMain(token) });
    });
  }, [seen, hosts, server, token?.secret]);
  const chosen = all.value.find(({ client }) => client === wanted.value);
  const others = all.value.slice(BUTTONS);
  const choose = (client: string): void => {
    wanted.value = client;
  };
  return (
    <section class="connect" aria-label={words.title(server)}>
      <div class="connect-head">
        <h3>{words.title(server)}</h3>
        <IconButton
          icon="close"
          label={words.close}
          onClick={() => {
            connecting.value = null;
          }}
        />
      </div>
      <div class="inline">
        {all.value.slice(0, BUTTONS).map(({ client, title }) => (
          <button
            type="button"
            key={client}
            class="button"
            aria-pressed={client === wanted.value}
            onClick={() => choose(client)}
          >
            {title}
          </button>
        ))}
        {others.length > 0 && (
          <select
            aria-label={words.others}
            value={others.some(({ client }) => client === wanted.value) ? (wanted.value ?? '') : ''}
            onChange={({ currentTarget: { value } }) => choose(value)}
          >
            <option value="" disabled>
              {words.others}
            </option>
            {others.map(({ client, title }) => (
              <option key={client} value={client}>
                {title}
              </option>
            ))}
          </select>
        )}
      </div>
      {chosen !== undefined && (
        <Fields
          connection={chosen}
          server={server}
          hosts={settings.allowedHosts}
          token={token?.client === chosen.client ? token : null}
          made={(fresh) => {
            made.value = { ...fresh, client: chosen.client };
          }}
        />
      )}
    </section>
  );
}

type MadeToken = FreshToken & ClientToken;

/** Null for one that was revoked meanwhile: it is good for nothing. */
function validToken(made: MadeToken | null, { tokens }: Settings): MadeToken | null {
  return made !== null && tokens.some(({ name }) => name === made.name) ? made : null;
}

function forMain(token: MadeToken | null): ClientToken | null {
  return token === null ? null : { client: token.client, secret: token.secret };
}

interface FieldsProps {
  readonly connection: Connection;
  readonly server: string;
  readonly hosts: readonly string[];
  /** The one that was made for this client. */
  readonly token: MadeToken | null;
  readonly made: (token: FreshToken) => void;
}

function Fields({ connection, server, hosts, token, made }: FieldsProps) {
  const words = text.value.settingsWindow.connecting;
  const once = useOneAtATime();
  const { client, title, where, note, fields, hasLink, needsHost, needsToken } = connection;
  return (
    <>
      {hasLink && (
        <p>
          <button
            type="button"
            class="button primary"
            onClick={() => attempt(() => ask('openInClient', { server, client, token: forMain(token) }))}
          >
            {words.link(title)}
          </button>
        </p>
      )}
      <p class="hint">
        <Breakable words={where} />
      </p>
      {note !== null && note !== '' && <p class="hint">{note}</p>}
      {needsHost !== null && (
        <p class="with-action">
          <span>{words.needsHost(needsHost)}</span>
          <button
            type="button"
            class="button"
            onClick={() => attempt(() => refuseLoudly({ allowedHosts: [...hosts, needsHost] }))}
          >
            {words.allow(needsHost)}
          </button>
        </p>
      )}
      {needsToken && (
        <p class="with-action">
          <span>{words.needsToken}</span>
          <button type="button" class="button" onClick={() => once(async () => made(await makeTokenFor(client)))}>
            {words.makeToken}
          </button>
        </p>
      )}
      {token !== null && (
        <p class="made-token" role="status">
          <Icon name="check" /> {words.madeToken(token.name)}
        </p>
      )}
      <dl class="connect-fields">
        {fields.map(({ label, value }) => (
          <div key={label} class={value.includes('\n') ? 'long' : ''}>
            <dt>{label}</dt>
            <dd>
              <code>{value}</code>
              <CopyButton quiet label={words.copyOf(label)} copy={() => ask('copyText', value)} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
