import { inRounds, ratioRow, WARM_UPS } from '../../common/rounds.ts';
import { getRate } from '../load/get-rate.ts';
import { DIRECT, type Measure } from './measure.ts';

const AT_ONCE = 32;

/** Plain `GET http://…` requests a second on connections that stay open. */
export const absoluteFormMeasure: Measure = {
  name: 'absolute-form GET',
  async rows({ contestants, origin, pace }) {
    const samples = await inRounds(
      contestants,
      pace.rounds,
      ({ proxy }) => getRate({ proxy: proxy?.port ?? null, origin: origin.http }, AT_ONCE, pace.windowMs),
      WARM_UPS,
    );
    return [
      ratioRow({
        label: `absolute-form GET, 1 KB, keep-alive, ${AT_ONCE} at once`,
        samples,
        base: DIRECT,
        format: (rate) => `${Math.round(rate)}/s`,
        target: { atLeast: 0.3 },
      }),
    ];
  },
};
