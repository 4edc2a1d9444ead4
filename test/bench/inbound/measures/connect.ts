import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { inRounds, numberCell, plainRow } from '../../common/rounds.ts';
import { median } from '../../common/statistics.ts';
import type { Measure } from './measure.ts';

/** Time for a bridge that keeps a spare child to have started the next one. */
const PAUSE_MS = 250;

/** What a new client waits for: from connecting to the result of `initialize`. */
export const connectMeasure: Measure = {
  name: 'connect to initialize',
  async rows({ bridges, pace }) {
    const samples = await inRounds(bridges, pace.rounds, async (bridge) => {
      await delay(PAUSE_MS);
      const started = performance.now();
      const session = await bridge.openSession();
      await session.initialize();
      const took = performance.now() - started;
      await session.confirm();
      await session.transport.close();
      return took;
    });
    return [
      plainRow('connect to initialize result', samples, (values) => numberCell(median(values), 'ms'), { atMost: 10 }),
    ];
  },
};
