import { processesAreReadable } from '../../common/processes.ts';
import type { Row, Target } from '../../common/results.ts';
import { inRounds, numberCell, plainRow, project, ratioRow, WARM_UPS } from '../../common/rounds.ts';
import { sum } from '../../common/statistics.ts';
import { bulk, type Direction, type Throughput } from '../load/bulk.ts';
import { type Bench, cpuOf, DIRECT, type Measure } from './measure.ts';

interface Load {
  readonly direction: Direction;
  readonly streams: number;
  readonly target: Target;
}

const LOADS: readonly Load[] = [
  { direction: 'down', streams: 1, target: { atLeast: 0.55 } },
  { direction: 'down', streams: 8, target: { atLeast: 0.65 } },
  { direction: 'up', streams: 1, target: { atLeast: 0.42 } },
  { direction: 'up', streams: 8, target: { atLeast: 0.65 } },
];

const CPU_TARGET: Target = { atMost: 0.3 };

/** Bytes a second through saturated tunnels, and what a gigabyte costs the proxy. */
export const bulkMeasure: Measure = {
  name: 'bulk',
  async rows(bench) {
    const rows: Row[] = [];
    for (const load of LOADS) rows.push(...(await rowsFor(load, bench)));
    return rows;
  },
};

async function rowsFor(load: Load, { contestants, origin, pace }: Bench): Promise<readonly Row[]> {
  const name = `bulk ${load.direction}, ${load.streams === 1 ? '1 stream' : `${load.streams} streams`}`;
  const samples = await inRounds(
    contestants,
    pace.rounds,
    (contestant) =>
      bulk(
        { proxy: contestant.proxy?.port ?? null, origin: origin.bytes },
        load.direction,
        load.streams,
        pace.windowMs,
        () => cpuOf(contestant),
      ),
    WARM_UPS,
  );
  const speed = ratioRow({
    label: name,
    samples: project(samples, ({ bytes, seconds }) => bytes / seconds),
    base: DIRECT,
    format: (bytesPerSecond) => `${(bytesPerSecond / 1e9).toFixed(2)} GB/s`,
    target: load.target,
  });
  if (!processesAreReadable) return [speed];
  const proxied = new Map([...samples].filter(([contestant]) => contestant !== DIRECT));
  return [speed, plainRow(`CPU, ${name}`, proxied, (values) => numberCell(cpuPerGigabyte(values), 's/GB'), CPU_TARGET)];
}

/** Over all rounds together: the system counts CPU time in steps of 10 ms, too coarse for one window. */
function cpuPerGigabyte(values: readonly Throughput[]): number {
  return sum(values.map((value) => value.cpuSeconds)) / (sum(values.map((value) => value.bytes)) / 1e9);
}
