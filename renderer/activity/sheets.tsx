import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { CallFacts } from '../../app/ipc/index.ts';
import { Preview } from '../shared/controls.tsx';
import { Check, Sheet } from '../shared/sheet.tsx';
import { state, text } from '../shared/store.ts';
import { dropRunAgain, exportShown, isExporting, rows, runAgain } from './store.ts';

/** What is to be in the file. Contents are in it only where the person asks for them. */
export function ExportSheet() {
  const words = text.value.activityWindow;
  const id = useId();
  const format = useSignal<'ndjson' | 'har'>('ndjson');
  const withContents = useSignal(false);
  const { length } = rows().shown;
  return (
    <Sheet
      title={words.exportSheet(length)}
      action={words.exportAction}
      cancel={() => {
        isExporting.value = false;
      }}
      apply={() => exportShown(format.value, withContents.value)}
      canApply={length > 0}
      restart={null}
    >
      {() => (
        <div class="activity-export">
          <p class="hint">{words.exportNote}</p>
          <label for={id}>{words.format}</label>
          <select
            id={id}
            value={format.value}
            onChange={({ currentTarget: { value } }) => {
              format.value = value === 'har' ? 'har' : 'ndjson';
            }}
          >
            <option value="ndjson">{words.formats.ndjson}</option>
            <option value="har">{words.formats.har}</option>
          </select>
          {state.value.recordContents.length > 0 && (
            <Check label={words.withContents} note={words.withContentsNote} on={withContents} />
          )}
        </div>
      )}
    </Sheet>
  );
}

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
