import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isObject } from '../../app/base/schema/index.ts';
import { addressOf } from '../support/tcp.ts';
import { type Asked, type ClientEra, play } from './client-driver.ts';
import { ClientGateway } from './client-gateway.ts';

const suite = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/dist/index.js');
const THREAD = new URL('suite-thread.ts', import.meta.url);
const ASK = join(import.meta.dirname, 'ask.sh');

/** Milliseconds after which the suite gives a client up. Its own 30 s are an idle machine's. */
const LONGEST = 120_000;

const REVISIONS = ['2025-11-25', '2026-07-28'] as const;
const ERAS = ['legacy', 'auto'] as const satisfies readonly ClientEra[];

/** What a revision requires of clients, as the suite lists it. */
async function required(revision: string): Promise<readonly string[]> {
  const yaml = await readFile(join(dirname(suite), '../requirements', `${revision}.yaml`), 'utf8');
  const [, list = ''] = /^client:\n((?: {2}- .*\n)+)/m.exec(yaml) ?? [];
  return [...list.matchAll(/^ {2}- (.*)$/gm)].map(([, name = '']) => name);
}

/** As many scenarios run at the same time (vitest.config.ts), each in front of a gateway. */
const AT_ONCE = 4;

/** Gateways that no scenario uses just now. */
const idle: ClientGateway[] = [];

/** The suite, loaded once for many scenarios. A scenario keeps what it has seen of a client, so that each is run once in a thread. */
class SuiteThread {
  readonly #worker = new Worker(THREAD, { workerData: { suite }, execArgv: [], stdout: true, stderr: true });
  readonly #run = new Set<string>();
  #output = '';

  constructor() {
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
  }

  /** Whether this scenario has not been run here yet. */
  isFreshFor(scenario: string): boolean {
    return !this.#run.has(scenario);
  }

  /** Runs the suite with these arguments. Resolves with the status it ends with; rejects when the thread breaks down. */
  async run(scenario: string, args: readonly string[]): Promise<{ exitCode: unknown; output: string }> {
    this.#run.add(scenario);
    this.#output = '';
    this.#worker.postMessage(args);
    const [exitCode] = await once(this.#worker, 'message');
    return { exitCode, output: this.#output };
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** Threads that run no scenario just now. */
const threads: SuiteThread[] = [];

function threadFor(scenario: string): SuiteThread {
  const index = threads.findIndex((thread) => thread.isFreshFor(scenario));
  const [found = new SuiteThread()] = index < 0 ? [] : threads.splice(index, 1);
  return found;
}

/** Runs one scenario of the suite with `mcp-gangway connect` in front of its server; 0 when every check has passed. */
async function runScenario(scenario: string, revision: string, era: ClientEra) {
  let trouble = '';
  const answering = createServer((socket) => {
    void answer(socket, { scenario, revision }, era).then((error) => {
      trouble += error;
    });
  });
  answering.listen(0, '127.0.0.1');
  await once(answering, 'listening');
  const command = `bash ${ASK} ${addressOf(answering).port}`;
  const scene = ['--scenario', scenario, '--spec-version', revision, '--timeout', String(LONGEST)];
  const thread = threadFor(scenario);
  const { exitCode, output } = await thread.run(scenario, ['client', '--command', command, ...scene, '--verbose']);
  threads.push(thread);
  answering.close();
  return { exitCode, output: output + trouble };
}

/** Plays the client that the suite has started, and ends it. Resolves with what went wrong; empty when nothing did. */
async function answer(socket: Socket, about: Pick<Asked, 'scenario' | 'revision'>, era: ClientEra): Promise<string> {
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const url = String((await lines.next()).value);
  const context: unknown = JSON.parse(String((await lines.next()).value));
  const gateway = idle.pop();
  try {
    if (gateway === undefined) throw new Error('more scenarios run at the same time than there are gateways');
    await play({ ...about, url, context: isObject(context) ? context : {} }, era, gateway);
    socket.end('0\n');
    return '';
  } catch (error) {
    // Some scenarios are about a client that goes no further.
    socket.end('1\n');
    return error instanceof Error ? String(error.stack) : String(error);
  } finally {
    if (gateway !== undefined) idle.push(gateway);
  }
}

// Before the suite listens anywhere: it might take the port that a gateway is about to.
beforeAll(async () => {
  await Promise.all(Array.from({ length: AT_ONCE }, async () => idle.push(await ClientGateway.start())));
}, LONGEST);

afterAll(async () => {
  await Promise.all([...threads, ...idle].map((started) => started.stop()));
});

for (const revision of REVISIONS) {
  const scenarios = await required(revision);

  test(`the suite lists what revision ${revision} requires of clients`, () => {
    expect(scenarios).toHaveLength(revision === '2025-11-25' ? 18 : 32);
  });

  describe.each(ERAS)(`a server of the suite in ${revision} behind us and a client that is %s`, (era) => {
    test.concurrent.each(scenarios)(
      'meets %s',
      async (scenario) => {
        const { exitCode, output } = await runScenario(scenario, revision, era);
        expect(exitCode, output).toBe(0);
      },
      LONGEST + 10_000,
    );
  });
}

/** The oldest revision with a sign-in, in no list of requirements: servers of it are still there. */
test.each(['auth/2025-03-26-oauth-metadata-backcompat', 'auth/2025-03-26-oauth-endpoint-fallback'])(
  'a server of the suite in 2025-03-26 behind us and a client that is legacy meets %s',
  async (scenario) => {
    const { exitCode, output } = await runScenario(scenario, '2025-03-26', 'legacy');
    expect(exitCode, output).toBe(0);
  },
  LONGEST + 10_000,
);
