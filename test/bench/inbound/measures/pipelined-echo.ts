import { performance } from 'node:perf_hooks';
import { GANGWAY } from '../../common/gangway.ts';
import { processesAreReadable } from '../../common/processes.ts';
import type { Row } from '../../common/results.ts';
import { bestPeerRow, inRounds, numberCell, plainRow, project, ratioRow, WARM_UPS } from '../../common/rounds.ts';
import { sum } from '../../common/statistics.ts';
import type { Session } from '../client/session.ts';
import type { Bridge } from '../subjects/bridge.ts';
import { FLOOR, type Measure } from './measure.ts';

const SESSIONS = 8;
const IN_FLIGHT = 16;
/** Longer than other windows: eight children share the machine with the bridge. */
const WINDOWS = 2;

interface Tally {
  readonly seconds: number;
  readonly correct: number;
  /** Replies that carried another session's text. */
  readonly wrong: number;
  /** Replies to nothing that was asked. */
  readonly stray: number;
  readonly errors: number;
  readonly cpuSeconds: number;
}

/** Several busy clients whose request ids collide: speed, what an echo costs the bridge, and whose answers came to whom. */
export const pipelinedEchoMeasure: Measure = {
  name: 'pipelined echo',
  async rows({ bridges, pace }) {
    const samples = await inRounds(
      bridges,
      pace.rounds,
      (bridge) => pipelined(bridge, pace.windowMs * WINDOWS),
      WARM_UPS,
    );
    const rates = project(samples, ({ correct, seconds }) => correct / seconds);
    const label = `${SESSIONS} sessions x ${IN_FLIGHT} pipelined, correct echo`;
    const rows: Row[] = [
      ratioRow({ label, samples: rates, base: FLOOR, format: (rate) => `${Math.round(rate)}/s` }),
      bestPeerRow('the same, against the best peer', rates, [FLOOR], GANGWAY, { atLeast: 2 }),
      plainRow(
        'wrong session / stray / errors',
        samples,
        (tallies) => {
          const faults = [tallies.map((t) => t.wrong), tallies.map((t) => t.stray), tallies.map((t) => t.errors)].map(
            sum,
          );
          return { text: faults.join(' / '), value: sum(faults) };
        },
        { atMost: 0 },
      ),
    ];
    if (!processesAreReadable) return rows;
    const bridged = new Map([...samples].filter(([name]) => name !== FLOOR));
    rows.push(
      plainRow(
        'CPU of the bridge, each correct echo',
        bridged,
        (tallies) => numberCell(microsecondsPerEcho(tallies), 'µs'),
        {
          atMost: 40,
        },
      ),
    );
    return rows;
  },
};

async function pipelined(bridge: Bridge, windowMs: number): Promise<Tally> {
  const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => bridge.connect()));
  const count = { correct: 0, wrong: 0, errors: 0 };
  const started = performance.now();
  const cpuBefore = bridge.cpuSeconds();
  const keepAsking = async (session: Session, lane: string): Promise<void> => {
    for (let turn = 0; performance.now() - started < windowMs; turn++) {
      const text = `${lane}-${turn}-${'x'.repeat(40)}`;
      try {
        if ((await session.callTool('echo', { text })) === text) count.correct++;
        else count.wrong++;
      } catch {
        count.errors++;
      }
    }
  };
  const lanes = sessions.flatMap((session, number) =>
    Array.from({ length: IN_FLIGHT }, (_, lane) => keepAsking(session, `${number}-${lane}`)),
  );
  await Promise.all(lanes);
  const seconds = (performance.now() - started) / 1000;
  const cpuSeconds = bridge.cpuSeconds() - cpuBefore;
  await Promise.all(sessions.map((session) => session.transport.close()));
  return { ...count, seconds, cpuSeconds, stray: sum(sessions.map((session) => session.stray)) };
}

/** Over all rounds together: the system counts CPU time in steps of 10 ms. Only a correct answer counts as work done. */
function microsecondsPerEcho(tallies: readonly Tally[]): number {
  return (sum(tallies.map((tally) => tally.cpuSeconds)) * 1e6) / sum(tallies.map((tally) => tally.correct));
}
