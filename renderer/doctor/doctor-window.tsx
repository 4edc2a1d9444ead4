import { useEffect } from 'preact/hooks';
import { ask } from '../shared/bridge.ts';
import { CopyButton } from '../shared/controls.tsx';
import { Frame } from '../shared/frame.tsx';
import { Icon } from '../shared/icon.tsx';
import { text } from '../shared/store.ts';
import { attempt } from '../shared/tell.ts';
import { Findings } from './findings.tsx';
import { Form } from './form.tsx';
import { Facts, Progress } from './rows.tsx';
import { follow, outcome, progress, running } from './store.ts';

/** What can be done with the whole. */
export function Foot() {
  const result = outcome.value;
  const report = result?.kind === 'report' ? result.text : '';
  return (
    <footer class="doctor-foot">
      <span class="spring" />
      <CopyButton disabled={report === ''} copy={() => ask('copyText', report)}>
        {text.value.doctor.window.copy}
      </CopyButton>
    </footer>
  );
}

/** Finds out why a machine cannot be reached: the question, what is found, and behind it what was looked at. */
export function DoctorWindow() {
  const words = text.value.doctor.window;
  useEffect(() => follow(attempt), []);
  const result = outcome.value;
  return (
    <Frame title={text.value.windows.titles.doctor}>
      <Form />
      <main class="doctor-body">
        {running.value && <Progress />}
        {result?.kind === 'refused' && (
          <p class="doctor-refused" role="alert">
            {result.sentence}
          </p>
        )}
        {result?.kind === 'report' && <Findings findings={result.findings} summary={result.summary} />}
        {result?.kind === 'report' && <Facts rows={result.rows} />}
        {!running.value && result === null && progress.value.length === 0 && (
          <div class="empty">
            <Icon name="search" />
            <p>{words.waiting}</p>
          </div>
        )}
      </main>
      <Foot />
    </Frame>
  );
}
