import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pace } from '../common/options.ts';
import { processesAreReadable, processTree, residentPeak } from '../common/processes.ts';
import type { Row } from '../common/results.ts';
import { inRounds, plainRow, project, ratioRow, WARM_UPS } from '../common/rounds.ts';
import { median, percentile, sum } from '../common/statistics.ts';
import { Session } from '../inbound/client/session.ts';
import { StdioTransport } from '../inbound/client/stdio-transport.ts';
import { burst, ofDeliveries } from '../inbound/measures/burst.ts';
import { echoFor } from '../inbound/measures/sequential-echo.ts';
import { FLOOR, MCP_REMOTE, type RemoteSubject } from './subjects.ts';

const IN_FLIGHT = 64;
const BIG_BYTES = 5_000_000;
const NOTIFICATIONS = 50_000;
const BYTES = 200;
const ECHOES_BEFORE_PEAK = 500;
const SESSIONS = 10;
const MEMORY_ROUNDS = { full: 3, quick: 1 };
const READY_ROUNDS = 3;
/** What a program may take to end once its stdin is closed, ms. */
const GRACE_MS = 3_000;

export interface RemoteBench {
  readonly subjects: readonly RemoteSubject[];
  /** Starts our product once more, for what counts from a fresh gateway on. */
  readonly fresh: () => Promise<readonly RemoteSubject[]>;
  readonly pace: Pace;
}

export interface RemoteMeasure {
  readonly name: string;
  rows(bench: RemoteBench): Promise<readonly Row[]>;
}

const milliseconds = (ms: number): string => `${ms.toFixed(ms < 10 ? 2 : 1)} ms`;

const ready: RemoteMeasure = {
  name: 'ready',
  async rows({ subjects, pace }) {
    const samples = await inRounds(
      subjects,
      pace.rounds * READY_ROUNDS,
      async ({ command }) => {
        const started = performance.now();
        const { session, transport } = await startSession(command);
        await session.initialize();
        const took = performance.now() - started;
        await ended(transport);
        return took;
      },
      1,
    );
    const label = 'start to the result of initialize';
    return [ratioRow({ label, samples, base: FLOOR, format: milliseconds, target: { atMost: 1.5 } })];
  },
};

const echo: RemoteMeasure = {
  name: 'sequential echo',
  async rows({ subjects, pace }) {
    const samples = await inRounds(
      subjects,
      pace.rounds,
      (subject) => connected(subject, ({ session }) => echoFor(session, pace.windowMs)),
      WARM_UPS,
    );
    const share = (which: number) => project(samples, (laps: readonly number[]) => percentile(laps, which));
    return [
      ratioRow({
        label: 'sequential echo, p50',
        samples: share(0.5),
        base: FLOOR,
        format: milliseconds,
        target: { atMost: 1.5 },
      }),
      plainRow('sequential echo, p99', share(0.99), (values) => ({ text: milliseconds(median(values)) })),
    ];
  },
};

const pipelined: RemoteMeasure = {
  name: 'pipelined echo',
  async rows({ subjects, pace }) {
    const samples = await inRounds(
      subjects,
      pace.rounds,
      (subject) => connected(subject, ({ session }) => pipelinedFor(session, pace.windowMs * 2)),
      WARM_UPS,
    );
    return [
      ratioRow({
        label: `one session x ${IN_FLIGHT} pipelined, correct echo`,
        samples: project(samples, ({ rate }) => rate),
        base: FLOOR,
        format: (rate) => `${Math.round(rate)}/s`,
        target: { atLeast: 0.7 },
      }),
      plainRow(
        'wrong answers and errors',
        samples,
        (tallies) => {
          const faults = sum(tallies.map((tally) => tally.faults));
          return { text: String(faults), value: faults };
        },
        { atMost: 0 },
      ),
    ];
  },
};

const big: RemoteMeasure = {
  name: '5 MB answer',
  async rows({ subjects, pace }) {
    const samples = await inRounds(
      subjects,
      pace.rounds,
      (subject) => connected(subject, ({ session }) => bigAnswer(session)),
      WARM_UPS,
    );
    return [ratioRow({ label: '5 MB answer', samples, base: FLOOR, format: milliseconds, target: { atMost: 1.5 } })];
  },
};

const notifications: RemoteMeasure = {
  name: 'burst of notifications',
  async rows({ subjects, pace }) {
    const count = NOTIFICATIONS * pace.share;
    const samples = await inRounds(
      subjects,
      pace.rounds,
      (subject) => connected(subject, ({ session }) => burst(session, count, BYTES)),
      WARM_UPS,
    );
    return [
      ratioRow({
        label: `burst of ${count} x ${BYTES} B notifications`,
        samples: project(samples, ({ ms }) => ms),
        base: FLOOR,
        format: milliseconds,
        target: { atMost: 1.3 },
      }),
      plainRow('lost / out of order', samples, ofDeliveries, { atMost: 0 }),
    ];
  },
};

const memory: RemoteMeasure = {
  name: 'memory',
  async rows({ subjects, fresh, pace }) {
    if (!processesAreReadable) return [];
    const rounds = pace.quick ? MEMORY_ROUNDS.quick : MEMORY_ROUNDS.full;
    const samples = await inRounds(subjects, rounds, async (subject) => {
      const started = subject.gateway === null ? [subject] : await fresh();
      const own = started.find(({ name }) => name === subject.name) ?? subject;
      try {
        return await connected(own, async ({ session, transport }) => {
          for (let turn = 0; turn < ECHOES_BEFORE_PEAK; turn++) await session.callTool('echo', { text: `${turn}` });
          await bigAnswer(session);
          await burst(session, NOTIFICATIONS * pace.share, BYTES);
          return residentPeak([transport.pid, ...(own.gateway ? [own.gateway.pid] : [])]);
        });
      } finally {
        if (subject.gateway !== null) for (const { gateway } of started) await gateway?.stop();
      }
    });
    const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
    return [
      ratioRow({
        label: 'peak memory of all its processes together',
        samples,
        base: MCP_REMOTE,
        format: megabytes,
        target: { atMost: 0.35 },
      }),
    ];
  },
};

const processes: RemoteMeasure = {
  name: 'ten sessions',
  async rows({ subjects }) {
    if (!processesAreReadable) return [];
    const samples = await inRounds(
      subjects.filter(({ gateway }) => gateway !== null),
      1,
      async ({ command, gateway }) => {
        const clients = await Promise.all(Array.from({ length: SESSIONS }, () => startSession(command)));
        for (const { session } of clients) {
          await session.initialize();
          await session.confirm();
          await session.callTool('echo', { text: 'here' });
        }
        const below = gateway === null ? 0 : processTree(gateway.pid).length - 1;
        await Promise.all(clients.map(({ transport }) => ended(transport)));
        return below;
      },
    );
    const cell = (values: readonly number[]) => ({ text: String(median(values)), value: median(values) });
    return [plainRow(`processes that ${SESSIONS} sessions add below the gateway`, samples, cell, { atMost: 0 })];
  },
};

export const REMOTE_MEASURES: readonly RemoteMeasure[] = [
  ready,
  echo,
  pipelined,
  big,
  notifications,
  memory,
  processes,
];

interface Client {
  readonly session: Session;
  readonly transport: StdioTransport;
}

/** A client whose program has just been started. */
async function startSession(command: RemoteSubject['command']): Promise<Client> {
  const opened: StdioTransport[] = [];
  const session = await Session.over(async (events) => {
    const transport = new StdioTransport(command, events);
    opened.push(transport);
    return transport;
  });
  const [transport] = opened;
  if (!transport) throw new Error('a session has a transport once it is open');
  return { session, transport };
}

/** Runs the work in a client that has shaken hands, and ends it. */
async function connected<T>({ command }: RemoteSubject, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await startSession(command);
  try {
    await client.session.initialize();
    await client.session.confirm();
    // What the front makes at its first call, a connection and a stream, is not what is measured.
    await client.session.callTool('echo', { text: 'hello' });
    return await work(client);
  } finally {
    await ended(client.transport);
  }
}

/** Closes its stdin as a client does that quits; a program that stays is killed. */
async function ended(transport: StdioTransport): Promise<void> {
  await Promise.race([transport.close(), delay(GRACE_MS)]);
  transport.vanish();
}

async function pipelinedFor(session: Session, windowMs: number): Promise<{ rate: number; faults: number }> {
  const count = { correct: 0, faults: 0 };
  const started = performance.now();
  const keepAsking = async (lane: number): Promise<void> => {
    for (let turn = 0; performance.now() - started < windowMs; turn++) {
      const text = `${lane}-${turn}-${'x'.repeat(40)}`;
      const right = await session.callTool('echo', { text }).then(
        (answer) => answer === text,
        () => false,
      );
      if (right) count.correct++;
      else count.faults++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, (_, lane) => keepAsking(lane)));
  return { rate: (count.correct * 1000) / (performance.now() - started), faults: count.faults };
}

async function bigAnswer(session: Session): Promise<number> {
  const started = performance.now();
  const answer = await session.callTool('big', { bytes: BIG_BYTES }, 10_000);
  const took = performance.now() - started;
  if (answer.length !== BIG_BYTES) throw new Error('a wrong answer');
  return took;
}
