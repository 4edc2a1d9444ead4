import { builds } from '../common/gangway.ts';
import { chosen, readOptions } from '../common/options.ts';
import { timed } from '../common/progress.ts';
import { report } from '../common/report.ts';
import { type Row, withMissing } from '../common/results.ts';
import { absoluteFormMeasure } from './measures/absolute-form.ts';
import { besideFloodMeasure } from './measures/beside-flood.ts';
import { bulkMeasure } from './measures/bulk.ts';
import { footprintMeasure } from './measures/footprint.ts';
import { type Contestant, DIRECT, FLOOR, type Measure } from './measures/measure.ts';
import { quietTunnelMeasure } from './measures/quiet-tunnel.ts';
import { tunnelRateMeasure } from './measures/tunnel-rate.ts';
import { startOrigin } from './origin/origin.ts';
import { floor } from './subjects/floor.ts';
import { gangway } from './subjects/gangway.ts';
import { proxyChain } from './subjects/proxy-chain.ts';
import { startProxy } from './subjects/running-proxy.ts';
import { squid } from './subjects/squid.ts';
import { tinyproxy } from './subjects/tinyproxy.ts';

const MEASURES = [
  bulkMeasure,
  tunnelRateMeasure,
  quietTunnelMeasure,
  besideFloodMeasure,
  absoluteFormMeasure,
  footprintMeasure,
];

/** Where the floor takes part: it has only what a tunnel and a plain GET need. */
const OF_THE_FLOOR: ReadonlySet<Measure> = new Set([tunnelRateMeasure, quietTunnelMeasure, absoluteFormMeasure]);

const { pace, only, before } = readOptions(process.argv.slice(2), { full: 5, quick: 2 });
const subjects = chosen([...builds(before).map(gangway), tinyproxy(), squid(), proxyChain(), floor()], only);
const origin = await startOrigin();
const floodOrigin = await startOrigin();
const contestants: Contestant[] = [{ name: DIRECT, proxy: null, command: null }];
const rows: Row[] = [];
try {
  for (const { name, command } of subjects) {
    if (command) contestants.push({ name, command, proxy: await startProxy(name, command, origin.bytes) });
  }
  for (const measure of chosen(MEASURES, only)) {
    const taking = OF_THE_FLOOR.has(measure) ? contestants : contestants.filter(({ name }) => name !== FLOOR);
    const bench = { contestants: taking, origin, floodOrigin, pace };
    rows.push(...(await timed(measure.name, () => measure.rows(bench))));
  }
} finally {
  for (const { proxy } of contestants) await proxy?.program.stop();
  await Promise.all([origin.stop(), floodOrigin.stop()]);
}

report('outbound', [
  {
    title: 'outbound',
    subjects: [DIRECT, ...subjects.map(({ name }) => name)],
    rows: withMissing(
      rows,
      subjects.filter(({ command }) => command === null).map(({ name }) => name),
    ),
  },
]);
