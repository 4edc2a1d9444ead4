import { signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { ClientServerView, Removed } from '../../app/ipc/index.ts';
import { Confirm, IconButton } from '../shared/controls.tsx';
import { found, foundServers, fullName } from '../shared/found-clients.ts';
import { Icon } from '../shared/icon.tsx';
import { announcement, ask, attempt, failure, text } from '../shared/store.ts';
import { load, refusalOf } from './store.ts';

/** What was removed in this window, for as long as it is open. */
interface Gone {
  readonly kind: Removed['kind'];
  /** Names the removal for `restoreSetting`. */
  readonly removal: number;
  readonly name: string;
  /** Its place in the list. */
  readonly at: number;
}

/** The newest last. */
const gone = signal<readonly Gone[]>([]);

export type Row<Item> =
  | { readonly kind: 'there'; readonly item: Item }
  | { readonly kind: 'gone'; readonly what: Gone };

/** A list with what was removed from it at its place. */
export function rowsWithGone<Item>(kind: Removed['kind'], items: readonly Item[]): readonly Row<Item>[] {
  const rows: Row<Item>[] = items.map((item) => ({ kind: 'there', item }));
  for (const what of gone.value.filter((one) => one.kind === kind).toReversed())
    rows.splice(Math.min(what.at, rows.length), 0, { kind: 'gone', what });
  return rows;
}

async function remove(removed: Removed, name: string, at: number): Promise<void> {
  const answer = await ask('removeSetting', removed);
  await load();
  if (!answer.ok) {
    failure.value = refusalOf(answer.outcome).words;
    return;
  }
  if (answer.removal !== null) gone.value = [...gone.value, { kind: removed.kind, removal: answer.removal, name, at }];
  announcement.value = ({ settingsWindow }) => settingsWindow.removal.removed(name);
}

async function restore(what: Gone): Promise<void> {
  const outcome = await ask('restoreSetting', what.removal);
  await load();
  if (outcome.ok) gone.value = gone.value.filter((one) => one !== what);
  else failure.value = refusalOf(outcome).words;
}

/** In place of what was removed: its name, and the way back. */
export function GoneRow({ what }: { readonly what: Gone }) {
  const words = text.value.settingsWindow.removal;
  return (
    <li class="row">
      <p class="row-words hint">{words.removed(what.name)}</p>
      <button
        type="button"
        class="button"
        aria-label={words.undoOf(what.name)}
        onClick={() => attempt(() => restore(what))}
      >
        {words.undo}
      </button>
    </li>
  );
}

export interface RemovableProps {
  readonly removed: Removed;
  /** What people call it. */
  readonly name: string;
  /** Its place in the list. */
  readonly at: number;
  /** What the button says to screen readers. */
  readonly label: string;
  /** Whether a server of a client would reach nothing without it. */
  readonly isUsedBy: (server: ClientServerView) => boolean;
  readonly children: ComponentChildren;
}

/** A row with a button that removes it. Where servers of clients lead there, they are named first, and a second click removes it. */
export function RemovableRow({ removed, name, at, label, isUsedBy, children }: RemovableProps) {
  const words = text.value.settingsWindow.removal;
  const isAsking = useSignal(false);
  const users = (): readonly string[] =>
    foundServers()
      .filter(({ server }) => isUsedBy(server))
      .map(fullName);
  const askFirst = async (): Promise<void> => {
    found.value = await ask('clients', 'at-once');
    isAsking.value = users().length > 0;
    if (!isAsking.value) await remove(removed, name, at);
  };
  return (
    <li class="row removable">
      {children}
      <IconButton icon="trash" label={label} onClick={() => attempt(askFirst)} />
      {isAsking.value && (
        <div class="warning" role="alert">
          <Icon name="warning" />
          <div>
            <p>{words.usedBy(users().join(words.comma))}</p>
            <Confirm
              label={words.anyway}
              cancel={() => {
                isAsking.value = false;
              }}
              run={() => remove(removed, name, at)}
            />
          </div>
        </div>
      )}
    </li>
  );
}
