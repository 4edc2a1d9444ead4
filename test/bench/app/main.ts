import { chosen, readOptions } from '../common/options.ts';
import { processesAreReadable } from '../common/processes.ts';
import { timed } from '../common/progress.ts';
import { report } from '../common/report.ts';
import type { Row } from '../common/results.ts';
import { inRounds, numberCell, plainRow, project, ratioRow, WARM_UPS } from '../common/rounds.ts';
import { sum } from '../common/statistics.ts';
import { type Origin, startOrigin } from '../outbound/origin/origin.ts';
import { activityRows } from './activity-window.ts';
import { MEASURES, type Measure } from './measures.ts';
import { APP, HEADLESS, type Subject, startAppWithWindows, startHeadless } from './subjects.ts';

/** Of the app alone, once the engines are gone: nothing else draws beside it. */
const ACTIVITY = { name: 'activity window' };

const { pace, only } = readOptions(process.argv.slice(2), { full: 7, quick: 3 });
const origin = await startOrigin();
const subjects: Subject[] = [];
const rows: Row[] = [];
const wanted = chosen([...MEASURES, ACTIVITY], only);
try {
  subjects.push(await startHeadless(), await startAppWithWindows());
  for (const { name, node } of subjects) process.stderr.write(`${name}: Node ${node}\n`);
  for (const measure of MEASURES.filter((each) => wanted.includes(each))) {
    rows.push(...(await timed(measure.name, () => rowsOf(measure, subjects, origin))));
  }
} finally {
  for (const subject of subjects) await subject.stop();
  await origin.stop();
}
if (wanted.includes(ACTIVITY)) rows.push(...(await timed(ACTIVITY.name, activityRows)));

const versions = [...new Set(subjects.map(({ node }) => node))].join(' and ');
report('app', [{ title: `app, its main process in Node ${versions}`, subjects: [HEADLESS, APP], rows }]);

async function rowsOf(measure: Measure, of: readonly Subject[], at: Origin): Promise<readonly Row[]> {
  const samples = await inRounds(of, pace.rounds, (subject) => measure.take(subject, at, pace.windowMs), WARM_UPS);
  const { name, target, format, work } = measure;
  const speed = ratioRow({
    label: name,
    samples: project(samples, ({ value }) => value),
    base: HEADLESS,
    format,
    target,
  });
  if (!processesAreReadable) return [speed];
  // Over all rounds together: the system counts CPU time in steps of 10 ms.
  const cpu = (values: readonly { readonly cpu: number }[]) =>
    numberCell(sum(values.map((value) => value.cpu)) / values.length, work);
  return [speed, plainRow(`CPU of the engine's process, ${name}`, samples, cpu)];
}
