import { setTimeout as delay } from 'node:timers/promises';
import { processesAreReadable } from '../../common/processes.ts';
import { inRounds, plainRow } from '../../common/rounds.ts';
import type { Measure } from './measure.ts';
import { FLOOR } from './measure.ts';

const CLIENTS = 20;
const AFTER_MS = 3_000;

/** Children that are still there after clients have gone without a word. */
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
      await delay(AFTER_MS);
      return { before, during, after: bridge.children().length };
    });
    return [
      plainRow(
        `children: before / with ${CLIENTS} clients / 3 s after they vanished`,
        samples,
        ([count]) =>
          count
            ? { text: `${count.before} / ${count.during} / ${count.after}`, value: count.after - count.before }
            : { text: '–' },
        { atMost: 0 },
      ),
    ];
  },
};
