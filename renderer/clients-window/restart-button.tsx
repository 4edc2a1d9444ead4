import { useSignal } from '@preact/signals';
import type { ClientFileView, RestartAnswer } from '../../app/ipc/index.ts';
import { Icon } from '../shared/icon.tsx';
import { text } from '../shared/store.ts';
import { attempt } from '../shared/tell.ts';
import { restart } from './store.ts';

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
