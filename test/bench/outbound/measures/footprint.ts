import { setTimeout as delay } from 'node:timers/promises';
import { processesAreReadable, processTree, residentBytes } from '../../common/processes.ts';
import { inRounds, numberCell, plainRow, project } from '../../common/rounds.ts';
import { median, type Point, slope } from '../../common/statistics.ts';
import { EchoTunnel } from '../load/echo.ts';
import type { Path } from '../load/tunnel.ts';
import { startProxy } from '../subjects/running-proxy.ts';
import type { Bench, Contestant, Measure } from './measure.ts';

const TUNNELS = 2_000;
const STEPS = 4;
const AT_ONCE = 50;
/** Until a fresh program has finished starting, and until memory has settled after a step. */
const SETTLE_MS = { start: 1_000, step: 300 };
const STARTS = { full: 2, quick: 1 };

interface Footprint {
  readonly startMs: number;
  readonly idleBytes: number;
  readonly bytesPerTunnel: number;
}

/** What a fresh proxy costs: time to the first tunnel, memory while idle, memory for each idle tunnel. */
export const footprintMeasure: Measure = {
  name: 'start, idle memory, memory per tunnel',
  async rows(bench) {
    const starts = bench.pace.quick ? STARTS.quick : STARTS.full;
    const proxies = bench.contestants.filter(({ command }) => command !== null);
    const samples = await inRounds(proxies, starts, (contestant) => footprint(contestant, bench));
    const started = plainRow(
      'start to the first tunnel',
      project(samples, ({ startMs }) => startMs),
      (values) => numberCell(median(values), 'ms'),
    );
    if (!processesAreReadable) return [started];
    return [
      started,
      plainRow(
        'memory when idle',
        project(samples, ({ idleBytes }) => idleBytes),
        (values) => numberCell(median(values) / 1e6, 'MB'),
        { atMost: 65 },
      ),
      plainRow(
        'memory for each idle tunnel',
        project(samples, ({ bytesPerTunnel }) => bytesPerTunnel),
        (values) => numberCell(median(values) / 1e3, 'KB'),
        { atMost: 25 },
      ),
    ];
  },
};

async function footprint({ name, command }: Contestant, { origin }: Bench): Promise<Footprint> {
  if (!command) throw new Error('the direct connection has no footprint');
  const { program, port } = await startProxy(name, command, origin.bytes);
  const resident = (): number => residentBytes(processTree(program.pid));
  const tunnels: EchoTunnel[] = [];
  try {
    await delay(SETTLE_MS.start);
    const idleBytes = resident();
    const points: Point[] = [{ x: 0, y: idleBytes }];
    for (let step = 0; step < STEPS; step++) {
      tunnels.push(...(await openIdle({ proxy: port, origin: origin.bytes }, TUNNELS / STEPS)));
      await delay(SETTLE_MS.step);
      points.push({ x: tunnels.length, y: resident() });
    }
    return { startMs: program.startMs, idleBytes, bytesPerTunnel: slope(points) };
  } finally {
    await Promise.all(tunnels.map((tunnel) => tunnel.close()));
    await program.stop();
  }
}

/** Tunnels that have each carried one exchange and are quiet now. */
async function openIdle(path: Path, count: number): Promise<readonly EchoTunnel[]> {
  const tunnels: EchoTunnel[] = [];
  while (tunnels.length < count) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - tunnels.length) }, () => EchoTunnel.open(path));
    for (const tunnel of await Promise.all(batch)) {
      await tunnel.ping();
      tunnels.push(tunnel);
    }
  }
  return tunnels;
}
