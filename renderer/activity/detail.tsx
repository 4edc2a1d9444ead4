import type { ComponentChildren } from 'preact';
import { addressOf, authority, bytes, type CallFacts, duration, type RequestFacts } from '../../app/ipc/index.ts';
import { CopyButton, IconButton } from '../shared/controls.tsx';
import { Icon } from '../shared/icon.tsx';
import { ask, attempt, state, text } from '../shared/store.ts';
import { Contents } from './contents.tsx';
import { asCurl, requestText } from './copies.ts';
import { type ActivityRow, targetOf } from './model.ts';
import { chosenRow, contents, isRaw, isStarting, note, pin, rows, runAgain, show } from './store.ts';

/** What is known of the selected row: times, both sides, requests, contents. */
export function Detail() {
  const words = text.value.activityWindow;
  const row = chosenRow();
  return (
    <section class="activity-detail" aria-label={words.detail}>
      {row === null && <p class="hint">{words.chosen}</p>}
      {row !== null && <Head row={row} />}
      {row !== null && note.value?.row === row.sequence && (
        <p class="activity-note" role="status">
          {note.value.words(text.value)}
        </p>
      )}
      {row?.is === 'call' && <CallDetail call={row.facts} />}
      {row?.is === 'request' && <RequestDetail request={row.facts} />}
    </section>
  );
}

function Head({ row }: { readonly row: ActivityRow }) {
  const words = text.value.activityWindow;
  const isPinned = rows().isPinned(row.sequence);
  return (
    <div class="activity-head">
      <h2 class="mono">{titleOf(row)}</h2>
      <IconButton
        icon="pin"
        label={isPinned ? words.unpin : words.pin}
        pressed={isPinned}
        onClick={() => pin(row.sequence, !isPinned)}
      />
      {row.is === 'call' && row.facts.kind === 'request' && row.facts.from === 'client' && <Tools call={row.facts} />}
    </div>
  );
}

/** What can be done with a request of a client. */
function Tools({ call }: { readonly call: CallFacts }) {
  const words = text.value.activityWindow;
  const request = requestText(contents.value.get(call.sequence) ?? null);
  const { host, port } = addressOf(state.value);
  const origin = `http://${authority(host, port)}`;
  const { needsToken } = state.value.address;
  return (
    <>
      <span class="inline" title={request === null ? words.cannotCopy : undefined}>
        <CopyButton disabled={request === null} copy={() => ask('copyText', request ?? '')}>
          {words.copyJson}
        </CopyButton>
        <CopyButton
          disabled={request === null}
          copy={() => ask('copyText', asCurl(call, request ?? '', origin, needsToken))}
        >
          {words.copyCurl}
        </CopyButton>
      </span>
      <button
        type="button"
        class="button"
        title={words.runAgainKeys}
        disabled={isStarting.value}
        aria-busy={isStarting.value}
        onClick={() => attempt(() => runAgain(call, false))}
      >
        <Icon name="restart" />
        {words.runAgain}
      </button>
    </>
  );
}

/** What a row is, in one line. */
export function titleOf(row: ActivityRow): string {
  if (row.is === 'request') return [row.facts.method, targetOf(row.facts)].filter((part) => part !== '').join(' ');
  return [row.facts.method, row.facts.target].filter((part) => part !== '').join(' ');
}

/** How a row ended, in a few words. */
export function outcomeOf({ facts }: ActivityRow): string {
  if ('status' in facts && facts.status !== null) return String(facts.status);
  const said = text.value.cliRun.tap.outcomes[facts.outcome];
  return facts.code === null || facts.code === '' ? said : `${said} (${facts.code})`;
}

function CallDetail({ call }: { readonly call: CallFacts }) {
  const words = text.value.activityWindow;
  const inner = call.side === 'client' && call.kind === 'request' ? rows().servedBy(call.sequence) : [];
  const outer = call.of === null ? null : rows().row(call.of);
  const others = [...(outer?.is === 'call' ? [outer.facts] : []), ...inner];
  return (
    <>
      {others.length === 0 ? (
        <Side call={call} />
      ) : (
        [call, ...others]
          .toSorted((one, other) => one.sequence - other.sequence)
          .map((one) => (
            <section key={one.sequence} class="call-side" aria-label={sideOf(one)}>
              <h3>{sideOf(one)}</h3>
              <Side call={one} />
            </section>
          ))
      )}
      {call.requests.length > 0 && (
        <Links
          title={words.requests(call.requests.length + call.moreRequests)}
          sequences={call.requests}
          more={call.moreRequests}
        />
      )}
    </>
  );
}

function sideOf({ side }: CallFacts): string {
  const words = text.value.activityWindow;
  return side === 'client' ? words.clientSide : words.serverSide;
}

function Side({ call }: { readonly call: CallFacts }) {
  const words = text.value.activityWindow;
  const { facts, transports } = words;
  return (
    <>
      <dl class="activity-facts">
        <Fact name={facts.outcome}>{outcomeOf({ is: 'call', sequence: call.sequence, facts: call })}</Fact>
        <Fact name={facts.started}>{new Date(call.startedAt).toLocaleString(text.value.language)}</Fact>
        {call.side === 'client' && <Fact name={facts.transport}>{transports[call.transport]}</Fact>}
        {call.session > 0 && <Fact name={facts.session}>{`${call.client} #${call.session}`.trim()}</Fact>}
        {call.id !== '' && <Fact name={facts.id}>{call.id}</Fact>}
        <Fact name={facts.size}>
          ↑ {bytes(call.sent)} ↓ {bytes(call.received)}
        </Fact>
      </dl>
      {call.kind === 'request' && (
        <Timing
          total={call.total}
          steps={[
            { at: call.queue, say: words.times.queue },
            { at: call.firstByte, say: words.times.firstByte },
          ]}
        />
      )}
      <ContentsHead />
      <Contents call={call} />
    </>
  );
}

function ContentsHead() {
  const words = text.value.activityWindow;
  return (
    <div class="activity-head">
      <h3>{words.contents}</h3>
      <button
        type="button"
        class="button quiet"
        aria-pressed={isRaw.value}
        onClick={() => {
          isRaw.value = !isRaw.value;
        }}
      >
        {words.raw}
      </button>
    </div>
  );
}

function RequestDetail({ request }: { readonly request: RequestFacts }) {
  const words = text.value.activityWindow;
  const { facts } = words;
  return (
    <>
      <dl class="activity-facts">
        <Fact name={facts.outcome}>{text.value.cliRun.tap.outcomes[request.outcome]}</Fact>
        {request.status !== null && <Fact name={facts.status}>{request.status}</Fact>}
        <Fact name={facts.started}>{new Date(request.startedAt).toLocaleString(text.value.language)}</Fact>
        <Fact name={facts.via}>{words.endpoints[request.kind]}</Fact>
        <Fact name={facts.size}>
          ↑ {bytes(request.up)} ↓ {bytes(request.down)}
        </Fact>
        {request.sentence !== '' && (
          <Fact name={facts.failure}>
            {request.sentence} ({request.code})
          </Fact>
        )}
      </dl>
      <Timing
        total={request.total}
        steps={[
          { at: request.connect, say: words.times.connect },
          { at: request.firstByte, say: words.times.firstByte },
        ]}
      />
      {request.during.length > 0 && (
        <Links
          title={words.during(request.calls)}
          sequences={request.during}
          more={request.calls - request.during.length}
        />
      )}
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface Step {
  /** Milliseconds since the start. */
  readonly at: number | null;
  readonly say: (time: string) => string;
}

/** The parts of its time, drawn and in words. */
function Timing({ total, steps }: { readonly total: number | null; readonly steps: readonly Step[] }) {
  const words = text.value.activityWindow;
  const known = steps.flatMap(({ at, say }) => (at === null ? [] : [{ at, words: say(duration(at)) }]));
  const whole = total ?? 0;
  const sum = total === null ? words.times.running : words.times.total(duration(total));
  const ends = [...known, { at: whole, words: sum }];
  const parts = ends.map((end, at) => ({
    words: end.words,
    share: Math.max(0, Math.min(end.at, whole) - Math.min(ends[at - 1]?.at ?? 0, whole)),
  }));
  return (
    <div class="timing">
      {whole > 0 && (
        <div class="timing-bar" aria-hidden="true">
          {parts.map((part, at) => (
            <span key={part.words} class={`timing-${at}`} title={part.words} style={{ flexGrow: part.share / whole }} />
          ))}
        </div>
      )}
      <p class="hint">{[...known.map((step) => step.words), sum].join(' · ')}</p>
    </div>
  );
}

interface LinksProps {
  readonly title: string;
  readonly sequences: readonly number[];
  /** How many are not listed. */
  readonly more: number;
}

/** Rows that belong to this one, each of which leads there. */
function Links({ title, sequences, more }: LinksProps) {
  const words = text.value.activityWindow;
  return (
    <section class="activity-links" aria-label={title}>
      <h3>{title}</h3>
      <ul>
        {sequences.map((sequence) => {
          const row = rows().row(sequence);
          return (
            <li key={sequence}>
              {row === null ? (
                <span class="hint">{words.gone}</span>
              ) : (
                <button type="button" class="button quiet" onClick={() => show(sequence)}>
                  <span class="mono">{titleOf(row)}</span> {outcomeOf(row)}
                  {row.facts.total !== null && ` · ${duration(row.facts.total)}`}
                  {row.is === 'request' && <span class="hint"> {words.oneOf(row.facts.calls)}</span>}
                </button>
              )}
            </li>
          );
        })}
        {more > 0 && <li class="hint">{words.moreRequests(more)}</li>}
      </ul>
    </section>
  );
}
