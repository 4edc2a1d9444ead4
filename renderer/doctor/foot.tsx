import { ask } from '../shared/bridge.ts';
import { CopyButton } from '../shared/controls.tsx';
import { text } from '../shared/store.ts';
import { outcome } from './store.ts';

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
