import { duration } from '../../app/ipc/index.ts';
import { IconButton } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
import { FlowButtons, NameChoice, SearchField } from '../shared/row-list.tsx';
import { state, text } from '../shared/store.ts';
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
      <SearchField label={words.search} value={filter.value.query} onInput={(query) => setFilter({ query })} />
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
      <NameChoice
        label={words.server}
        all={words.allServers}
        value={server}
        unnamed={words.unnamed}
        options={servers.toSorted()}
        choose={(wanted) => setFilter({ server: wanted })}
      />
      <NameChoice
        label={words.client}
        all={words.allClients}
        value={client}
        unnamed={words.unnamed}
        options={[...model.clients].toSorted()}
        choose={(wanted) => setFilter({ client: wanted })}
      />
      <NameChoice
        label={words.method}
        all={words.allMethods}
        value={method}
        unnamed={words.unnamed}
        options={[...model.methods].filter((one) => one !== '').toSorted()}
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
      {/* One piece, so that a second line of tools holds all of it. */}
      <span class="tool-group">
        <IconButton
          icon="pin"
          label={words.pinnedOnly}
          pressed={pinned}
          onClick={() => setFilter({ pinned: !pinned })}
        />
        <span class="tool-gap" />
        <FlowButtons words={words} follow={follow} paused={paused.value} setPaused={setPaused} />
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
      </span>
    </div>
  );
}
