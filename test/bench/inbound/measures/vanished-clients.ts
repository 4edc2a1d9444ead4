import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { processesAreReadable } from '../../common/processes.ts';
import { inRounds, plainRow } from '../../common/rounds.ts';
import { FLOOR, type Measure } from './measure.ts';

const CLIENTS = 20;
/** A client that resumes its session comes back within seconds; whoever has not by now is gone. */
const PATIENCE_MS = 15_000;
const LOOK_MS = 100;

/** How long the children of clients that have gone without a word are still there, and how many are for good. */
export const vanishedClientsMeasure: Measure = {
  name: 'children of vanished clients',
  async rows({ bridges }) {
    if (!processesAreReadable) return [];
    const behindBridges = bridges.filter(({ wire }) => wire !== FLOOR);
    const samples = await inRounds(behindBridges, 1, async (bridge) => {
      const before = bridge.children().length;
      const sessions = await Promise.all(Array.from({ length: CLIENTS }, () => bridge.connect()));
      const during = bridge.children().length;
      for (const session of sessions) session.transport.vanish();
      const vanished = performance.now();
      while (bridge.children().length > before && performance.now() - vanished < PATIENCE_MS) await delay(LOOK_MS);
      const seconds = (performance.now() - vanished) / 1000;
      return { before, during, after: bridge.children().length, seconds };
    });
    return [
      plainRow(
        `children: before / with ${CLIENTS} clients / after they vanished, and when`,
        samples,
        ([count]) =>
          count
            ? {
                text: `${count.before} / ${count.during} / ${count.after}, ${count.seconds.toFixed(1)} s`,
                value: count.after - count.before,
              }
            : { text: '–' },
        { atMost: 0 },
      ),
    ];
  },
};
