import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pace } from '../common/options.ts';
import type { Row } from '../common/results.ts';
import { inRounds, numberCell, plainRow, project, WARM_UPS } from '../common/rounds.ts';
import { median, percentile } from '../common/statistics.ts';
import { echoFor } from '../inbound/measures/sequential-echo.ts';
import { connectedSession, DIRECT, type ShimSubject, startSession } from './subjects.ts';

/** Time for the gateway to have a spare process ready again. */
const PAUSE_MS = 400;
const START_ROUNDS = 3;
const BIG_BYTES = 5_000_000;

export interface ShimMeasure {
  readonly name: string;
  rows(subjects: readonly ShimSubject[], pace: Pace): Promise<readonly Row[]>;
}

const start: ShimMeasure = {
  name: 'start to the first answer',
  async rows(subjects, pace) {
    const samples = await inRounds(subjects, pace.rounds * START_ROUNDS, async (subject) => {
      await delay(PAUSE_MS);
      const started = performance.now();
      const session = await startSession(subject);
      await session.initialize();
      const took = performance.now() - started;
      await session.transport.close();
      return took;
    });
    return [
      plainRow('start to the first answer', samples, (values) => numberCell(median(values), 'ms'), { atMost: 80 }),
    ];
  },
};

const echo: ShimMeasure = {
  name: 'sequential echo',
  async rows(subjects, pace) {
    const samples = await inRounds(
      subjects,
      pace.rounds,
      async (subject) => {
        const session = await connectedSession(subject);
        const laps = await echoFor(session, pace.windowMs);
        await session.transport.close();
        return laps;
      },
      WARM_UPS,
    );
    const middles = project(samples, (laps) => percentile(laps, 0.5));
    const direct = middles.get(DIRECT)?.values ?? [];
    const through = new Map([...middles].filter(([name]) => name !== DIRECT));
    return [
      plainRow('sequential echo, p50', middles, (values) => numberCell(median(values), 'ms')),
      plainRow(
        'added to a call, p50',
        through,
        (values) => numberCell(median(values.map((own, round) => own - (direct[round] ?? Number.NaN))), 'ms'),
        { atMost: 0.5 },
      ),
    ];
  },
};

const bigEcho: ShimMeasure = {
  name: '5 MB echo',
  async rows(subjects, pace) {
    const text = 'five megabytes! '.repeat(BIG_BYTES / 16);
    const samples = await inRounds(
      subjects,
      pace.rounds,
      async (subject) => {
        const session = await connectedSession(subject);
        const started = performance.now();
        const answer = await session.callTool('echo', { text });
        const took = performance.now() - started;
        if (answer !== text) throw new Error('a wrong answer');
        await session.transport.close();
        return took;
      },
      WARM_UPS,
    );
    return [plainRow('5 MB echo', samples, (values) => numberCell(median(values), 'ms'))];
  },
};

export const SHIM_MEASURES: readonly ShimMeasure[] = [start, echo, bigEcho];
