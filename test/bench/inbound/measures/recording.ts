import { Recorder } from '../../../../app/inspect/index.ts';
import { isOurs } from '../../common/gangway.ts';
import { processesAreReadable } from '../../common/processes.ts';
import { inRounds, plainRow, project, type Samples } from '../../common/rounds.ts';
import { median } from '../../common/statistics.ts';
import type { Session } from '../client/session.ts';
import { Bridge } from '../subjects/bridge.ts';
import type { BridgeSubject } from '../subjects/subject.ts';
import type { Measure } from './measure.ts';

const IN_FLIGHT = 16;
/** Of the text that is echoed, so that request and answer have 1 KB each. */
const BYTES = 900;
/** Calls of one block. */
const CALLS = 400;
/** Blocks of each server in a round, in turns: what else the machine does falls on all of them. */
const BLOCKS = 12;
/** Calls that are recorded to find out what one costs. */
const RECORDED_CALLS = 20_000;

/** One program under three names in one process. What messages of the last one say is kept. */
const SERVERS = ['one', 'other', 'recorded'] as const;

/** CPU for an echo, microseconds. */
interface Costs {
  /** By server. */
  readonly echo: Readonly<Record<(typeof SERVERS)[number], number>>;
  /** What recording one call takes by itself. */
  readonly recording: number;
}

/** What Activity costs the bridge. */
export const recordingMeasure: Measure = {
  name: 'recording',
  async rows({ subjects, pace }) {
    const ours = subjects.filter(({ name, wire }) => wire === '/mcp' && isOurs(name));
    if (ours.length === 0 || !processesAreReadable) return [];
    const samples = await inRounds(ours, 1, (subject) => costsOf(subject, pace.rounds));
    const part = (view: (costs: Costs) => number): Samples<readonly number[]> =>
      project(samples, (rounds) => rounds.map(view));
    const middle = ([values = []]: readonly (readonly number[])[]) => {
      const value = median(values);
      return { text: value.toFixed(3), value };
    };
    const ofBoth = ({ echo: { one, other } }: Costs): number => (one + other) / 2;
    return [
      plainRow(
        'Activity: recording a call, part of the CPU of an echo',
        part((costs) => costs.recording / ofBoth(costs)),
        middle,
        { atMost: 0.05 },
      ),
      plainRow(
        'Activity: 1 KB echo with contents, against without',
        part((costs) => costs.echo.recorded / ofBoth(costs)),
        middle,
        { atMost: 1.1 },
      ),
      plainRow(
        'Activity: the same against the same, least and most',
        part(({ echo: { one, other } }) => other / one),
        ([ratios = []]) => ({ text: `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}` }),
      ),
    ];
  },
};

/** By rounds. */
async function costsOf({ name, wire, command }: BridgeSubject, rounds: number): Promise<readonly Costs[]> {
  const configured: BridgeSubject['command'] =
    command === null
      ? null
      : (port, server) => {
          const plain = command(port, server);
          const args = plain.args.slice(0, plain.args.indexOf('--sse'));
          const mcpServers = Object.fromEntries(SERVERS.map((each) => [each, server]));
          return {
            command: plain.command,
            args: [...args, '--config', 'servers.json', '--record-contents', 'recorded'],
            files: { 'servers.json': JSON.stringify({ mcpServers }) },
          };
        };
  const bridge = await Bridge.start({ name, wire, command: configured });
  try {
    const sessions = await Promise.all(
      SERVERS.map(async (server) => ({ server, session: await bridge.connectTo(`/servers/${server}/mcp`) })),
    );
    const costs: Costs[] = [];
    // The first one warms up.
    for (let round = 0; round <= rounds; round++) {
      const blocks = { one: [] as number[], other: [] as number[], recorded: [] as number[] };
      for (let block = 0; block < BLOCKS; block++) {
        for (let turn = 0; turn < sessions.length; turn++) {
          const asked = sessions[(block + turn) % sessions.length];
          if (asked !== undefined) blocks[asked.server].push(await microsecondsPerEcho(bridge, asked.session));
        }
      }
      const { one, other, recorded } = blocks;
      const echo = { one: median(one), other: median(other), recorded: median(recorded) };
      if (round > 0) costs.push({ echo, recording: microsecondsPerRecord() });
    }
    return costs;
  } finally {
    await bridge.stop();
  }
}

async function microsecondsPerEcho(bridge: Bridge, session: Session): Promise<number> {
  const before = bridge.exactCpuSeconds();
  let asked = 0;
  const keepAsking = async (): Promise<void> => {
    while (asked < CALLS) {
      const text = `${++asked}-`.padEnd(BYTES, 'x');
      if ((await session.callTool('echo', { text })) !== text) throw new Error('a wrong answer');
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, keepAsking));
  return ((bridge.exactCpuSeconds() - before) * 1e6) / asked;
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
  const block = (): number => {
    const before = process.cpuUsage();
    for (let id = 0; id < RECORDED_CALLS; id++) {
      const call = wire.request('tools/call', id, asked, performance.now());
      call.passedOn();
      call.answered(answer);
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / RECORDED_CALLS;
  };
  block();
  return median(Array.from({ length: BLOCKS }, block));
}
