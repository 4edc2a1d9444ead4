import { inRounds, numberCell, plainRow } from '../../common/rounds.ts';
import { median } from '../../common/statistics.ts';
import { Bridge } from '../subjects/bridge.ts';
import type { Measure } from './measure.ts';

/** From spawning a bridge to its first HTTP answer. */
export const startMeasure: Measure = {
  name: 'start to ready',
  async rows({ subjects, pace }) {
    const samples = await inRounds(subjects, pace.rounds, async (subject) => {
      const bridge = await Bridge.start(subject);
      await bridge.stop();
      return bridge.startMs;
    });
    return [plainRow('start to ready', samples, (values) => numberCell(median(values), 'ms'), { atMost: 100 })];
  },
};
