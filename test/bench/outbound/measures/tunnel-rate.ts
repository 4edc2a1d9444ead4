import type { Row, Target } from '../../common/results.ts';
import { inRounds, ratioRow } from '../../common/rounds.ts';
import { tunnelRate } from '../load/tunnel-rate.ts';
import { type Bench, DIRECT, type Measure } from './measure.ts';

const AT_ONCE: readonly { readonly count: number; readonly target?: Target }[] = [
  { count: 1 },
  { count: 64, target: { atLeast: 0.75 } },
];

/** New tunnels a second: connect, CONNECT, one small exchange, close. */
export const tunnelRateMeasure: Measure = {
  name: 'new tunnels',
  async rows({ contestants, origin, pace }: Bench) {
    const rows: Row[] = [];
    for (const { count, target } of AT_ONCE) {
      const samples = await inRounds(contestants, pace.rounds, ({ proxy }) =>
        tunnelRate({ proxy: proxy?.port ?? null, origin: origin.bytes }, count, pace.windowMs),
      );
      rows.push(
        ratioRow({
          label: `new tunnels, ${count === 1 ? '1 at a time' : `${count} at once`}`,
          samples,
          base: DIRECT,
          format: (rate) => `${Math.round(rate)}/s`,
          ...(target && { target }),
        }),
      );
    }
    return rows;
  },
};
