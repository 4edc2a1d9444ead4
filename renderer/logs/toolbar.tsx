import type { LogLevel } from '../../app/base/log.ts';
import { saveDiagnostics } from '../shared/app-rows.tsx';
import { CopyButton, IconButton } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
import { FlowButtons, NameChoice, SearchField } from '../shared/row-list.tsx';
import { announcement, ask, attempt, text } from '../shared/store.ts';
import {
  clear,
  follow,
  goToHit,
  hit,
  hits,
  level,
  paused,
  query,
  selection,
  setFilter,
  setPaused,
  setQuery,
  source,
  sources,
  textToCopy,
  total,
} from './log-store.ts';

/** From everything to the worst, as the menu offers them. */
export const LEVELS = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[];

export function isLogLevel(value: string): value is LogLevel {
  return LEVELS.some((level) => level === value);
}

/** Search, filters, and what can be done with the lines. */
export function Toolbar() {
  const words = text.value.logWindow;
  const chosen = selection.value;
  const selected = chosen === null ? 0 : Math.abs(chosen.to - chosen.from) + 1;
  return (
    <div class="log-tools" role="toolbar" aria-label={words.tools}>
      <Search />
      <select
        aria-label={words.level}
        value={level.value}
        onChange={({ currentTarget: { value } }) => {
          if (isLogLevel(value)) setFilter({ level: value });
        }}
      >
        {LEVELS.map((one) => (
          <option key={one} value={one}>
            {words.levels[one]}
          </option>
        ))}
      </select>
      <NameChoice
        label={words.source}
        all={words.allSources}
        unnamed={words.program}
        value={source.value}
        options={sources()}
        choose={(wanted) => setFilter({ source: wanted })}
      />
      <span class="spring" />
      <FlowButtons words={words} follow={follow} paused={paused.value} setPaused={setPaused} />
      <span class="tool-gap" />
      <CopyButton
        quiet
        label={selected === 0 ? words.copyAll : words.copySelected(selected)}
        disabled={total() === 0}
        copy={async () => ask('copyText', textToCopy())}
      />
      <IconButton icon="trash" label={words.clear} disabled={total() === 0} onClick={clear} />
      <IconButton icon="folder" label={words.reveal} onClick={() => attempt(() => ask('revealLog'))} />
      <IconButton icon="help" label={text.value.diagnostics.saveLabel} onClick={() => attempt(saveDiagnostics)} />
      <button type="button" class="button" onClick={() => attempt(exportLog)}>
        <Icon name="export" />
        {words.exportAll}
      </button>
    </div>
  );
}

async function exportLog(): Promise<void> {
  const file = await ask('exportLog');
  if (file !== null) announcement.value = ({ logWindow }) => logWindow.exported(file);
}

function Search() {
  const words = text.value.logWindow;
  const isOn = query.value !== '';
  return (
    <SearchField
      label={words.search}
      value={query.value}
      onInput={setQuery}
      onEnter={(isBackwards) => goToHit(isBackwards ? -1 : 1)}
    >
      {isOn && (
        <>
          <span class="figures" role="status">
            {words.matches(hit.value + 1, hits().length)}
          </span>
          <IconButton icon="up" label={words.previous} onClick={() => goToHit(-1)} />
          <IconButton icon="down" label={words.next} onClick={() => goToHit(1)} />
        </>
      )}
    </SearchField>
  );
}
