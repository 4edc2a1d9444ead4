import { inARow } from '../../app/i18n/in-a-row.ts';
import type { AccessChange, Applies, Trouble } from '../../app/ipc/index.ts';
import { Icon } from '../shared/icon.tsx';
import { attempt, say, text } from '../shared/store.ts';
import { type BulkOutcome, undoBulk } from './bulk-store.ts';
import { type Outcome, undo } from './store.ts';

/** Why something was not done. */
export function TroubleNote({ trouble: { code, sentence } }: { readonly trouble: Trouble }) {
  return (
    <div class="warning trouble" role="alert">
      <Icon name="warning" />
      <p class="trouble-words">
        {say(sentence)} <code class="trouble-code">{code}</code>
      </p>
    </div>
  );
}

function nextWords({ title, applies }: Applies): string {
  return text.value.clients.applies[applies](title);
}

function accessWords({ kind, mode }: AccessChange): string {
  return text.value.clientsWindow.access[kind](mode);
}

export interface OutcomeNoteProps {
  readonly outcome: Outcome;
  /** The id of the server or the file that it is about. */
  readonly subject: string;
  readonly name: string;
}

/** The result of a change, what to do next, and how to undo it. */
export function OutcomeNote({ outcome, subject, name }: OutcomeNoteProps) {
  const words = text.value.clientsWindow.done;
  if (outcome.kind === 'refused') return <TroubleNote trouble={outcome.trouble} />;
  const change = outcome.kind === 'applied' ? outcome.change : null;
  return (
    <div class="outcome">
      <div class="outcome-words" role="status">
        <p>
          <Icon name="check" /> <strong>{outcome.kind === 'applied' ? words.applied : words.undone}</strong>{' '}
          {nextWords(outcome.next)}
        </p>
        {outcome.kind === 'applied' && outcome.backup !== null && (
          <p class="hint" title={outcome.backup}>
            {backupWords(outcome.backup.replace(/^.*[\\/]/, ''))}
          </p>
        )}
        {outcome.kind === 'applied' && outcome.access !== null && <p class="hint">{accessWords(outcome.access)}</p>}
      </div>
      {outcome.kind === 'applied' && outcome.remark !== null && <TroubleNote trouble={outcome.remark} />}
      {change !== null && (
        <div class="inline">
          <button
            type="button"
            class="button"
            aria-label={words.undoOf(name)}
            onClick={() => attempt(() => undo(subject, change))}
          >
            {words.undo}
          </button>
        </div>
      )}
    </div>
  );
}

function backupWords(name: string): string {
  const words = text.value.clientsWindow.done;
  return name.endsWith('.sealed') ? words.sealedBackup(name) : words.backup(name);
}

/** The same of a change of all clients. */
export function BulkNote({ outcome }: { readonly outcome: BulkOutcome }) {
  const { done, bulk } = text.value.clientsWindow;
  if (outcome.kind === 'refused') return <TroubleNote trouble={outcome.answer.trouble} />;
  const { answer, isUndone, servers } = outcome;
  return (
    <div class="outcome">
      <div class="outcome-words" role="status">
        <p>
          <Icon name="check" /> <strong>{isUndone ? bulk.undone : bulk.applied(servers)}</strong>{' '}
          {inARow(...answer.next.map(nextWords))}
        </p>
      </div>
      {answer.remark !== null && <TroubleNote trouble={answer.remark} />}
      <div class="inline">
        <button type="button" class="button" onClick={() => attempt(() => undoBulk(answer.change))}>
          {done.undo}
        </button>
      </div>
    </div>
  );
}
