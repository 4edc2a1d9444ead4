import { performance } from 'node:perf_hooks';
import { inRounds, ratioRow, WARM_UPS } from '../../common/rounds.ts';
import { FLOOR, type Measure } from './measure.ts';

const BYTES = 5_000_000;
const ANSWER_WITHIN_MS = 10_000;

/** One call whose argument and answer are 5 MB each. */
export const bigEchoMeasure: Measure = {
  name: '5 MB echo',
  async rows({ bridges, pace }) {
    const text = 'five megabytes! '.repeat(BYTES / 16);
    const samples = await inRounds(
      bridges,
      pace.rounds,
      async (bridge) => {
        const session = await bridge.connect();
        try {
          const started = performance.now();
          const answer = await session.callTool('echo', { text }, ANSWER_WITHIN_MS);
          const took = performance.now() - started;
          if (answer !== text) throw new Error('a wrong answer');
          return took;
        } finally {
          await session.transport.close();
        }
      },
      WARM_UPS,
    );
    const format = (ms: number): string => `${ms.toFixed(1)} ms`;
    return [ratioRow({ label: '5 MB echo', samples, base: FLOOR, format, target: { atMost: 2 } })];
  },
};
