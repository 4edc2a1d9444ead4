import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { endWithUs } from './end-with-us.ts';

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  /** Files to write into the program's working folder first, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Variables in the place of ours; a `Program` has those of its folder all the same. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The variables with which a program keeps its files below this folder: nobody's settings or logs are read or written by a measurement. */
export function homeIn(folder: string): Readonly<Record<string, string>> {
  return { HOME: folder, XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder, XDG_DATA_HOME: folder };
}

const READY_WITHIN_MS = 10_000;
const POLL_MS = 1;
const GRACE_MS = 2_000;
/** Characters of a program's output that are shown when it ends unasked. */
const LAST_WORDS = 1_000;

/** A program under test: started in its own process group and folder, its output kept in a file so that nobody has to read along. */
export class Program {
  readonly pid: number;
  /** From spawn to the first time `isReady` said yes, ms. */
  readonly startMs: number;
  readonly #child: ChildProcess;
  readonly #folder: string;
  #stopping = false;

  private constructor(child: ChildProcess, pid: number, folder: string, startMs: number) {
    this.#child = child;
    this.pid = pid;
    this.#folder = folder;
    this.startMs = startMs;
  }

  /** Throws, with the end of what the program wrote, when it ends or is not ready within 10 s. */
  static async start(name: string, command: Command, isReady: () => Promise<boolean>): Promise<Program> {
    const folder = mkdtempSync(join(tmpdir(), 'gangway-bench-'));
    for (const [file, text] of Object.entries(command.files ?? {})) writeFileSync(join(folder, file), text);
    const output = openSync(join(folder, 'output'), 'w');
    const started = performance.now();
    const child = spawn(command.command, command.args, {
      cwd: folder,
      detached: true,
      stdio: ['ignore', output, output],
      env: { ...process.env, ...command.env, ...homeIn(folder) },
    });
    closeSync(output);
    endWithUs(child);
    await once(child, 'spawn');
    const program = (startMs: number) => new Program(child, child.pid ?? 0, folder, startMs);
    while (!(await isReady())) {
      const late = performance.now() - started > READY_WITHIN_MS;
      if (late || child.exitCode !== null || child.signalCode !== null) {
        const unready = program(0);
        const said = unready.#lastWords();
        await unready.stop();
        throw new Error(`${name} did not start: ${said}`);
      }
      await delay(POLL_MS);
    }
    const ready = program(performance.now() - started);
    child.once('exit', (code, signal) => {
      if (ready.#stopping) return;
      process.stderr.write(`${name} has ended (${code ?? signal}): ${ready.#lastWords()}\n`);
    });
    return ready;
  }

  /** The home of the same person, for another program. */
  get home(): Readonly<Record<string, string>> {
    return homeIn(this.#folder);
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends the whole process group: SIGTERM, then SIGKILL after 2 s. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.isRunning) {
      const exited = once(this.#child, 'exit');
      this.#signal('SIGTERM');
      await Promise.race([exited, delay(GRACE_MS, undefined, { ref: false })]);
    }
    // Also for what is left of the group when its leader has ended.
    this.#signal('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #lastWords(): string {
    return readFileSync(join(this.#folder, 'output'), 'utf8').slice(-LAST_WORDS);
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has a port');
  return address.port;
}
