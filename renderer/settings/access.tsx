import { signal, useSignal } from '@preact/signals';
import type { Settings } from '../../app/settings/settings.ts';
import { Confirm, CopyButton, IconButton, Switch } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
import { ask, attempt, text } from '../shared/store.ts';
import { parseLines, TextField, Toggle } from './field.tsx';
import { change, refuseLoudly } from './store.ts';
import { addToken, Tokens } from './tokens.tsx';

const EVERYWHERE = '0.0.0.0';
const HERE = '127.0.0.1';

export function Access({ settings }: { readonly settings: Settings }) {
  const words = text.value.settingsWindow.access;
  const { token, requireToken, trustReverseProxy } = settings;
  const showLines = (lines: readonly string[]): string => lines.join('\n');
  return (
    <div class="form">
      <Toggle
        label={words.require.label}
        hint={token !== null ? words.require.shared : requireToken ? words.require.on : words.require.off}
        on={requireToken || token !== null}
        set={(on) => attempt(() => refuseLoudly({ requireToken: on }))}
      />
      {token === null ? <SharedTokenGone /> : <SharedToken token={token} />}
      <Tokens tokens={settings.tokens} />
      <Lan settings={settings} />
      <TextField
        label={words.origins.label}
        hint={words.origins.hint}
        kind="lines"
        value={settings.allowedOrigins}
        show={showLines}
        parse={parseLines}
        save={(allowedOrigins) => change({ allowedOrigins })}
      />
      <TextField
        label={words.hosts.label}
        hint={words.hosts.hint}
        kind="lines"
        value={settings.allowedHosts}
        show={showLines}
        parse={parseLines}
        save={(allowedHosts) => change({ allowedHosts })}
      />
      <Toggle
        label={words.reverseProxy.label}
        hint={words.reverseProxy.hint}
        on={trustReverseProxy}
        set={(on) => attempt(() => refuseLoudly({ trustReverseProxy: on }))}
      />
    </div>
  );
}

/** The shared token that was removed in this window, for as long as it is open. */
const goneToken = signal<string | null>(null);

/** The way back: a removed token is shown nowhere else. */
function SharedTokenGone() {
  const { access, removal } = text.value.settingsWindow;
  const token = goneToken.value;
  if (token === null) return null;
  return (
    <div class="field">
      <span>{access.token.label}</span>
      <div class="field-body">
        <div class="inline">
          <span class="hint" role="status">
            {removal.removed(access.token.label)}
          </span>
          <button
            type="button"
            class="button"
            aria-label={removal.undoOf(access.token.label)}
            onClick={() => attempt(() => refuseLoudly({ token }))}
          >
            {removal.undo}
          </button>
        </div>
      </div>
    </div>
  );
}

/** The shared token of versions without named tokens; it can be removed here, not made. */
function SharedToken({ token }: { readonly token: string }) {
  const words = text.value.settingsWindow.access;
  const isShown = useSignal(false);
  return (
    <div class="field">
      <span>{words.token.label}</span>
      <div class="field-body">
        <div class="inline">
          <code class="secret">{isShown.value ? token : '••••••••••••••••'}</code>
          <IconButton
            icon="eye"
            label={isShown.value ? words.hide : words.show}
            pressed={isShown.value}
            onClick={() => {
              isShown.value = !isShown.value;
            }}
          />
          <CopyButton quiet label={text.value.windows.copy} copy={() => ask('copyText', token)} />
          <button
            type="button"
            class="button danger"
            onClick={() =>
              attempt(async () => {
                await refuseLoudly({ token: null });
                goneToken.value = token;
              })
            }
          >
            {words.removeToken}
          </button>
        </div>
        <p class="hint">{words.token.hint}</p>
      </div>
    </div>
  );
}

/** Switching off takes one click; switching on takes a second one, after the warning. */
function Lan({ settings: { host, token, tokens, lanLoopback, lanForwards } }: { readonly settings: Settings }) {
  const words = text.value.settingsWindow.access.lan;
  const isAsking = useSignal(false);
  const hasNone = token === null && tokens.length === 0;
  const isOpen = host !== HERE && host !== '::1' && host !== 'localhost';
  return (
    <div class="field">
      <span aria-hidden="true">{words.label}</span>
      <div class="field-body">
        <Switch
          label={words.label}
          on={isOpen}
          describedBy="lan-notes"
          onChange={(on) => {
            isAsking.value = on;
            if (!on) attempt(() => refuseLoudly({ host: HERE }));
          }}
        />
        <div id="lan-notes" class="field-notes">
          {!isOpen && !isAsking.value && <p class="hint">{words.hint}</p>}
          {(isOpen || isAsking.value) && (
            <div class="warning">
              <Icon name="warning" />
              <div>
                <p>{words.warning}</p>
                {isAsking.value && hasNone && <p>{words.needsToken}</p>}
                {isAsking.value && !isOpen && (
                  <Confirm
                    label={words.turnOn}
                    cancel={() => {
                      isAsking.value = false;
                    }}
                    run={async () => {
                      const name = text.value.settingsWindow.access.tokens.otherMachines;
                      if (!hasNone || (await addToken(name)) === null) await refuseLoudly({ host: EVERYWHERE });
                      isAsking.value = false;
                    }}
                  />
                )}
              </div>
            </div>
          )}
        </div>
        {isOpen && (
          <>
            <LanSwitch words={words.loopback} on={lanLoopback} set={(on) => ({ lanLoopback: on })} />
            <LanSwitch words={words.forwards} on={lanForwards} set={(on) => ({ lanForwards: on })} />
          </>
        )}
      </div>
    </div>
  );
}

interface LanSwitchProps {
  readonly words: { readonly label: string; readonly hint: string };
  readonly on: boolean;
  readonly set: (on: boolean) => Partial<Settings>;
}

/** What of this machine others may reach through the proxy. */
function LanSwitch({ words, on, set }: LanSwitchProps) {
  return (
    <div class="lan-switch">
      <Switch label={words.label} on={on} onChange={(next) => attempt(() => refuseLoudly(set(next)))} />
      <div>
        <p>{words.label}</p>
        <p class="hint">{words.hint}</p>
      </div>
    </div>
  );
}
