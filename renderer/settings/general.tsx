import { computed, signal } from '@preact/signals';
import { LOG_LEVELS } from '../../app/base/log.ts';
import type { AppText } from '../../app/i18n/app.ts';
import { inARow } from '../../app/i18n/in-a-row.ts';
import type { Language } from '../../app/i18n/index.ts';
import { boundToPort, DEFAULT_SETTINGS, type Settings } from '../../app/settings/settings.ts';
import { Diagnostics, LoginItemControl } from '../shared/app-rows.tsx';
import { announcement, ask, attempt, failure, state, text, type Words } from '../shared/store.ts';
import { parsePort, Row, TextField, Toggle } from './field.tsx';
import { Moving } from './moving.tsx';
import { change, load, type RejectedSetting } from './store.ts';
import { UpdateSettings } from './updates.tsx';

/** The settings that *Restore defaults* resets. What clients rely on stays: the port, tokens, servers and forwards. */
const RESET = [
  'host',
  'lanLoopback',
  'lanForwards',
  'trustReverseProxy',
  'allowedOrigins',
  'allowedHosts',
  'deniedPorts',
  'upstream',
  'noProxy',
  'limits',
  'logLevel',
] as const satisfies readonly (keyof Settings)[];

type ResetSettings = Pick<Settings, (typeof RESET)[number]>;

function resetPartOf(settings: Settings): ResetSettings {
  // Each name stands beside its own value, which no type of a list of pairs can say.
  return Object.fromEntries(RESET.map((name) => [name, settings[name]])) as unknown as ResetSettings;
}

/** What was in force before the defaults came back, for as long as they stay. */
const before = signal<ResetSettings | null>(null);

/** Restores the defaults with one click, and undoes that with another. */
export function Defaults({ settings }: { readonly settings: Settings }) {
  const words = text.value.settingsWindow.defaults;
  const isDefault = JSON.stringify(resetPartOf(settings)) === JSON.stringify(resetPartOf(DEFAULT_SETTINGS));
  const earlier = isDefault ? before.value : null;
  return (
    <div class="field">
      <span>{words.label}</span>
      <div class="field-body">
        {earlier === null ? (
          <button type="button" class="button" disabled={isDefault} onClick={restore}>
            {words.restore}
          </button>
        ) : (
          <button type="button" class="button" onClick={() => undoRestoring(earlier)}>
            {words.undo}
          </button>
        )}
        <p class="hint">{isDefault ? words.areInForce : words.hint}</p>
      </div>
    </div>
  );
}

function restore(): void {
  attempt(async () => {
    // As they are in force now: a change of a moment ago, here or elsewhere, may not have reached this window yet.
    const now = resetPartOf(await ask('settings'));
    if (await applyReset(resetPartOf(DEFAULT_SETTINGS), ({ settingsWindow }) => settingsWindow.defaults.restored))
      before.value = now;
  });
}

function undoRestoring(earlier: ResetSettings): void {
  attempt(async () => {
    if (await applyReset(earlier, ({ settingsWindow }) => settingsWindow.defaults.undone)) before.value = null;
  });
}

/** Whether these are in force now; if they are not, the window says why. */
async function applyReset(wanted: ResetSettings, done: Words): Promise<boolean> {
  const refusal = await change(wanted);
  if (refusal === null) announcement.value = done;
  else failure.value = refusal.words;
  return refusal === null;
}

/** Servers that lead here would reach nothing once the app is gone. */
function BeforeRemoving() {
  const words = text.value.settingsWindow.removing;
  return (
    <div class="field">
      <span>{words.label}</span>
      <div class="field-body">
        <button
          type="button"
          class="button"
          onClick={() => attempt(() => ask('openWindow', { window: 'clients', part: 'undo-all' }))}
        >
          {text.value.clientsWindow.bulk.undo}
        </button>
        <p class="hint">{words.hint}</p>
      </div>
    </div>
  );
}

/** Each language by its own name: a person who reads no other one must find it. */
const LANGUAGES: readonly { readonly tag: Language; readonly name: string }[] = [
  { tag: 'en', name: 'English' },
  { tag: 'zh-Hant', name: '繁體中文' },
];

const notifyProblems = computed(() => state.value.habits.notifyProblems);
const notifyUpdates = computed(() => state.value.habits.notifyUpdates);
const confirmQuit = computed(() => state.value.habits.confirmQuit);
const countInBar = computed(() => state.value.habits.countInBar);

/** Another port ends sign-ins whose address stands elsewhere. */
function portHint({ servers }: Settings, { settingsWindow: { port, removal } }: AppText): string {
  const bound = boundToPort(servers);
  return bound.length === 0 ? port.hint : inARow(port.hint, port.signIns(bound.join(removal.comma)));
}

export function General({ settings }: { readonly settings: Settings }) {
  const words = text.value.settingsWindow;
  return (
    <div class="form">
      <TextField
        label={words.port.label}
        hint={portHint(settings, text.value)}
        kind="short"
        value={settings.port}
        show={String}
        parse={parsePort}
        save={(port) => change({ port })}
        aid={(refusal, done) => <OtherPort refusal={refusal} done={done} />}
      />
      <Row label={words.language.label}>
        {({ input }) => (
          <select
            id={input}
            value={settings.language}
            onChange={({ currentTarget: { value } }) => {
              const chosen = LANGUAGES.find(({ tag }) => tag === value);
              if (chosen !== undefined) attempt(() => change({ language: chosen.tag }));
            }}
          >
            {LANGUAGES.map(({ tag, name }) => (
              <option key={tag} value={tag} lang={tag}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Row>
      <LoginItemControl />
      <UpdateSettings />
      <Row label={words.logLevel.label}>
        {({ input }) => (
          <select
            id={input}
            value={settings.logLevel}
            onChange={({ currentTarget: { value } }) => {
              const logLevel = LOG_LEVELS.find((level) => level === value);
              if (logLevel !== undefined) attempt(() => change({ logLevel }));
            }}
          >
            {[...LOG_LEVELS].reverse().map((level) => (
              <option key={level} value={level}>
                {words.logLevel.levels[level]}
              </option>
            ))}
          </select>
        )}
      </Row>
      <Toggle
        label={words.confirmQuit.label}
        hint={words.confirmQuit.hint}
        on={confirmQuit.value}
        set={(wanted) => attempt(() => ask('changeHabits', { confirmQuit: wanted }))}
      />
      <Toggle
        label={words.countInBar.label}
        hint={words.countInBar.hint}
        on={countInBar.value}
        set={(wanted) => attempt(() => ask('changeHabits', { countInBar: wanted }))}
      />
      <Toggle
        label={words.notifyProblems.label}
        hint={words.notifyProblems.hint}
        on={notifyProblems.value}
        set={(wanted) => attempt(() => ask('changeHabits', { notifyProblems: wanted }))}
      />
      <Toggle
        label={words.notifyUpdates.label}
        hint={words.notifyUpdates.hint}
        on={notifyUpdates.value}
        set={(wanted) => attempt(() => ask('changeHabits', { notifyUpdates: wanted }))}
      />
      <div class="field">
        <span>{words.file.label}</span>
        <div class="field-body">
          <button type="button" class="button" onClick={() => attempt(() => ask('revealSettings'))}>
            {text.value.logWindow.reveal}
          </button>
          <p class="hint">{words.file.hint}</p>
        </div>
      </div>
      <Moving done={load} />
      <Defaults settings={settings} />
      <Diagnostics />
      <BeforeRemoving />
    </div>
  );
}

/** When a port is taken, the next free one is a click away. */
function OtherPort({ refusal, done }: { readonly refusal: RejectedSetting; readonly done: () => void }) {
  const fix = refusal.problem?.en.fix;
  if (fix?.kind !== 'use-port') return null;
  const { port } = fix;
  return (
    <button
      type="button"
      class="button"
      onClick={() =>
        attempt(async () => {
          if ((await change({ port })) === null) done();
        })
      }
    >
      {text.value.settingsWindow.usePort(port)}
    </button>
  );
}
