import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { bytes, type CallFacts, type ShownBody } from '../../app/ipc/index.ts';
import { Preview } from '../shared/controls.tsx';
import { state, text } from '../shared/store.ts';
import { contents, fetchContents, isRaw } from './store.ts';

/** Milliseconds between two looks at whether what is shown is still kept: it is wiped when its time is over. */
const KEPT_LOOK = 30_000;

/** What a call said, fetched when it is opened. */
export function Contents({ call }: { readonly call: CallFacts }) {
  const words = text.value.activityWindow;
  const isRecorded = state.value.recordContents.includes(call.server);
  const { sequence, total } = call;
  useEffect(() => {
    if (!isRecorded) return;
    fetchContents(call);
    const looking = setInterval(() => fetchContents(call), KEPT_LOOK);
    return () => clearInterval(looking);
  }, [sequence, total, isRecorded]);
  if (!isRecorded) return <p class="hint">{words.notRecorded}</p>;
  const said = contents.value.get(sequence);
  if (said === undefined) return null;
  if (said === null) return <p class="hint">{words.notKept}</p>;
  return (
    <div class="call-contents">
      <Body label={words.sent} body={said.sent} />
      {call.kind === 'request' && <Body label={words.received} body={said.received} />}
    </div>
  );
}

function Body({ label, body }: { readonly label: string; readonly body: ShownBody | null }) {
  const words = text.value.activityWindow;
  const notes =
    body === null
      ? [words.notThere]
      : [
          bytes(body.bytes),
          ...(body.isCut ? [words.cutAt(bytes(body.bytes))] : []),
          ...(body.masked > 0 ? [words.masked(body.masked)] : []),
        ];
  const parsed = body === null || isRaw.value ? undefined : parsedValue(body.text);
  return (
    <section class="body" aria-label={label}>
      <h3>
        {label} <span class="hint">{notes.join(' · ')}</span>
      </h3>
      {body !== null && parsed === undefined && <Preview label={label} content={body.text} />}
      {parsed !== undefined && (
        <div class="tree">
          <Node name={null} value={parsed.value} depth={0} />
        </div>
      )}
    </section>
  );
}

/** Undefined for a text that is cut, and so is no JSON. */
function parsedValue(json: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(json) as unknown };
  } catch {
    return undefined;
  }
}

interface NodeProps {
  readonly name: string | null;
  readonly value: unknown;
  readonly depth: number;
}

/** Depth down to which a tree begins open: the message, its params or result. */
const OPEN_DEPTH = 3;
/** Members of one node that are drawn until a person asks for more. */
const MOST_MEMBERS = 50;

/** One value of a tree. Members of a node that is closed do not exist. */
function Node({ name, value, depth }: NodeProps) {
  const isOpen = useSignal(depth < OPEN_DEPTH);
  const most = useSignal(depth === 0 ? MOST_MEMBERS : 10);
  const label = name === null ? null : <span class="tree-name">{name}: </span>;
  if (typeof value !== 'object' || value === null) {
    return (
      <div class="tree-leaf">
        {label}
        <span class={`tree-${typeof value}`}>{JSON.stringify(value)}</span>
      </div>
    );
  }
  const words = text.value.activityWindow;
  const members = Object.entries(value);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (members.length === 0) {
    return (
      <div class="tree-leaf">
        {label}
        {open}
        {close}
      </div>
    );
  }
  const hidden = members.length - most.value;
  return (
    <details
      class="tree-node"
      open={isOpen.value}
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>
        {label}
        <span class="hint">
          {open} {words.items(members.length)} {close}
        </span>
      </summary>
      {isOpen.value &&
        members.slice(0, most.value).map(([key, one]) => <Node key={key} name={key} value={one} depth={depth + 1} />)}
      {isOpen.value && hidden > 0 && (
        <button
          type="button"
          class="button quiet"
          onClick={() => {
            most.value += MOST_MEMBERS;
          }}
        >
          {words.moreItems(Math.min(hidden, MOST_MEMBERS))}
        </button>
      )}
    </details>
  );
}
