import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { inject, onTestFinished } from 'vitest';
import { COMPILED } from './programs.ts';
import { freePort } from './tcp.ts';

/** How long a program may take for what it takes milliseconds for when the machine is idle. */
const PATIENCE = 30_000;

/** The program under test as a real process, its output collected. It is gone when the test is over, unless tests share it. */
export class CliProcess {
  readonly child: ChildProcess;
  out = '';
  err = '';
  #exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  #waiting: (() => void)[] = [];

  constructor(args: readonly string[], options: CliOptions = {}) {
    const [program = process.execPath, ...before] = options.command ?? [
      process.execPath,
      options.script ?? inject('cli'),
    ];
    const { PATH, HOME } = process.env;
    this.child = spawn(program, [...before, ...args], {
      env: { PATH, HOME, ...COMPILED, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.out += text;
      this.#wake();
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.err += text;
      this.#wake();
    });
    // 'close' comes when the output has been read to its end as well.
    this.#exited = once(this.child, 'close').then(([code, signal]) => {
      this.#wake();
      return { code, signal };
    });
    if (options.isShared !== true) onTestFinished(() => this.end());
  }

  /** Ends it by force, if it has not ended yet. */
  async end(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.#exited;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves when the collected output matches; rejects with all of it when the program ends or time runs out first. */
  async until(output: 'out' | 'err', pattern: RegExp): Promise<void> {
    const deadline = setTimeout(() => this.#wake(), PATIENCE);
    const start = performance.now();
    try {
      while (!pattern.test(this[output])) {
        const ended = this.child.exitCode !== null || this.child.signalCode !== null;
        if (ended || performance.now() - start >= PATIENCE) {
          throw new Error(`${output} never matched ${pattern}:\n${this.out}\n${this.err}`);
        }
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Resolves with the exit status once the process has ended and its output is read; a signal's name if one ended it. */
  async exit(): Promise<number | NodeJS.Signals | null> {
    const { code, signal } = await this.#exited;
    return code ?? signal;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

export interface CliOptions {
  /** What Node runs; the bundled command line unless given. */
  readonly script?: string;
  /** The whole command in front of the arguments, where it is not simply Node with a script. */
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether several tests use it: what starts it in `beforeAll` calls `end` in `afterAll`. */
  readonly isShared?: boolean;
}

/** Runs `serve` on a free port and waits until it is ready. */
export async function startCli(args: readonly string[] = [], options: CliOptions = {}) {
  const port = await freePort();
  const cli = new CliProcess(['-p', String(port), ...args], options);
  await cli.until('err', /\[INFO\] listening on|mcp-gangway: /);
  return { cli, port, url: `http://127.0.0.1:${port}` };
}
