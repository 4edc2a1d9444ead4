import { GANGWAY } from '../../common/gangway.ts';
import { processesAreReadable } from '../../common/processes.ts';
import type { Row } from '../../common/results.ts';
import { bestPeerRow, inRounds, numberCell, plainRow, project, ratioRow, WARM_UPS } from '../../common/rounds.ts';
import { sum } from '../../common/statistics.ts';
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
    const manyRates = rates(many);
    const ofNode = new Map([...manyRates].filter(([name]) => name === FLOOR || name.startsWith(GANGWAY)));
    const label = `new tunnels, ${AT_ONCE} at once`;
    const rows = [
      ratioRow({ label: 'new tunnels, 1 at a time', samples: rates(single), base: DIRECT, format }),
      ratioRow({ label, samples: manyRates, base: DIRECT, format, target: { atLeast: 0.75 } }),
      bestPeerRow('the same, against the best peer', manyRates, [DIRECT, FLOOR], GANGWAY, { atLeast: 1.1 }),
    ];
    if (ofNode.has(FLOOR))
      rows.push(bestPeerRow('the same, against the floor', ofNode, [DIRECT], GANGWAY, { atLeast: 0.7 }));
    if (!processesAreReadable) return rows;
    return [
      ...rows,
      cpuRow('CPU of a new tunnel, 1 at a time', single),
      cpuRow(`CPU of a new tunnel, ${AT_ONCE} at once`, many),
    ];
  },
};

function measured({ contestants, origin, pace }: Bench, atOnce: number) {
  return inRounds(
    contestants,
    pace.rounds,
    (contestant) =>
      newTunnels({ proxy: contestant.proxy?.port ?? null, origin: origin.bytes }, atOnce, pace.windowMs, () =>
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
