import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { inRounds, numberCell, plainRow, ratioRow } from '../../common/rounds.ts';
import { median, sum } from '../../common/statistics.ts';
import type { Bridge } from '../subjects/bridge.ts';
import { FLOOR, type Measure } from './measure.ts';

/** Time for a bridge that keeps a spare child to have started the next one. */
const PAUSE_MS = 250;

const IN_A_ROW = 8;

/** What a new client waits for: from connecting to the result of `initialize`. */
export const connectMeasure: Measure = {
  name: 'connect to initialize',
  async rows({ bridges, pace }) {
    const rested = await inRounds(bridges, pace.rounds, async (bridge) => {
      await delay(PAUSE_MS);
      return initializeOnce(bridge);
    });
    const inARow = await inRounds(bridges, pace.rounds, async (bridge) => {
      const laps: number[] = [];
      for (let client = 0; client < IN_A_ROW; client++) laps.push(await initializeOnce(bridge));
      return sum(laps) / laps.length;
    });
    return [
      plainRow('connect to initialize result', rested, (values) => numberCell(median(values), 'ms'), { atMost: 10 }),
      ratioRow({
        label: `the same, mean of ${IN_A_ROW} clients in a row without a pause`,
        samples: inARow,
        base: FLOOR,
        format: (ms) => `${ms.toFixed(1)} ms`,
        target: { atMost: 1.1 },
      }),
    ];
  },
};

async function initializeOnce(bridge: Bridge): Promise<number> {
  const started = performance.now();
  const session = await bridge.openSession();
  await session.initialize();
  const took = performance.now() - started;
  await session.confirm();
  await session.transport.close();
  return took;
}
