import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endWithUs } from '../../common/end-with-us.ts';
import type { Row } from '../../common/results.ts';
import { inRounds, numberCell, plainRow, ratioRow } from '../../common/rounds.ts';
import { median, percentile } from '../../common/statistics.ts';
import { EchoTunnel } from '../load/echo.ts';
import type { Measure } from './measure.ts';

const FLOOD = fileURLToPath(new URL('../load/flood.ts', import.meta.url));
/** A 99th percentile needs exchanges, and the slow ones take 30 ms each. */
const WINDOWS = 2;
const LABEL = 'ping-pong beside a flooded tunnel, p99';

/** The slowest small exchanges while another tunnel of the same proxy downloads as fast as it can. */
export const besideFloodMeasure: Measure = {
  name: LABEL,
  async rows({ contestants, origin, floodOrigin, pace }) {
    const samples = await inRounds(contestants, pace.rounds, async ({ proxy }) => {
      const tunnel = await EchoTunnel.open({ proxy: proxy?.port ?? null, origin: origin.bytes });
      const flood = await startFlood(proxy?.port ?? 0, floodOrigin.bytes);
      const laps = await tunnel.pingFor(pace.windowMs * WINDOWS);
      await stopFlood(flood);
      await tunnel.close();
      return percentile(laps, 0.99);
    });
    const rows: Row[] = [plainRow(LABEL, samples, (values) => numberCell(median(values), 'ms'))];
    const squid = contestants.find(({ name }) => name.startsWith('squid'))?.name;
    if (squid) {
      const format = (ms: number): string => `${ms.toFixed(2)} ms`;
      rows.push(ratioRow({ label: 'the same, against squid', samples, base: squid, format, target: { atMost: 1.5 } }));
    }
    return rows;
  },
};

async function startFlood(proxy: number, origin: number): Promise<ChildProcess> {
  const flood = spawn(process.execPath, [FLOOD, String(proxy), String(origin)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithUs(flood);
  await Promise.race([
    once(flood.stdout, 'data'),
    once(flood, 'exit').then(() => Promise.reject(new Error('no flood'))),
  ]);
  return flood;
}

async function stopFlood(flood: ChildProcess): Promise<void> {
  const exited = once(flood, 'exit');
  flood.kill('SIGKILL');
  await exited;
}
