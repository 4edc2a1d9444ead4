import { useEffect, useRef } from 'preact/hooks';
import type { LogLevel } from '../../app/log/log.ts';
import { saveDiagnostics } from '../shared/app-rows.tsx';
import { CopyButton, IconButton } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
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
  const known = sources().includes(source.value ?? '') || source.value === null;
  const options = known ? sources() : [...sources(), source.value ?? ''];
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
      <select
        aria-label={words.source}
        value={source.value === null ? 'all' : `=${source.value}`}
        onChange={({ currentTarget: { value } }) => setFilter({ source: value === 'all' ? null : value.slice(1) })}
      >
        <option value="all">{words.allSources}</option>
        {options.map((one) => (
          <option key={one} value={`=${one}`}>
            {one === '' ? words.program : one}
          </option>
        ))}
      </select>
      <span class="spring" />
      <IconButton
        icon="down"
        label={words.follow}
        pressed={follow.value}
        onClick={() => {
          follow.value = !follow.value;
        }}
      />
      <IconButton
        icon={paused.value ? 'play' : 'pause'}
        label={paused.value ? words.resume : words.pause}
        pressed={paused.value}
        onClick={() => attempt(() => setPaused(!paused.value))}
      />
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
  if (file !== null) announcement.value = text.value.logWindow.exported(file);
}

function Search() {
  const words = text.value.logWindow;
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'f' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      field.current?.select();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  const isOn = query.value !== '';
  return (
    <search class="search">
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        aria-label={words.search}
        placeholder={words.search}
        value={query.value}
        onInput={({ currentTarget }) => setQuery(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') goToHit(event.shiftKey ? -1 : 1);
          else if (event.key === 'Escape') setQuery('');
          else return;
          event.preventDefault();
        }}
      />
      {isOn && (
        <>
          <span class="figures" role="status">
            {words.matches(hit.value + 1, hits().length)}
          </span>
          <IconButton icon="up" label={words.previous} onClick={() => goToHit(-1)} />
          <IconButton icon="down" label={words.next} onClick={() => goToHit(1)} />
        </>
      )}
    </search>
  );
}
