import { useSignal } from '@preact/signals';
import type { Settings } from '../../app/settings/settings.ts';
import { ask } from '../shared/bridge.ts';
import { CopyButton, IconButton, Switch } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
import { text } from '../shared/store.ts';
import { attempt, mishap } from '../shared/tell.ts';
import { parseLines, TextField } from './field.tsx';
import { change } from './store.ts';

const EVERYWHERE = '0.0.0.0';
const HERE = '127.0.0.1';

export function Access({ settings }: { readonly settings: Settings }) {
  const words = text.value.settingsWindow.access;
  const showLines = (lines: readonly string[]): string => lines.join('\n');
  return (
    <div class="form">
      <Token settings={settings} />
      <Lan settings={settings} />
      <TextField
        label={words.origins.label}
        hint={words.origins.hint}
        kind="lines"
        value={settings.allowedOrigins}
        show={showLines}
        parse={parseLines}
        save={(allowedOrigins) => change({ allowedOrigins }, text.value)}
      />
      <TextField
        label={words.hosts.label}
        hint={words.hosts.hint}
        kind="lines"
        value={settings.allowedHosts}
        show={showLines}
        parse={parseLines}
        save={(allowedHosts) => change({ allowedHosts }, text.value)}
      />
    </div>
  );
}

function Token({ settings: { token } }: { readonly settings: Settings }) {
  const words = text.value.settingsWindow.access;
  const isShown = useSignal(false);
  return (
    <div class="field">
      <span>{words.token.label}</span>
      <div class="field-body">
        <div class="inline">
          {token !== null && (
            <>
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
            </>
          )}
          <button type="button" class="button" onClick={() => attempt(generate)}>
            {token === null ? words.generate : words.renew}
          </button>
          {token !== null && (
            <button type="button" class="button danger" onClick={() => attempt(() => refuseLoudly({ token: null }))}>
              {words.removeToken}
            </button>
          )}
        </div>
        <p class="hint">{token === null ? words.token.none : words.token.hint}</p>
      </div>
    </div>
  );
}

/** Off is one click; on takes a second, behind what it means. */
function Lan({ settings: { host, token } }: { readonly settings: Settings }) {
  const words = text.value.settingsWindow.access.lan;
  const isAsking = useSignal(false);
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
                {isAsking.value && token === null && <p>{words.needsToken}</p>}
                {isAsking.value && !isOpen && (
                  <p class="inline">
                    <button
                      type="button"
                      class="button"
                      onClick={() => {
                        isAsking.value = false;
                      }}
                    >
                      {text.value.windows.cancel}
                    </button>
                    <button
                      type="button"
                      class="button danger"
                      onClick={() =>
                        attempt(async () => {
                          await refuseLoudly({ host: EVERYWHERE, token: token ?? (await ask('newToken')) });
                          isAsking.value = false;
                        })
                      }
                    >
                      {words.turnOn}
                    </button>
                  </p>
                )}
              </div>
            </div>
          )}
        </div>
      </div>
    </div>
  );
}

async function generate(): Promise<void> {
  await refuseLoudly({ token: await ask('newToken') });
}

/** For buttons, which have no field to show a refusal under. */
async function refuseLoudly(patch: Partial<Settings>): Promise<void> {
  const refusal = await change(patch, text.value);
  if (refusal !== null) mishap.value = refusal.sentence;
}
