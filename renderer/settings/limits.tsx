import { LIMIT_RANGES } from '../../app/settings/schema.ts';
import { DEFAULT_SETTINGS, type Limits, MEBIBYTE, type Settings } from '../../app/settings/settings.ts';
import { Fold } from '../shared/controls.tsx';
import { text } from '../shared/store.ts';
import { attempt } from '../shared/tell.ts';
import { parseWhole, TextField } from './field.tsx';
import { change } from './store.ts';

/** Those that a refusal may tell a person to raise, in the units that people count in. */
const SHOWN = [
  { name: 'messageBytes', unit: MEBIBYTE },
  { name: 'sessions', unit: 1 },
  { name: 'sessionIdle', unit: 1000 },
  { name: 'children', unit: 1 },
] as const satisfies readonly { readonly name: keyof Limits; readonly unit: number }[];

export function LimitFields({ settings: { limits } }: { readonly settings: Settings }) {
  const words = text.value.settingsWindow.limits;
  return (
    <Fold title={words.title}>
      <div class="form">
        {SHOWN.map(({ name, unit }) => {
          const { min, max } = LIMIT_RANGES[name];
          return (
            <TextField
              key={name}
              label={words[name].label}
              hint={words[name].hint}
              kind="short"
              value={limits[name]}
              show={(value) => String(value / unit)}
              parse={(draft) => parseWhole(draft, { min, max, unit })}
              save={(value) => change({ limits: { ...limits, [name]: value } }, text.value)}
            />
          );
        })}
        <div class="field">
          <span />
          <div class="field-body">
            <button
              type="button"
              class="button"
              onClick={() => attempt(() => change({ limits: DEFAULT_SETTINGS.limits }, text.value))}
            >
              {words.defaults}
            </button>
          </div>
        </div>
      </div>
    </Fold>
  );
}
