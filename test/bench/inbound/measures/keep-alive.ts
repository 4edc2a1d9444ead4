import { setTimeout as delay } from 'node:timers/promises';
import { atOnce, plainRow } from '../../common/rounds.ts';
import { FLOOR, type Measure } from './measure.ts';

const QUIET_MS = 17_000;

/** Comments that keep an idle stream alive through whatever sits in between. */
export const keepAliveMeasure: Measure = {
  name: 'keep-alive comments',
  async rows({ bridges, pace }) {
    if (pace.quick) return [];
    const behindBridges = bridges.filter(({ wire }) => wire !== FLOOR);
    const samples = await atOnce(behindBridges, async (bridge) => {
      const session = await bridge.connect();
      await delay(QUIET_MS);
      const { comments } = session.transport;
      await session.transport.close();
      return comments;
    });
    return [
      plainRow(
        'keep-alive comments in 17 s',
        samples,
        ([comments = 0]) => ({ text: String(comments), value: comments }),
        { atLeast: 1 },
      ),
    ];
  },
};
