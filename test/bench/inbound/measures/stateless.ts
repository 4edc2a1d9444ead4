import type { Pace } from '../../common/options.ts';
import type { Row } from '../../common/results.ts';
import { inRounds, numberCell, plainRow } from '../../common/rounds.ts';
import { median } from '../../common/statistics.ts';
import { Bridge } from '../subjects/bridge.ts';
import type { BridgeSubject, Era } from '../subjects/subject.ts';
import { echoFor } from './sequential-echo.ts';

const ERAS: readonly Era[] = ['modern', 'legacy'];

/** The newest revision: every call stands alone, whichever generation of server is behind the bridge. */
export async function statelessRows(subjects: readonly BridgeSubject[], pace: Pace): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const era of ERAS) rows.push(await statelessRow(subjects, pace, era));
  return rows;
}

async function statelessRow(subjects: readonly BridgeSubject[], pace: Pace, era: Era): Promise<Row> {
  const bridges: Bridge[] = [];
  try {
    for (const subject of subjects) bridges.push(await Bridge.start(subject, era));
    const samples = await inRounds(bridges, pace.rounds, async (bridge) => {
      const client = await bridge.openSession();
      // What a client asks first; the bridge may find out now what its server speaks.
      await client.request('server/discover', {});
      const laps = await echoFor(client, pace.windowMs);
      await client.transport.close();
      return median(laps);
    });
    return plainRow(`tools/call, p50, ${era} child`, samples, (values) => numberCell(median(values), 'ms'), {
      atMost: 1.5,
    });
  } finally {
    for (const bridge of bridges) await bridge.stop();
  }
}
