import { builds } from '../common/gangway.ts';
import { chosen, readOptions } from '../common/options.ts';
import { timed } from '../common/progress.ts';
import { report } from '../common/report.ts';
import { type Row, withMissing } from '../common/results.ts';
import { bigEchoMeasure } from './measures/big-echo.ts';
import { burstMeasure } from './measures/burst.ts';
import { connectMeasure } from './measures/connect.ts';
import { guardMeasure } from './measures/guard.ts';
import { keepAliveMeasure } from './measures/keep-alive.ts';
import { killedChildMeasure } from './measures/killed-child.ts';
import { FLOOR, type Measure } from './measures/measure.ts';
import { memoryMeasure } from './measures/memory.ts';
import { pipelinedEchoMeasure } from './measures/pipelined-echo.ts';
import { recordingMeasure } from './measures/recording.ts';
import { sequentialEchoMeasure } from './measures/sequential-echo.ts';
import { sharedAddressMeasure } from './measures/shared-address.ts';
import { startMeasure } from './measures/start.ts';
import { statelessRows } from './measures/stateless.ts';
import { vanishedClientsMeasure } from './measures/vanished-clients.ts';
import { Bridge } from './subjects/bridge.ts';
import { gangway } from './subjects/gangway.ts';
import { mcpProxy } from './subjects/mcp-proxy.ts';
import type { BridgeSubject, Wire } from './subjects/subject.ts';
import { supergateway } from './subjects/supergateway.ts';

const SESSION_WIRES: readonly Wire[] = ['SSE', '/mcp'];
const MEASURES: readonly Measure[] = [
  startMeasure,
  memoryMeasure,
  connectMeasure,
  sequentialEchoMeasure,
  pipelinedEchoMeasure,
  sharedAddressMeasure,
  recordingMeasure,
  bigEchoMeasure,
  burstMeasure,
  guardMeasure,
  killedChildMeasure,
  keepAliveMeasure,
  vanishedClientsMeasure,
];
const STATELESS = { name: 'stateless 2026-07-28' };

const { pace, only, before } = readOptions(process.argv.slice(2), { full: 5, quick: 2 });
const ours = builds(before).map((build) => (wire: Wire) => gangway(build, wire));
const products = [...ours, supergateway, mcpProxy];
const measures = chosen([...MEASURES, STATELESS], only);
const floor: BridgeSubject = { name: FLOOR, wire: FLOOR, command: null };
const subjects = chosen(
  products.flatMap((product) => SESSION_WIRES.map((wire) => product(wire))),
  only,
);
const stateless = chosen(
  products.map((product) => product('stateless')),
  only,
);

report('inbound', [
  {
    title: 'inbound',
    subjects: [FLOOR, ...subjects.map(({ name }) => name)],
    rows: withMissing(await sessionRows(), missingOf(subjects)),
  },
  {
    title: STATELESS.name,
    subjects: stateless.map(({ name }) => name),
    rows: withMissing(await statelessPart(), missingOf(stateless)),
  },
]);

async function sessionRows(): Promise<readonly Row[]> {
  const bridges = [await Bridge.start(floor)];
  const rows: Row[] = [];
  try {
    const startable = subjects.filter(({ command }) => command !== null);
    for (const subject of startable) bridges.push(await Bridge.start(subject));
    for (const measure of MEASURES.filter((each) => measures.includes(each))) {
      rows.push(...(await timed(measure.name, () => measure.rows({ bridges, subjects: startable, pace }))));
    }
  } finally {
    for (const bridge of bridges) await bridge.stop();
  }
  return rows;
}

async function statelessPart(): Promise<readonly Row[]> {
  if (!measures.includes(STATELESS)) return [];
  const startable = stateless.filter(({ command }) => command !== null);
  return timed(STATELESS.name, () => statelessRows(startable, pace));
}

function missingOf(all: readonly BridgeSubject[]): readonly string[] {
  return all.filter(({ command }) => command === null).map(({ name }) => name);
}
