import type { CallFacts } from '../../app/ipc/index.ts';
import { Preview } from '../shared/controls.tsx';
import { Sheet } from '../shared/sheet.tsx';
import { text } from '../shared/store.ts';
import { dropRunAgain, runAgain } from './store.ts';

export interface RunAgainProps {
  readonly call: CallFacts;
  /** JSON text. */
  readonly params: string;
}

/** Asks before a tool is run again that may change something: everything that is sent is shown. */
export function RunAgainSheet({ call, params }: RunAgainProps) {
  const words = text.value.activityWindow;
  return (
    <Sheet
      title={words.runAgainTitle(call.target)}
      action={words.runAgain}
      isUnasked
      cancel={dropRunAgain}
      apply={() => runAgain(call, true)}
      canApply
      restart={null}
    >
      {() => (
        <>
          <p>{words.runAgainNote(call.target, call.server)}</p>
          <Preview label={words.runAgainParams} content={params} />
        </>
      )}
    </Sheet>
  );
}
