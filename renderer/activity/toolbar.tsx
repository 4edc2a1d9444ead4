import { useEffect, useRef } from 'preact/hooks';
import { duration } from '../../app/ipc/index.ts';
import { IconButton } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
import { attempt, state, text } from '../shared/store.ts';
import type { ActivityFilter } from './model.ts';
import { clear, filter, follow, isExporting, paused, rows, setFilter, setPaused } from './store.ts';

const KINDS = ['all', 'calls', 'requests', 'messages'] as const satisfies readonly ActivityFilter['kind'][];
const OUTCOMES = [
  'failures',
  'ok',
  'error',
  'tool-error',
  'cancelled',
  'timed-out',
  'cut',
  'pending',
  'listening',
  'open',
  'done',
  'failed',
  'given-up',
] as const satisfies readonly NonNullable<ActivityFilter['outcome']>[];
/** Milliseconds. */
const SLOW = [100, 500, 2000, 10_000];

/** Search, filters, and what can be done with the rows. */
export function Toolbar() {
  const { activityWindow: words, cliRun } = text.value;
  const { kind, server, client, method, outcome, slow, pinned } = filter.value;
  const model = rows();
  const servers = [...new Set([...state.value.servers.map(({ name }) => name), ...model.servers])];
  return (
    <div class="log-tools" role="toolbar" aria-label={words.tools}>
      <Search />
      <select
        aria-label={words.kind}
        value={kind}
        onChange={({ currentTarget: { value } }) => setFilter({ kind: KINDS.find((one) => one === value) ?? 'all' })}
      >
        {KINDS.map((one) => (
          <option key={one} value={one}>
            {words.kinds[one]}
          </option>
        ))}
      </select>
      <Choice
        label={words.server}
        all={words.allServers}
        value={server}
        options={servers}
        choose={(wanted) => setFilter({ server: wanted })}
      />
      <Choice
        label={words.client}
        all={words.allClients}
        value={client}
        options={[...model.clients]}
        choose={(wanted) => setFilter({ client: wanted })}
      />
      <Choice
        label={words.method}
        all={words.allMethods}
        value={method}
        options={[...model.methods].filter((one) => one !== '')}
        choose={(wanted) => setFilter({ method: wanted })}
      />
      <select
        aria-label={words.outcome}
        value={outcome ?? ''}
        onChange={({ currentTarget: { value } }) =>
          setFilter({ outcome: OUTCOMES.find((one) => one === value) ?? null })
        }
      >
        <option value="">{words.allOutcomes}</option>
        {OUTCOMES.map((one) => (
          <option key={one} value={one}>
            {one === 'failures' ? words.failedOutcomes : cliRun.tap.outcomes[one]}
          </option>
        ))}
      </select>
      <select
        aria-label={words.slow}
        value={slow ?? ''}
        onChange={({ currentTarget: { value } }) => setFilter({ slow: value === '' ? null : Number(value) })}
      >
        <option value="">{words.anyDuration}</option>
        {SLOW.map((one) => (
          <option key={one} value={one}>
            {words.slowerThan(duration(one))}
          </option>
        ))}
      </select>
      <IconButton icon="pin" label={words.pinnedOnly} pressed={pinned} onClick={() => setFilter({ pinned: !pinned })} />
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
      <IconButton icon="trash" label={words.clear} disabled={model.count === 0} onClick={clear} />
      <button
        type="button"
        class="button"
        disabled={model.shown.length === 0}
        onClick={() => {
          isExporting.value = true;
        }}
      >
        <Icon name="export" />
        {words.export}
      </button>
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly all: string;
  readonly value: string | null;
  readonly options: readonly string[];
  readonly choose: (value: string | null) => void;
}

/** One of the names that there are, or all of them. A name may be empty, so that each has a sign before it. */
function Choice({ label, all, value, options, choose }: ChoiceProps) {
  const known = value === null || options.includes(value) ? options : [...options, value];
  return (
    <select
      aria-label={label}
      value={value === null ? 'all' : `=${value}`}
      onChange={({ currentTarget }) => choose(currentTarget.value === 'all' ? null : currentTarget.value.slice(1))}
    >
      <option value="all">{all}</option>
      {known.toSorted().map((one) => (
        <option key={one} value={`=${one}`}>
          {one === '' ? text.value.activityWindow.unnamed : one}
        </option>
      ))}
    </select>
  );
}

function Search() {
  const words = text.value.activityWindow;
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
  return (
    <search class="search">
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        aria-label={words.search}
        placeholder={words.search}
        value={filter.value.query}
        onInput={({ currentTarget }) => setFilter({ query: currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          setFilter({ query: '' });
          event.preventDefault();
        }}
      />
    </search>
  );
}
