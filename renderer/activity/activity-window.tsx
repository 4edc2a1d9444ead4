import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import { bytes, type CallFacts, duration } from '../../app/ipc/index.ts';
import { Frame, Middle, Preview } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
import { clockTime, OptionRow, rowForKey, Said } from '../shared/row-list.tsx';
import { Check, Sheet } from '../shared/sheet.tsx';
import { ask, attempt, state, text, useDestination } from '../shared/store.ts';
import { VirtualList } from '../shared/virtual-list.tsx';
import { Detail, outcomeOf, titleOf } from './detail.tsx';
import { type ActivityRow, isFailure } from './model.ts';
import {
  confirming,
  dropped,
  dropRunAgain,
  exportShown,
  follow,
  forgetContents,
  isExporting,
  missed,
  open,
  paused,
  reveal,
  rows,
  runAgain,
  select,
  selected,
  setFilter,
  show,
  version,
} from './store.ts';
import { Toolbar } from './toolbar.tsx';

const ROW_HEIGHT = 24;

function rowId(sequence: number): string {
  return `row-${sequence}`;
}

export interface RowProps {
  readonly row: ActivityRow;
  readonly index: number;
  readonly count: number;
  readonly isSelected: boolean;
}

/** One call or request: when, whose, what, how it ended, how long it took, how much it was. */
export function Row({ row, index, count, isSelected }: RowProps) {
  const words = text.value.activityWindow;
  const { sequence, facts } = row;
  const isPinned = rows().isPinned(sequence);
  const size = row.is === 'call' ? row.facts.sent + row.facts.received : row.facts.up + row.facts.down;
  const who = row.is === 'call' ? row.facts.client : '';
  return (
    <OptionRow
      id={rowId(sequence)}
      class="activity-row"
      index={index}
      count={count}
      isSelected={isSelected}
      onClick={() => show(sequence)}
    >
      <span class="activity-time">{clockTime(facts.startedAt)}</span>
      <span class="activity-server">
        <Middle words={facts.server ?? ('label' in facts ? facts.label : '')} />
      </span>
      {who !== '' && <span class="activity-client">{who}</span>}
      <span class="activity-what">
        {isPinned && (
          <>
            <Icon name="pin" />
            <span class="voice">{words.pinned} </span>
          </>
        )}
        {arrowOf(row)} {titleOf(row)}
      </span>
      <span class={isFailure(row) ? 'activity-outcome failed' : 'activity-outcome'}>
        {row.is === 'call' && row.facts.kind === 'notification' ? '' : outcomeOf(row)}
      </span>
      <span class="activity-figure">{facts.total === null ? '' : duration(facts.total)}</span>
      <span class="activity-figure">{bytes(size)}</span>
    </OptionRow>
  );
}

/** A call of the client, one of the server, a message between us and the server, and a request through the proxy. */
function arrowOf(row: ActivityRow): string {
  if (row.is === 'request') return '⇢';
  const arrow = row.facts.from === 'client' ? '→' : '←';
  return row.facts.side === 'server' ? `⇄ ${arrow}` : arrow;
}

/** The list of what passed, and the details of one row. */
export function ActivityWindow() {
  const words = text.value.activityWindow;
  useEffect(() => {
    attempt(open);
  }, []);
  useDestination((part) => setFilter({ server: part.startsWith('server:') ? part.slice('server:'.length) : null }));
  const recorded = state.value.recordContents.join(text.value.status.comma);
  useEffect(() => forgetContents, [recorded]);

  const model = rows();
  const { shown } = model;
  const chosen = selected.value;
  return (
    <Frame title={words.title}>
      <Toolbar />
      {recorded !== '' && (
        <p class="activity-recorded" role="note">
          <Icon name="record" />
          <span>
            <strong>{words.recorded(recorded)}</strong> {words.recordedHint}
          </span>
        </p>
      )}
      <main class="activity">
        <div class="activity-list">
          {shown.length === 0 && <p class="hint log-empty">{model.count === 0 ? words.none : words.noneShown}</p>}
          <VirtualList
            label={words.rows}
            count={shown.length}
            rowHeight={ROW_HEIGHT}
            version={version.value}
            follow={follow.value}
            onFollow={(wanted) => {
              follow.value = wanted;
            }}
            reveal={reveal.value}
            active={chosen === null ? undefined : rowId(chosen)}
            onKey={onKey}
            row={(index) => {
              const row = shown[index];
              return row === undefined ? null : (
                <Row
                  key={row.sequence}
                  row={row}
                  index={index}
                  count={shown.length}
                  isSelected={row.sequence === chosen}
                />
              );
            }}
          />
        </div>
        <Detail />
      </main>
      <Foot shown={shown.length} all={model.count} />
      {isExporting.value && <ExportSheet />}
      {confirming.value !== null && <RunAgainSheet {...confirming.value} />}
    </Frame>
  );
}

function Foot({ shown, all }: { readonly shown: number; readonly all: number }) {
  const words = text.value.activityWindow;
  return (
    <footer class="log-foot">
      <span>{words.count(shown, all)}</span>
      {paused.value && <span>{words.paused}</span>}
      {dropped.value > 0 && <span class="activity-dropped">{words.dropped(dropped.value)}</span>}
      {missed.value > 0 && (
        <span class="activity-missed">
          {words.missed(missed.value)}{' '}
          <button type="button" class="link" onClick={() => attempt(open)}>
            {words.loadMissed}
          </button>
        </span>
      )}
      <Said />
    </footer>
  );
}

function onKey(event: KeyboardEvent): void {
  const model = rows();
  const { shown } = model;
  const chosen = selected.value;
  const found = chosen === null ? -1 : model.positionOf(chosen);
  const at = found === -1 ? shown.length : found;
  const target = rowForKey(event.key, at, shown.length);
  if (target !== undefined) {
    event.preventDefault();
    select(target);
    return;
  }
  const row = chosen === null ? null : model.row(chosen);
  if (row === null || !(event.metaKey || event.ctrlKey)) return;
  if (event.key === 'c') {
    event.preventDefault();
    attempt(() => ask('copyText', titleOf(row)));
  } else if (event.key === 'r' && row.is === 'call') {
    event.preventDefault();
    attempt(() => runAgain(row.facts, false));
  }
}

/** What is to be in the file. Contents are in it only where the person asks for them. */
function ExportSheet() {
  const words = text.value.activityWindow;
  const id = useId();
  const format = useSignal<'ndjson' | 'har'>('ndjson');
  const withContents = useSignal(false);
  const { length } = rows().shown;
  return (
    <Sheet
      title={words.exportSheet(length)}
      action={words.exportAction}
      cancel={() => {
        isExporting.value = false;
      }}
      apply={() => exportShown(format.value, withContents.value)}
      canApply={length > 0}
      restart={null}
    >
      {() => (
        <div class="activity-export">
          <p class="hint">{words.exportNote}</p>
          <label for={id}>{words.format}</label>
          <select
            id={id}
            value={format.value}
            onChange={({ currentTarget: { value } }) => {
              format.value = value === 'har' ? 'har' : 'ndjson';
            }}
          >
            <option value="ndjson">{words.formats.ndjson}</option>
            <option value="har">{words.formats.har}</option>
          </select>
          {state.value.recordContents.length > 0 && (
            <Check label={words.withContents} note={words.withContentsNote} on={withContents} />
          )}
        </div>
      )}
    </Sheet>
  );
}

interface RunAgainProps {
  readonly call: CallFacts;
  /** JSON text. */
  readonly params: string;
}

/** Asks before a tool is run again that may change something: everything that is sent is shown. */
function RunAgainSheet({ call, params }: RunAgainProps) {
  const words = text.value.activityWindow;
  return (
    <Sheet
      title={words.runAgainTitle(call.target)}
      action={words.runAgain}
      isUnasked
      cancel={dropRunAgain}
      apply={() => runAgain(call, true)}
      canApply
      restart={null}
    >
      {() => (
        <>
          <p>{words.runAgainNote(call.target, call.server)}</p>
          <Preview label={words.runAgainParams} content={params} />
        </>
      )}
    </Sheet>
  );
}
