import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { processesAreReadable } from '../../common/processes.ts';
import { inRounds, numberCell, plainRow, project } from '../../common/rounds.ts';
import { median } from '../../common/statistics.ts';
import { Bridge } from '../subjects/bridge.ts';
import type { BridgeSubject } from '../subjects/subject.ts';
import type { Bench, Measure } from './measure.ts';

/** Each takes seconds, and memory is steadier than time. */
const ROUNDS = { full: 3, quick: 1 };
const SESSIONS = 20;
const SETTLE_MS = 700;
const STALL = { warmUp: 50_000, notifications: 190_000, bytes: 200 };
const WARM_UP_WITHIN_MS = 10_000;
const STALL_WATCHED_MS = 2_000;
const STALL_SAMPLE_MS = 50;

interface Footprint {
  readonly idleBytes: number;
  readonly busyBytes: number;
  /** After a burst that was read. */
  readonly warmBytes: number;
  /** The most it grew by while one client had stopped reading. */
  readonly stallBytes: number;
}

/** Memory of a fresh bridge: idle, with sessions, and beside a client that does not read. */
export const memoryMeasure: Measure = {
  name: 'memory',
  async rows({ subjects, pace }: Bench) {
    if (!processesAreReadable) return [];
    const rounds = pace.quick ? ROUNDS.quick : ROUNDS.full;
    const samples = await inRounds(subjects, rounds, (subject) => footprint(subject, pace.share));
    const memory = (values: readonly number[]) => numberCell(median(values) / 1e6, 'MB');
    const megabytes = Math.round((STALL.notifications * STALL.bytes * pace.share) / 1e6);
    return [
      plainRow(
        'memory when idle',
        project(samples, ({ idleBytes }) => idleBytes),
        memory,
        { atMost: 60 },
      ),
      plainRow(
        `memory with ${SESSIONS} sessions`,
        project(samples, ({ busyBytes }) => busyBytes),
        memory,
      ),
      plainRow(
        'memory after the burst',
        project(samples, ({ warmBytes }) => warmBytes),
        memory,
      ),
      plainRow(
        `growth from there for a stalled reader of ${megabytes} MB`,
        project(samples, ({ stallBytes }) => stallBytes),
        memory,
        { atMost: 3 },
      ),
    ];
  },
};

async function footprint(subject: BridgeSubject, share: number): Promise<Footprint> {
  const bridge = await Bridge.start(subject);
  try {
    await delay(SETTLE_MS);
    const idleBytes = bridge.residentBytes();
    const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => bridge.connect()));
    for (const session of sessions) await session.callTool('echo', { text: 'hello' });
    const busyBytes = bridge.residentBytes();
    await Promise.all(sessions.map((session) => session.transport.close()));
    await delay(SETTLE_MS);
    const stalled = await growthWhileStalled(bridge, Math.round(STALL.notifications * share));
    return { idleBytes, busyBytes, ...stalled };
  } finally {
    await bridge.stop();
  }
}

async function growthWhileStalled(bridge: Bridge, count: number): Promise<Pick<Footprint, 'warmBytes' | 'stallBytes'>> {
  const session = await bridge.connect();
  // A burst that is read, first: what a program pays once to run this code at all is no backlog.
  await session.callTool('burst', { count: STALL.warmUp, bytes: STALL.bytes }, WARM_UP_WITHIN_MS);
  await delay(SETTLE_MS);
  const warmBytes = bridge.residentBytes();
  // Nobody will read the answer: the session vanishes with the call still open.
  session.callTool('burst', { count, bytes: STALL.bytes }).catch(() => undefined);
  session.transport.stall();
  let peak = warmBytes;
  for (const end = performance.now() + STALL_WATCHED_MS; performance.now() < end; await delay(STALL_SAMPLE_MS)) {
    peak = Math.max(peak, bridge.residentBytes());
  }
  session.transport.vanish();
  return { warmBytes, stallBytes: peak - warmBytes };
}
