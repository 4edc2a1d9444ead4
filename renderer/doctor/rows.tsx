import type { DoctorProgress } from '../../app/ipc/index.ts';
import { Icon } from '../shared/icon.tsx';
import { text } from '../shared/store.ts';
import { progress } from './store.ts';

type Row = DoctorProgress['row'];

/** What has been seen so far, while the rest is still looked at. */
export function Progress() {
  const words = text.value.doctor.window;
  const last = progress.value.at(-1);
  const done = last?.done ?? 0;
  const all = last?.all ?? 1;
  return (
    <section class="doctor-progress" aria-label={words.working}>
      <div class="doctor-meter">
        <progress aria-label={words.working} value={done} max={all} />
        <span class="figures">{last === undefined ? words.working : words.progress(done, all)}</span>
      </div>
      <RowList rows={progress.value.map(({ row }) => row)} />
    </section>
  );
}

/** Everything that was looked at, folded away behind what it means. */
export function Facts({ rows }: { readonly rows: readonly Row[] }) {
  const words = text.value.doctor.window;
  return (
    <details class="doctor-facts">
      <summary>
        <Icon name="chevron" />
        {words.facts}
      </summary>
      <RowList rows={rows} />
    </details>
  );
}

function RowList({ rows }: { readonly rows: readonly Row[] }) {
  return (
    <dl class="fact-rows">
      {rows
        .filter(({ state }) => state !== 'not-applicable')
        .map(({ probe, label, state, lines }) => (
          <div key={probe} class={`fact-row ${state}`}>
            <dt>{label}</dt>
            {lines.map((line) => (
              <dd key={line}>{line}</dd>
            ))}
          </div>
        ))}
    </dl>
  );
}
