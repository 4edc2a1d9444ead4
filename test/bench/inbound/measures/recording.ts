import { performance } from 'node:perf_hooks';
import { Recorder } from '../../../../app/inspect/index.ts';
import { GANGWAY } from '../../common/gangway.ts';
import { processesAreReadable } from '../../common/processes.ts';
import { inRounds, plainRow, project, type Samples, WARM_UPS } from '../../common/rounds.ts';
import { median } from '../../common/statistics.ts';
import type { Session } from '../client/session.ts';
import { Bridge } from '../subjects/bridge.ts';
import type { BridgeSubject } from '../subjects/subject.ts';
import type { Measure } from './measure.ts';

const IN_FLIGHT = 16;
/** Of the text that is echoed, so that request and answer have 1 KB each. */
const BYTES = 900;
/** Longer than other windows: the system counts CPU time in steps of 10 ms. */
const WINDOWS = 2;
/** Calls that are recorded to find out what one costs. */
const CALLS = 100_000;

/** CPU of the bridge for an echo, microseconds. */
interface Costs {
  /** Calls alone are recorded, as always. */
  readonly metadata: number;
  /** The same in another process. */
  readonly again: number;
  /** What messages say is kept as well. */
  readonly contents: number;
  /** What recording one call takes by itself. */
  readonly recording: number;
}

/** What Activity costs the bridge: each build of ours three times, side by side, the third with what messages say. */
export const recordingMeasure: Measure = {
  name: 'recording',
  async rows({ subjects, pace }) {
    const ours = subjects.filter(({ name, wire }) => wire === '/mcp' && name.startsWith(GANGWAY));
    if (ours.length === 0 || !processesAreReadable) return [];
    const samples = await inRounds(ours, 1, (subject) => costsOf(subject, pace.rounds, pace.windowMs * WINDOWS));
    const part = (view: (costs: Costs) => number): Samples<number> =>
      project(
        project(samples, (rounds) => rounds.map(view)),
        median,
      );
    const cell = ([value = Number.NaN]: readonly number[]) => ({ text: value.toFixed(3), value });
    return [
      plainRow(
        'Activity: recording a call, part of the CPU of an echo',
        part(({ recording, metadata }) => recording / metadata),
        cell,
        { atMost: 0.05 },
      ),
      plainRow(
        'Activity: 1 KB echo with contents, against without',
        part(({ contents, metadata }) => contents / metadata),
        cell,
        { atMost: 1.1 },
      ),
      plainRow(
        'Activity: the same against the same, least and most',
        project(samples, (rounds) => rounds.map(({ again, metadata }) => again / metadata)),
        ([ratios = []]) => ({ text: `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}` }),
      ),
    ];
  },
};

async function costsOf(subject: BridgeSubject, rounds: number, windowMs: number): Promise<readonly Costs[]> {
  const { command } = subject;
  const recorded: BridgeSubject['command'] =
    command === null
      ? null
      : (port, server) => {
          const plain = command(port, server);
          const at = plain.args.indexOf('serve') + 1;
          return { ...plain, args: plain.args.toSpliced(at, 0, '--record-contents', 'default') };
        };
  const running: Bridge[] = [];
  try {
    for (const name of ['metadata', 'again']) running.push(await Bridge.start({ ...subject, name }));
    running.push(await Bridge.start({ ...subject, name: 'contents', command: recorded }));
    const cpu = await inRounds(running, rounds, (bridge) => microsecondsPerEcho(bridge, windowMs), WARM_UPS);
    const of = (name: string, round: number): number => cpu.get(name)?.values[round] ?? Number.NaN;
    return Array.from({ length: rounds }, (_, round) => ({
      metadata: of('metadata', round),
      again: of('again', round),
      contents: of('contents', round),
      recording: microsecondsPerRecord(),
    }));
  } finally {
    for (const bridge of running) await bridge.stop();
  }
}

async function microsecondsPerEcho(bridge: Bridge, windowMs: number): Promise<number> {
  const session = await bridge.connect();
  const cpuBefore = bridge.cpuSeconds();
  const count = await echoes(session, windowMs);
  const cpu = bridge.cpuSeconds() - cpuBefore;
  await session.transport.close();
  return (cpu * 1e6) / count;
}

async function echoes(session: Session, windowMs: number): Promise<number> {
  const end = performance.now() + windowMs;
  let count = 0;
  const keepAsking = async (lane: number): Promise<void> => {
    for (let turn = 0; performance.now() < end; turn++) {
      const text = `${lane}-${turn}-`.padEnd(BYTES, 'x');
      if ((await session.callTool('echo', { text })) !== text) throw new Error('a wrong answer');
      count++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, (_, lane) => keepAsking(lane)));
  return count;
}

/** The very calls of the recorder that a session makes for one echo, without the rest of the bridge. */
function microsecondsPerRecord(): number {
  const wire = new Recorder().server('default').session('streamable');
  const text = 'x'.repeat(BYTES);
  const params = { name: 'echo', arguments: { text } };
  const asked = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }));
  const answer = Buffer.from(
    JSON.stringify({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text }], isError: false } }),
  );
  const started = performance.now();
  for (let id = 0; id < CALLS; id++) {
    const call = wire.request('tools/call', id, asked, performance.now());
    call.passedOn();
    call.answered(answer);
  }
  return ((performance.now() - started) * 1000) / CALLS;
}
