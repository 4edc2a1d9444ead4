import { type ActivityBatch, eventChannel } from '../../../app/ipc/index.ts';
import type { AppDriver } from './driver.ts';

/** As many calls as the recorder keeps. */
export const MANY = 20_000;
/** Numbers of rows that no real row gets near. */
const FAR = 1_000_000;

/** Tells the Activity window of as many calls as the recorder keeps, and of `missed` that it had no room for. */
export function tellMany(app: AppDriver, missed: number): Promise<void> {
  return app.app.evaluate(
    ({ BrowserWindow }, [channel, count, far, left]) => {
      const calls: ActivityBatch['calls'][number][] = Array.from({ length: count }, (_, at) => ({
        sequence: far + at,
        server: 'echo',
        session: 1,
        transport: 'streamable',
        client: 'flood',
        side: 'client',
        from: 'client',
        kind: 'request',
        method: 'tools/call',
        target: `tool-${at}`,
        id: String(at),
        startedAt: Date.now(),
        queue: 1,
        firstByte: 2,
        total: at % 1000 === 0 ? 700 : 3,
        sent: 100,
        received: 100,
        outcome: at % 100 === 0 ? 'tool-error' : 'ok',
        code: null,
        of: null,
        requests: [],
        moreRequests: 0,
        isNew: true,
      }));
      for (const { webContents } of BrowserWindow.getAllWindows()) {
        if (!webContents.getURL().endsWith('#activity')) continue;
        webContents.send(channel, { calls, requests: [], missed: left } satisfies ActivityBatch);
      }
    },
    [eventChannel('activity'), MANY, FAR, missed] as const,
  );
}
