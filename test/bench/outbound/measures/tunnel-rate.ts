import { GANGWAY } from '../../common/gangway.ts';
import { processesAreReadable } from '../../common/processes.ts';
import type { Row } from '../../common/results.ts';
import {
  bestPeerRow,
  inRounds,
  numberCell,
  plainRow,
  project,
  ratioRow,
  type Samples,
  WARM_UPS,
} from '../../common/rounds.ts';
import { median, percentile, sum } from '../../common/statistics.ts';
import { newTunnels, type TunnelsDone } from '../load/tunnel-rate.ts';
import { type Bench, cpuOf, DIRECT, FLOOR, type Measure } from './measure.ts';

const AT_ONCE = 64;
const format = (rate: number): string => `${Math.round(rate)}/s`;

/** New tunnels a second: connect, CONNECT, one small exchange, close; and what each costs the proxy. */
export const tunnelRateMeasure: Measure = {
  name: 'new tunnels',
  async rows(bench): Promise<readonly Row[]> {
    const single = await measured(bench, 1);
    const many = await measured(bench, AT_ONCE);
    const named = await measured(bench, AT_ONCE, 'localhost');
    const manyRates = rates(many);
    const label = `new tunnels, ${AT_ONCE} at once`;
    const rows = [
      ratioRow({ label: 'new tunnels, 1 at a time', samples: rates(single), base: DIRECT, format }),
      plainRow('the same, p99', single, (rounds) =>
        numberCell(median(rounds.map(({ laps }) => percentile(laps, 0.99))), 'ms'),
      ),
      ...againstFloor(rates(single)),
      ratioRow({ label, samples: manyRates, base: DIRECT, format, target: { atLeast: 0.75 } }),
      bestPeerRow('the same, against the best peer', manyRates, [DIRECT, FLOOR], GANGWAY, { atLeast: 1.1 }),
      ...againstFloor(manyRates),
      ratioRow({ label: `${label}, by name`, samples: rates(named), base: DIRECT, format }),
      bestPeerRow('the same, against the best peer', rates(named), [DIRECT, FLOOR], GANGWAY, { atLeast: 1.05 }),
    ];
    if (!processesAreReadable) return rows;
    return [
      ...rows,
      cpuRow('CPU of a new tunnel, 1 at a time', single),
      cpuRow(`CPU of a new tunnel, ${AT_ONCE} at once`, many),
    ];
  },
};

/** What of the rate is ours to change. */
function againstFloor(samples: Samples<number>): readonly Row[] {
  const ofNode = new Map([...samples].filter(([name]) => name === FLOOR || name.startsWith(GANGWAY)));
  if (!ofNode.has(FLOOR)) return [];
  return [bestPeerRow('the same, against the floor', ofNode, [DIRECT], GANGWAY, { atLeast: 0.7 })];
}

function measured({ contestants, origin, pace }: Bench, atOnce: number, host = '127.0.0.1') {
  return inRounds(
    contestants,
    pace.rounds,
    (contestant) =>
      newTunnels({ proxy: contestant.proxy?.port ?? null, origin: origin.bytes, host }, atOnce, pace.windowMs, () =>
        cpuOf(contestant),
      ),
    WARM_UPS,
  );
}

type Done = Awaited<ReturnType<typeof measured>>;

function rates(done: Done) {
  return project(done, ({ tunnels, seconds }) => tunnels / seconds);
}

/** Over all rounds together, as for bulk. */
function cpuRow(label: string, done: Done): Row {
  const proxied = new Map([...done].filter(([name]) => name !== DIRECT));
  const each = (values: readonly TunnelsDone[]): number =>
    sum(values.map(({ cpuSeconds }) => cpuSeconds)) / sum(values.map(({ tunnels }) => tunnels));
  return plainRow(label, proxied, (values) => numberCell(each(values) * 1e6, 'µs'));
}
