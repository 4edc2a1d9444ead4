import type { ClientFileView, RestartAnswer } from '../../app/ipc/index.ts';
import { IconButton } from '../shared/controls.tsx';
import { found } from '../shared/found-clients.ts';
import { Icon } from '../shared/icon.tsx';
import { attempt, say, text } from '../shared/store.ts';
import { restart, restarting, restartResult } from './store.ts';

/** At the foot of the window, whichever client is shown: what waits until a client is started again, and the button for that. */
export function RestartBar() {
  const words = text.value.clientsWindow.restart;
  const all = (found.value ?? []).filter(({ waiting }) => waiting > 0);
  const clients = all.filter(({ title }, at) => all.findIndex((other) => other.title === title) === at);
  const result = restartResult.value;
  if (clients.length === 0 && result === null && restarting.value === null) return null;
  return (
    <footer class="restart-bar">
      <div role="status">
        {result !== null && (
          <p class="restart-line">
            <Icon name={result.answer.kind === 'failed' ? 'warning' : 'check'} />
            <span>{sentenceOf(result.answer, result.title)}</span>
            <IconButton
              icon="close"
              label={text.value.windows.dismiss}
              onClick={() => {
                restartResult.value = null;
              }}
            />
          </p>
        )}
      </div>
      {clients.map((file) => (
        <p class="restart-line" key={file.id}>
          <Icon name="info" />
          <span>{words.waiting(file.waiting)}</span>
          <RestartButton file={file} />
        </p>
      ))}
    </footer>
  );
}

/** Quits a client and opens it again. */
function RestartButton({ file }: { readonly file: ClientFileView }) {
  const words = text.value.clientsWindow.restart;
  const isWorking = restarting.value === file.title;
  return (
    <button
      type="button"
      class="button"
      disabled={restarting.value !== null}
      onClick={() => attempt(() => restart(file))}
    >
      <Icon name="restart" />
      {isWorking ? words.working(file.title) : words.button(file.title)}
    </button>
  );
}

function sentenceOf(answer: RestartAnswer, title: string): string {
  return answer.kind === 'failed' ? say(answer.trouble.sentence) : text.value.clientsWindow.restart[answer.kind](title);
}
