import { useSignal } from '@preact/signals';
import { plainly } from '../../app/base/unseen.ts';
import type { ToolChange } from '../../app/servers/index.ts';
import type { ServerSetting } from '../../app/settings/settings.ts';
import { Icon } from '../shared/icon.tsx';
import { ask, attempt, state, text } from '../shared/store.ts';
import { Row } from './field.tsx';

/** What tells that the tools of a server are others now: null while all of them are as they were approved. */
export function changeCount(server: string) {
  return state.value.bridge.servers.find(({ name }) => name === server)?.toolChanges ?? null;
}

export interface ToolChangesProps {
  readonly server: string;
  /** At least one. */
  readonly changes: readonly ToolChange[];
  /** Something was approved. */
  readonly approved: () => Promise<void>;
}

/** The tools that are not as they were approved, each with what differs. An approval counts at once. */
export function ToolChanges({ server, changes, approved }: ToolChangesProps) {
  const words = text.value.toolChanges;
  const different = useSignal<readonly string[]>([]);
  const approve = (tools: readonly ToolChange[]): void =>
    attempt(async () => {
      const seen = tools.map(({ name, hash }) => ({ name, hash }));
      different.value = await ask('approveTools', { server, tools: seen });
      await approved();
    });
  const held = changes.filter(({ isHeld }) => isHeld).length;
  return (
    <section class="tool-changes" aria-label={words.label}>
      <div class="tool-changes-head">
        <p role="status">{words.waiting(changes.length, held)}</p>
        <button type="button" class="button" onClick={() => approve(changes)}>
          {words.approveAll}
        </button>
      </div>
      {different.value.length > 0 && (
        <p class="error" role="alert">
          {words.changedAgain(different.value)}
        </p>
      )}
      {changes.map((change) => (
        <Change key={change.name} change={change} approve={() => approve([change])} />
      ))}
    </section>
  );
}

function Change({ change, approve }: { readonly change: ToolChange; readonly approve: () => void }) {
  const words = text.value.toolChanges;
  const { name, kind, severity, signs, isHeld, diff } = change;
  return (
    <details class="tool-change">
      <summary>
        <code>{plainly(name)}</code> <span class="badge">{words.kinds[kind]}</span>{' '}
        {isHeld && <span class="badge">{words.held}</span>}{' '}
        {severity === 'high' && (
          <span class="tool-severity">
            <Icon name="warning" /> {words.severity.high}
          </span>
        )}
      </summary>
      {signs.map((sign) => (
        <p key={sign} class="warning-line">
          {words.signs[sign]}
        </p>
      ))}
      {diff === null && <p class="hint">{words.notKept}</p>}
      {diff !== null && diff.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll what has the focus.
        <section class="diff" tabIndex={0} aria-label={words.differs(name)}>
          {diff.map(({ part, lines }) => (
            <div key={part}>
              <p class="diff-hunk">{words.parts[part]}</p>
              {lines.map((line, at) => (
                <Line key={`${at} ${line.text}`} line={line} />
              ))}
            </div>
          ))}
        </section>
      )}
      <button type="button" class="button" aria-label={words.approveOne(name)} onClick={approve}>
        {words.approve}
      </button>
    </details>
  );
}

type Line = NonNullable<ToolChange['diff']>[number]['lines'][number];

function Line({ line: { kind, text: content } }: { readonly line: Line }) {
  if (kind === 'removed') {
    return (
      <del class="diff-row removed">
        <span class="diff-sign">−</span>
        <code>{content}</code>
      </del>
    );
  }
  if (kind === 'added') {
    return (
      <ins class="diff-row added">
        <span class="diff-sign">+</span>
        <code>{content}</code>
      </ins>
    );
  }
  return (
    <div class="diff-row">
      <span class="diff-sign" />
      <code>{kind === 'gap' ? '…' : content}</code>
    </div>
  );
}

const MODES = ['notice', 'hold'] as const satisfies readonly NonNullable<ServerSetting['changes']>[];

export interface ChangeModeProps {
  readonly mode: NonNullable<ServerSetting['changes']>;
  readonly set: (mode: NonNullable<ServerSetting['changes']>) => void;
}

/** What becomes of tools that change. */
export function ChangeMode({ mode, set }: ChangeModeProps) {
  const words = text.value.toolChanges.mode;
  return (
    <Row label={words.label} hint={words.hint}>
      {({ input, notes }) => (
        <select
          id={input}
          aria-describedby={notes}
          value={mode}
          onChange={({ currentTarget: { value } }) => {
            const chosen = MODES.find((one) => one === value);
            if (chosen !== undefined) set(chosen);
          }}
        >
          {MODES.map((one) => (
            <option key={one} value={one}>
              {words.words[one]}
            </option>
          ))}
        </select>
      )}
    </Row>
  );
}
