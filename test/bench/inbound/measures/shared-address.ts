import { performance } from 'node:perf_hooks';
import { isOurs } from '../../common/gangway.ts';
import { processesAreReadable } from '../../common/processes.ts';
import { inRounds, numberCell, plainRow, project, WARM_UPS } from '../../common/rounds.ts';
import { median } from '../../common/statistics.ts';
import type { Session } from '../client/session.ts';
import type { Bridge } from '../subjects/bridge.ts';
import type { Measure } from './measure.ts';
import { echoFor } from './sequential-echo.ts';

const IN_FLIGHT = 16;
/** Both addresses are asked in turns, so often a round: what else the machine does falls on both. */
const TURNS = 20;
/** Milliseconds of one turn, as a part of the window. */
const TURN = 0.2;

/** The name of the fixture's tool there: serve --sse calls its server `default`. */
const SHARED_ECHO = 'default__echo';

interface Pair {
  /** Milliseconds that a call takes longer, by the medians of both. */
  readonly added: number;
  /** Pipelined calls a second, as a part of those at the server's own address. */
  readonly pipelined: number;
  /** CPU of the bridge for one of them at the server's own address, as a part of that at the shared one. */
  readonly cpu: number;
}

interface Block {
  /** Right answers a second. */
  readonly rate: number;
  /** CPU seconds of the bridge for one of them. */
  readonly cpu: number;
}

/** `/all` against the address of the one server behind it, in the same process, in turns. */
export const sharedAddressMeasure: Measure = {
  name: 'shared address',
  async rows({ bridges, pace }) {
    const ours = bridges.filter(({ name, wire }) => wire === '/mcp' && isOurs(name));
    if (ours.length === 0) return [];
    const samples = await inRounds(
      ours,
      pace.rounds,
      async (bridge): Promise<Pair> => {
        const own = await bridge.connect();
        const shared = await bridge.connectTo('/all/mcp');
        // Its first call opens the session with the server.
        await shared.callTool(SHARED_ECHO, { text: 'first' });
        await own.callTool('echo', { text: 'first' });
        const before = median(await echoFor(own, pace.windowMs));
        const after = median(await echoFor(shared, pace.windowMs, SHARED_ECHO));
        const parts: number[] = [];
        const cpu = new Map<Session, number[]>([own, shared].map((session) => [session, []]));
        for (let turn = 0; turn < TURNS; turn++) {
          const asked = [
            { session: own, tool: 'echo' },
            { session: shared, tool: SHARED_ECHO },
          ];
          const rates = new Map<Session, number>();
          for (const { session, tool } of turn % 2 === 0 ? asked : asked.toReversed()) {
            const block = await pipelined(bridge, session, tool, pace.windowMs * TURN);
            rates.set(session, block.rate);
            cpu.get(session)?.push(block.cpu);
          }
          parts.push((rates.get(shared) ?? Number.NaN) / (rates.get(own) ?? Number.NaN));
        }
        await Promise.all([own, shared].map((session) => session.transport.close()));
        return {
          added: after - before,
          pipelined: median(parts),
          cpu: median(cpu.get(own) ?? []) / median(cpu.get(shared) ?? []),
        };
      },
      WARM_UPS,
    );
    return [
      plainRow(
        '/all: added to a call, p50',
        project(samples, ({ added }) => added),
        (values) => numberCell(median(values), 'ms'),
        { atMost: 0.1 },
      ),
      plainRow(
        '/all: pipelined, part of one server',
        project(samples, ({ pipelined: part }) => part),
        (values) => ({ text: median(values).toFixed(2), value: median(values) }),
        { atLeast: 0.9 },
      ),
      ...(processesAreReadable
        ? [
            plainRow(
              '/all: the same by the CPU of the bridge',
              project(samples, ({ cpu }) => cpu),
              (values) => ({ text: median(values).toFixed(2), value: median(values) }),
            ),
          ]
        : []),
    ];
  },
};

/** With so many calls under way. */
async function pipelined(bridge: Bridge, session: Session, tool: string, windowMs: number): Promise<Block> {
  const before = processesAreReadable ? bridge.exactCpuSeconds() : 0;
  const started = performance.now();
  let correct = 0;
  const keepAsking = async (lane: number): Promise<void> => {
    for (let turn = 0; performance.now() - started < windowMs; turn++) {
      const text = `${lane}-${turn}`;
      if ((await session.callTool(tool, { text })) !== text) throw new Error('a wrong answer');
      correct++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, (_, lane) => keepAsking(lane)));
  const rate = (correct * 1000) / (performance.now() - started);
  return { rate, cpu: processesAreReadable ? (bridge.exactCpuSeconds() - before) / correct : Number.NaN };
}
