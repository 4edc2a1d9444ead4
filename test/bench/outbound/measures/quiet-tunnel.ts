import { inRounds, ratioRow, WARM_UPS } from '../../common/rounds.ts';
import { median } from '../../common/statistics.ts';
import { EchoTunnel } from '../load/echo.ts';
import { DIRECT, type Measure } from './measure.ts';

/** Time of a 64-byte exchange in a tunnel while nothing else happens. */
export const quietTunnelMeasure: Measure = {
  name: 'ping-pong in a quiet tunnel',
  async rows({ contestants, origin, pace }) {
    const samples = await inRounds(
      contestants,
      pace.rounds,
      async ({ proxy }) => {
        const tunnel = await EchoTunnel.open({ proxy: proxy?.port ?? null, origin: origin.bytes });
        const laps = await tunnel.pingFor(pace.windowMs);
        await tunnel.close();
        return median(laps);
      },
      WARM_UPS,
    );
    return [
      ratioRow({
        label: 'ping-pong in a quiet tunnel, p50',
        samples,
        base: DIRECT,
        format: (ms) => `${Math.round(ms * 1000)} µs`,
        target: { atMost: 1.5 },
      }),
    ];
  },
};
