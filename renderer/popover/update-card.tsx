import type { ComponentChildren } from 'preact';
import type { UpdateView } from '../../app/ipc/index.ts';
import { IconButton } from '../shared/controls.tsx';
import { Icon, type IconName } from '../shared/icon.tsx';
import { ask, attempt, text } from '../shared/store.ts';
import { failureWords, ReleasesButton, UpdateButton, useUpdates } from '../shared/updates.tsx';

type Notes = Extract<UpdateView['state'], { readonly kind: 'available' }>['release']['notes'];

/** A newer version, from "there is one" to "restart": nothing while there is none, and nothing of a check that was not asked for. */
export function UpdateCard() {
  const view = useUpdates();
  if (view === null) return null;
  if (view.failure?.asked === true) return <Failed view={view} />;
  const words = text.value.updates;
  const { state, running } = view;
  switch (state.kind) {
    case 'idle':
    case 'checking':
      return null;
    case 'available':
      return view.isDismissed ? null : <Available view={view} release={state.release} />;
    case 'downloading': {
      const { release, percent } = state;
      const title = percent < 100 ? words.downloading(release.version, percent) : words.checkingIt(release.version);
      return (
        <Card icon="down" title={title}>
          <progress class="update-progress" aria-label={words.progress} max={100} value={percent} />
          <div class="update-buttons">
            <UpdateButton action="cancel" label={words.stop} />
          </div>
        </Card>
      );
    }
    case 'ready':
      return (
        <Card icon="check" title={words.ready(state.release.version)} hint={words.readyHint}>
          <WhatIsNew notes={state.release.notes} />
          <div class="update-buttons">
            <UpdateButton primary action="install" label={words.install} />
          </div>
        </Card>
      );
    case 'installing':
      return <Card icon="restart" title={words.installing(state.release.version)} />;
    case 'replaced':
      return (
        <Card icon="restart" title={words.replaced(state.version)} hint={words.replacedHint(running)}>
          <div class="update-buttons">
            <UpdateButton primary action="install" label={words.install} />
          </div>
        </Card>
      );
    default:
      return state satisfies never;
  }
}

interface AvailableProps {
  readonly view: UpdateView;
  readonly release: { readonly version: string; readonly notes: Notes };
}

/** Where the app cannot be replaced, the way out stands in place of the button. */
function Available({ view: { place, running, hasPage }, release: { version, notes } }: AvailableProps) {
  const words = text.value.updates;
  const isReplaceable = place === 'replaceable';
  const hint = isReplaceable ? words.availableHint(running) : words.places[place];
  return (
    <Card icon="down" title={words.available(version)} hint={hint} canDismiss>
      <WhatIsNew notes={notes} />
      <div class="update-buttons">
        {isReplaceable ? (
          <UpdateButton primary action="download" label={words.download} />
        ) : (
          <ReleasesButton hasPage={hasPage} />
        )}
      </div>
    </Card>
  );
}

function Failed({ view }: { readonly view: UpdateView }) {
  const words = text.value.updates;
  const failed = failureWords(view);
  if (failed === null) return null;
  // After a failed installation the version has to be fetched again, as Squirrel threw it away.
  const canRetry = view.state.kind === 'idle' || view.state.kind === 'available';
  return (
    <Card icon="warning" title={failed.sentence} hint={failed.hint} canDismiss>
      <div class="update-buttons">
        {canRetry && (
          <UpdateButton action={view.failure?.during === 'check' ? 'check' : 'download'} label={words.again} />
        )}
        <ReleasesButton hasPage={view.hasPage} />
      </div>
    </Card>
  );
}

interface CardProps {
  readonly icon: IconName;
  readonly title: string;
  readonly hint?: string;
  readonly canDismiss?: boolean;
  readonly children?: ComponentChildren;
}

function Card({ icon, title, hint, canDismiss = false, children }: CardProps) {
  return (
    <section class="problem update" aria-label={text.value.updates.settings.label}>
      <Icon name={icon} />
      <div class="problem-words">
        <p role="status">{title}</p>
        {hint !== undefined && <p class="hint">{hint}</p>}
        {children}
      </div>
      {canDismiss && (
        <IconButton
          icon="close"
          label={text.value.windows.dismiss}
          onClick={() => attempt(() => ask('actOnUpdate', 'dismiss'))}
        />
      )}
    </section>
  );
}

/** The notes of the release, as plain text. They came from the network. */
function WhatIsNew({ notes }: { readonly notes: Notes }) {
  if (notes.length === 0) return null;
  return (
    <details class="update-news">
      <summary>
        <Icon name="chevron" />
        {text.value.updates.news}
      </summary>
      {grouped(notes).map((group, at) =>
        group.kind === 'items' ? (
          <ul key={at}>
            {group.lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        ) : (
          <p key={at} class={group.kind === 'heading' ? 'update-heading' : undefined}>
            {group.lines.join(' ')}
          </p>
        ),
      )}
    </details>
  );
}

interface Group {
  readonly kind: 'heading' | 'text' | 'items';
  readonly lines: readonly string[];
}

/** Items that follow each other are one list. */
function grouped(notes: Notes): readonly Group[] {
  const groups: Group[] = [];
  for (const { kind, text: line } of notes) {
    const last = groups.at(-1);
    if (kind === 'item' && last?.kind === 'items')
      groups[groups.length - 1] = { ...last, lines: [...last.lines, line] };
    else groups.push({ kind: kind === 'item' ? 'items' : kind, lines: [line] });
  }
  return groups;
}
