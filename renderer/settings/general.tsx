import { computed } from '@preact/signals';
import type { Language } from '../../app/i18n/index.ts';
import { LOG_LEVELS } from '../../app/log/log.ts';
import type { Settings } from '../../app/settings/settings.ts';
import { ask } from '../shared/bridge.ts';
import { Diagnostics } from '../shared/diagnostics.tsx';
import { LoginItemControl } from '../shared/login-item.tsx';
import { state, text } from '../shared/store.ts';
import { attempt } from '../shared/tell.ts';
import { Defaults } from './defaults.tsx';
import { parsePort, Row, TextField, Toggle } from './field.tsx';
import { change, type Refusal } from './store.ts';

/** Each language in its own words, so that whoever cannot read the others finds it. */
const LANGUAGES: readonly { readonly tag: Language; readonly name: string }[] = [
  { tag: 'en', name: 'English' },
  { tag: 'zh-Hant', name: '繁體中文' },
];

const confirmQuit = computed(() => state.value.habits.confirmQuit);
const countInBar = computed(() => state.value.habits.countInBar);

export function General({ settings }: { readonly settings: Settings }) {
  const words = text.value.settingsWindow;
  return (
    <div class="form">
      <TextField
        label={words.port.label}
        hint={words.port.hint}
        kind="short"
        value={settings.port}
        show={String}
        parse={parsePort}
        save={(port) => change({ port }, text.value)}
        aid={(refusal, done) => <OtherPort refusal={refusal} done={done} />}
      />
      <Row label={words.language.label}>
        {({ input }) => (
          <select
            id={input}
            value={settings.language}
            onChange={({ currentTarget: { value } }) => {
              const chosen = LANGUAGES.find(({ tag }) => tag === value);
              if (chosen !== undefined) attempt(() => change({ language: chosen.tag }, text.value));
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
      <Row label={words.logLevel.label}>
        {({ input }) => (
          <select
            id={input}
            value={settings.logLevel}
            onChange={({ currentTarget: { value } }) => {
              const logLevel = LOG_LEVELS.find((level) => level === value);
              if (logLevel !== undefined) attempt(() => change({ logLevel }, text.value));
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
      <div class="field">
        <span>{words.file.label}</span>
        <div class="field-body">
          <button type="button" class="button" onClick={() => attempt(() => ask('revealSettings'))}>
            {text.value.logWindow.reveal}
          </button>
          <p class="hint">{words.file.hint}</p>
        </div>
      </div>
      <Defaults settings={settings} />
      <Diagnostics />
    </div>
  );
}

/** When a port is taken, the next free one is a click away. */
function OtherPort({ refusal, done }: { readonly refusal: Refusal; readonly done: () => void }) {
  const fix = refusal.problem?.fix;
  if (fix?.kind !== 'use-port') return null;
  const { port } = fix;
  return (
    <button
      type="button"
      class="button"
      onClick={() =>
        attempt(async () => {
          if ((await change({ port }, text.value)) === null) done();
        })
      }
    >
      {text.value.settingsWindow.usePort(port)}
    </button>
  );
}
