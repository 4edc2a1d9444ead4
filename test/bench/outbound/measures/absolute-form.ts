import { processesAreReadable } from '../../common/processes.ts';
import { inRounds, numberCell, plainRow, project, ratioRow, WARM_UPS } from '../../common/rounds.ts';
import { median, percentile, sum } from '../../common/statistics.ts';
import { getRate } from '../load/get-rate.ts';
import { cpuOf, DIRECT, type Measure } from './measure.ts';

const AT_ONCE = 32;

/** Plain `GET http://…` requests a second on connections that stay open, how long each takes, and what it costs the proxy. */
export const absoluteFormMeasure: Measure = {
  name: 'absolute-form GET',
  async rows({ contestants, origin, pace }) {
    const samples = await inRounds(
      contestants,
      pace.rounds,
      async (contestant) => {
        const cpuBefore = cpuOf(contestant);
        const path = { proxy: contestant.proxy?.port ?? null, origin: origin.http };
        const done = await getRate(path, AT_ONCE, pace.windowMs);
        return { ...done, cpuSeconds: cpuOf(contestant) - cpuBefore };
      },
      WARM_UPS,
    );
    const proxied = new Map([...samples].filter(([name]) => name !== DIRECT));
    const rows = [
      ratioRow({
        label: `absolute-form GET, 1 KB, keep-alive, ${AT_ONCE} at once`,
        samples: project(samples, ({ rate }) => rate),
        base: DIRECT,
        format: (rate) => `${Math.round(rate)}/s`,
        target: { atLeast: 0.3 },
      }),
      plainRow('the same, p99', samples, (rounds) =>
        numberCell(median(rounds.map(({ laps }) => percentile(laps, 0.99))), 'ms'),
      ),
    ];
    if (!processesAreReadable) return rows;
    const each = plainRow('CPU of a GET', proxied, (rounds) =>
      numberCell(
        (sum(rounds.map(({ cpuSeconds }) => cpuSeconds)) / sum(rounds.map(({ laps }) => laps.length))) * 1e6,
        'µs',
      ),
    );
    return [...rows, each];
  },
};
