import { useSignal } from '@preact/signals';
import type { ClientFileView, RestartAnswer, Trouble } from '../../app/ipc/index.ts';
import { Icon } from '../shared/icon.tsx';
import { attempt, text } from '../shared/store.ts';
import { type Outcome, restart, undo } from './store.ts';

/** Why something was not done. */
export function TroubleNote({ trouble: { code, sentence } }: { readonly trouble: Trouble }) {
  return (
    <div class="warning trouble" role="alert">
      <Icon name="warning" />
      <p class="trouble-words">
        {sentence} <code class="trouble-code">{code}</code>
      </p>
    </div>
  );
}

/** Quits a client and opens it again, and says how that went. */
export function RestartButton({ file }: { readonly file: ClientFileView }) {
  const words = text.value.clientsWindow.restart;
  const isWorking = useSignal(false);
  const answer = useSignal<RestartAnswer | null>(null);
  const run = async (): Promise<void> => {
    isWorking.value = true;
    answer.value = null;
    try {
      answer.value = await restart(file);
    } finally {
      isWorking.value = false;
    }
  };
  return (
    <>
      <button type="button" class="button" disabled={isWorking.value} onClick={() => attempt(run)}>
        <Icon name="restart" />
        {isWorking.value ? words.working(file.title) : words.button(file.title)}
      </button>
      <span class="hint" role="status">
        {answer.value !== null && sentenceOf(answer.value, file)}
      </span>
    </>
  );
}

function sentenceOf(answer: RestartAnswer, { title }: ClientFileView): string {
  return answer.kind === 'failed' ? answer.trouble.sentence : text.value.clientsWindow.restart[answer.kind](title);
}

export interface OutcomeNoteProps {
  readonly outcome: Outcome;
  readonly file: ClientFileView;
  /** The id of the server or the file that it is about. */
  readonly subject: string;
  readonly name: string;
}

/** The result of a change, what to do next, and how to undo it. */
export function OutcomeNote({ outcome, file, subject, name }: OutcomeNoteProps) {
  const words = text.value.clientsWindow.done;
  if (outcome.kind === 'refused') return <TroubleNote trouble={outcome.trouble} />;
  const change = outcome.kind === 'applied' ? outcome.change : null;
  return (
    <div class="outcome">
      <div class="outcome-words" role="status">
        <p>
          <Icon name="check" /> <strong>{outcome.kind === 'applied' ? words.applied : words.undone}</strong>{' '}
          {outcome.next}
        </p>
        {outcome.kind === 'applied' && outcome.backup !== null && (
          <p class="hint" title={outcome.backup}>
            {words.backup(outcome.backup.replace(/^.*[\\/]/, ''))}
          </p>
        )}
        {outcome.kind === 'applied' && outcome.access !== null && <p class="hint">{outcome.access}</p>}
      </div>
      {outcome.kind === 'applied' && outcome.remark !== null && <TroubleNote trouble={outcome.remark} />}
      <div class="inline">
        {file.canRestart && <RestartButton file={file} />}
        {change !== null && (
          <button
            type="button"
            class="button"
            aria-label={words.undoOf(name)}
            onClick={() => attempt(() => undo(subject, change))}
          >
            {words.undo}
          </button>
        )}
      </div>
    </div>
  );
}
