import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { isKeptSecret } from '../../app/settings/kept-secrets.ts';
import type { RemoteSetting } from '../../app/settings/settings.ts';
import { IconButton } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
import { ask, attempt, text } from '../shared/store.ts';
import { Row, Toggle } from './field.tsx';
import type { HeaderDraft, ServerDraft } from './server-draft.ts';

const TRANSPORTS = ['auto', 'streamable', 'sse'] as const satisfies readonly RemoteSetting['transport'][];

export interface RemoteFieldsProps {
  readonly draft: ServerDraft;
  /** What is wrong with the headers; null when nothing is. */
  readonly error: string | null;
  readonly type: (part: Partial<ServerDraft>) => void;
}

/** What a server with a URL has, and a program has not. */
export function RemoteFields({ draft, error, type }: RemoteFieldsProps) {
  const words = text.value.settingsWindow.servers;
  const { headers, tls } = draft;
  const replace = (at: number, row: HeaderDraft): void => type({ headers: headers.with(at, row) });
  return (
    <>
      <div class="field">
        <span>{words.headers.label}</span>
        <div class="field-body">
          {headers.length > 0 && (
            <ul class="header-rows">
              {headers.map((row, at) => (
                <li key={at}>
                  <HeaderRow row={row} at={at + 1} replace={(next) => replace(at, next)} />
                  <IconButton
                    icon="trash"
                    label={words.headers.remove(at + 1)}
                    onClick={() => type({ headers: headers.toSpliced(at, 1) })}
                  />
                </li>
              ))}
            </ul>
          )}
          <button
            type="button"
            class="button"
            onClick={() =>
              type({ headers: [...headers, { name: headers.length === 0 ? 'Authorization' : '', value: '' }] })
            }
          >
            <Icon name="plus" />
            {words.headers.add}
          </button>
          <div class="field-notes">
            {error !== null && (
              <p class="error" role="alert">
                {error}
              </p>
            )}
            <p class="hint">{words.headers.hint}</p>
            <KeyStoreNotice />
          </div>
        </div>
      </div>
      <Row label={words.transport.label}>
        {({ input }) => (
          <select
            id={input}
            value={draft.transport}
            onChange={({ currentTarget: { value } }) => {
              const transport = TRANSPORTS.find((one) => one === value);
              if (transport !== undefined) type({ transport });
            }}
          >
            {TRANSPORTS.map((transport) => (
              <option key={transport} value={transport}>
                {words.transport.words[transport]}
              </option>
            ))}
          </select>
        )}
      </Row>
      <Toggle
        label={words.lan.label}
        hint={words.lan.hint}
        on={draft.lanCredentials}
        set={(lanCredentials) => type({ lanCredentials })}
      />
      {tls?.fingerprint !== undefined && (
        <div class="field">
          <span>{words.certificate.label}</span>
          <div class="field-body">
            <code class="fingerprint">{shownFingerprint(tls.fingerprint)}</code>
            <button type="button" class="button" onClick={() => type(withoutFingerprint(draft))}>
              {words.certificate.forget}
            </button>
            <p class="hint">{words.certificate.trusted}</p>
          </div>
        </div>
      )}
    </>
  );
}

interface HeaderRowProps {
  readonly row: HeaderDraft;
  /** Counts from 1. */
  readonly at: number;
  readonly replace: (row: HeaderDraft) => void;
}

function HeaderRow({ row, at, replace }: HeaderRowProps) {
  const words = text.value.settingsWindow.servers.headers;
  const isKept = isKeptSecret(row.value);
  const common = { spellcheck: false, autocomplete: 'off' } as const;
  return (
    <>
      <input
        {...common}
        type="text"
        class="mono"
        aria-label={words.name(at)}
        value={row.name}
        // What is kept is kept under its name.
        onInput={({ currentTarget }) => replace({ name: currentTarget.value, value: isKept ? '' : row.value })}
      />
      <input
        {...common}
        type="password"
        class="mono"
        aria-label={words.value(at)}
        placeholder={isKept ? words.kept : undefined}
        value={isKept ? '' : row.value}
        onInput={({ currentTarget }) => replace({ ...row, value: currentTarget.value })}
      />
    </>
  );
}

/** As browsers and openssl write it: `AA:BB:…`. */
export function shownFingerprint(fingerprint: string): string {
  return (fingerprint.replaceAll(':', '').toUpperCase().match(/../g) ?? []).join(':');
}

function withoutFingerprint({ tls = {} }: ServerDraft): Partial<ServerDraft> {
  const { fingerprint: _fingerprint, ...rest } = tls;
  return { tls: rest };
}

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
