import { authority, type ClientFileView, type ClientServerView } from '../../app/ipc/index.ts';
import { Icon } from '../shared/icon.tsx';
import { Segments } from '../shared/segments.tsx';
import { type Badge, badgeOf } from '../shared/server-badge.ts';
import { ask, attempt, now, state, text } from '../shared/store.ts';
import { OutcomeNote } from './outcome-note.tsx';
import { check, outcomeOf, show, showForward, verify } from './store.ts';
import { VerifyPanel } from './verify-panel.tsx';

const MODES = ['off', 'through', 'run'] as const satisfies readonly ClientServerView['mode'][];
type Mode = (typeof MODES)[number];

export interface ServerRowProps {
  readonly file: ClientFileView;
  readonly server: ClientServerView;
}

/** One server of a client: what it is, how it reaches the network, and whether that works. */
export function ServerRow({ file, server }: ServerRowProps) {
  const words = text.value.clientsWindow;
  const { id, name, mode, stale, note, proposal } = server;
  const outcome = outcomeOf(id);
  const [firstForward] = server.forwards;
  const current = check.value?.server === id ? check.value : null;
  const badge = badgeOf(server, file.title, state.value, now.value, text.value);
  const plan = (wanted: Mode): void => attempt(() => show(id, ask('planClient', { server: id, mode: wanted })));
  return (
    <li class="client-server" id={rowId(id)}>
      <div class="client-server-head">
        <h3 class="row-title">
          <span class="client-server-name" title={name}>
            {name}
          </span>
          <Facts server={server} file={file} />
        </h3>
        {server.isOurs && (
          <Segments
            label={words.modeOf(name)}
            value={mode}
            segments={[...MODES, ...(mode === 'forward' ? [mode] : [])].map((value) => ({
              value,
              label: words.modes[value],
              hint: words.modeHints[value],
              mark: proposal?.mode === value ? words.proposed : null,
            }))}
            onChoose={(wanted) => {
              if (wanted !== 'forward' && (wanted !== mode || stale !== null)) plan(wanted);
            }}
          />
        )}
      </div>
      {server.line !== '' && (
        <p class="client-server-line mono" title={server.line}>
          {server.line}
        </p>
      )}
      <div class="client-server-foot">
        <div class="client-server-facts">
          {server.forward !== null && <p class="hint">{forwardWords(server.forward)}</p>}
          <BadgeLine badge={badge} />
          {note !== null && <p class="hint">{note}</p>}
          {server.unfit !== null && <p class="hint">{server.unfit}</p>}
          {proposal !== null && (
            <p class="hint proposal">
              <span class="segment-mark" aria-hidden="true" />
              <span>{proposal.sentence}</span>
            </p>
          )}
        </div>
        {firstForward !== undefined && (
          <button
            type="button"
            class="button quiet"
            aria-label={words.forward.buttonOf(name)}
            onClick={() => attempt(() => showForward(id, firstForward, server.forwards))}
          >
            {words.forward.button}
          </button>
        )}
        <button
          type="button"
          class="button quiet"
          aria-label={words.verify.buttonOf(name)}
          disabled={current?.isRunning === true}
          onClick={() => attempt(() => verify(id))}
        >
          {words.verify.button}
        </button>
        {server.isPatched && outcome === null && (
          <button type="button" class="button quiet" aria-label={words.done.undoOf(name)} onClick={() => plan('off')}>
            {words.undo}
          </button>
        )}
      </div>
      {current !== null && <VerifyPanel check={current} name={name} />}
      {stale !== null && (
        <div class="warning trouble">
          <Icon name="warning" />
          <p class="trouble-words">{words.stale[stale]}</p>
          <button type="button" class="button" onClick={() => plan(stale)}>
            {words.fix}
          </button>
        </div>
      )}
      {badge !== null && badge.problem !== null && (
        <div class="warning trouble">
          <Icon name="warning" />
          <div class="trouble-words">
            <p>{badge.problem.sentence}</p>
            <p>{badge.problem.hint}</p>
          </div>
          <button
            type="button"
            class="button"
            onClick={() => attempt(() => ask('askDoctor', { server: id, target: badge.problem?.target ?? '' }))}
          >
            {words.doctor}
          </button>
        </div>
      )}
      {outcome !== null && <OutcomeNote outcome={outcome} subject={id} name={name} />}
    </li>
  );
}

/** The element of a server, for links to it. */
export const rowId = (server: string): string => `server-${server}`;

function Facts({ server, file }: ServerRowProps) {
  const words = text.value.clientsWindow;
  const facts = [
    ...(server.project === null ? [] : [words.project(server.project)]),
    ...(server.enabled ? [] : [words.offInClient(file.title)]),
    ...(server.mode === 'through' && !server.isPatched && file.locked === undefined ? [words.changedByHand] : []),
  ];
  return facts.map((fact) => (
    <span class="badge" key={fact}>
      {fact}
    </span>
  ));
}

/** Where a local port leads. */
function forwardWords({ port, host, targetPort }: NonNullable<ClientServerView['forward']>): string {
  return `${authority('127.0.0.1', port)} → ${authority(host, targetPort)}`;
}

function BadgeLine({ badge }: { readonly badge: Badge | null }) {
  if (badge === null) return null;
  const { light, words, more } = badge;
  return (
    <p class={`seen ${light}`} title={more ?? undefined}>
      <span class={`light ${light}`} aria-hidden="true" />
      {words}
    </p>
  );
}
