import { GANGWAY } from '../../common/gangway.ts';
import type { Row } from '../../common/results.ts';
import { bestPeerRow, inRounds, ratioRow, WARM_UPS } from '../../common/rounds.ts';
import { tunnelRate } from '../load/tunnel-rate.ts';
import { type Bench, DIRECT, type Measure } from './measure.ts';

const AT_ONCE = 64;
const format = (rate: number): string => `${Math.round(rate)}/s`;

/** New tunnels a second: connect, CONNECT, one small exchange, close. */
export const tunnelRateMeasure: Measure = {
  name: 'new tunnels',
  async rows(bench): Promise<readonly Row[]> {
    const single = await rates(bench, 1);
    const many = await rates(bench, AT_ONCE);
    const label = `new tunnels, ${AT_ONCE} at once`;
    return [
      ratioRow({ label: 'new tunnels, 1 at a time', samples: single, base: DIRECT, format }),
      ratioRow({ label, samples: many, base: DIRECT, format, target: { atLeast: 0.75 } }),
      bestPeerRow('the same, against the best peer', many, DIRECT, GANGWAY, { atLeast: 1.1 }),
    ];
  },
};

function rates({ contestants, origin, pace }: Bench, atOnce: number) {
  return inRounds(
    contestants,
    pace.rounds,
    ({ proxy }) => tunnelRate({ proxy: proxy?.port ?? null, origin: origin.bytes }, atOnce, pace.windowMs),
    WARM_UPS,
  );
}
