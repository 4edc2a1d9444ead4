import { performance } from 'node:perf_hooks';
import { inRounds, plainRow, project, ratioRow, WARM_UPS } from '../../common/rounds.ts';
import { median, percentile } from '../../common/statistics.ts';
import type { Session } from '../client/session.ts';
import { FLOOR, type Measure } from './measure.ts';

/** One small `tools/call` after the other. */
export const sequentialEchoMeasure: Measure = {
  name: 'sequential echo',
  async rows({ bridges, pace }) {
    const samples = await inRounds(
      bridges,
      pace.rounds,
      async (bridge) => {
        const session = await bridge.connect();
        const laps = await echoFor(session, pace.windowMs);
        await session.transport.close();
        return laps;
      },
      WARM_UPS,
    );
    return [
      ratioRow({
        label: 'sequential echo',
        samples: project(samples, (laps) => 1000 / (laps.reduce((total, lap) => total + lap, 0) / laps.length)),
        base: FLOOR,
        format: (rate) => `${Math.round(rate)}/s`,
      }),
      plainRow('sequential echo, p50 / p99', samples, (rounds) => {
        const [p50, p99] = [0.5, 0.99].map((share) => median(rounds.map((laps) => percentile(laps, share))).toFixed(2));
        return { text: `${p50} / ${p99} ms` };
      }),
    ];
  },
};

/** Round-trip times, ms, of echo calls one after the other, each answer checked. */
export async function echoFor(session: Session, windowMs: number, tool = 'echo'): Promise<readonly number[]> {
  const laps: number[] = [];
  const end = performance.now() + windowMs;
  for (let before = performance.now(); before < end; ) {
    const text = `message ${laps.length}`;
    if ((await session.callTool(tool, { text })) !== text) throw new Error('a wrong answer');
    const after = performance.now();
    laps.push(after - before);
    before = after;
  }
  return laps;
}
