import type { Readable } from 'node:stream';
import type { Log } from '../../base/log.ts';
import { endGroup, KILLED, signalGroup } from './process-group.ts';
import type { ChildProcess } from './start.ts';

/** How long a child may take to leave, in milliseconds. */
export interface Graces {
  /** After the end of its stdin, before SIGTERM. */
  readonly endOfInput: number;
  /** After SIGTERM, before SIGKILL. */
  readonly terminate: number;
}

/** Together below five seconds: as long as a person waits for a program to quit. */
export const GRACES: Graces = { endOfInput: 2000, terminate: 2000 };

/**
 * The way out for a child (MCP lifecycle, Shutdown, stdio): the end of its input, then SIGTERM, then SIGKILL, both to its whole
 * process group, since `npx` and shells hide the real server behind them. Whatever it leaves behind is ended as well.
 */
export class Shutdown {
  readonly #process: ChildProcess;
  readonly #graces: Graces;
  readonly #log: Log;
  readonly #gone = Promise.withResolvers<void>();
  #timer: NodeJS.Timeout | undefined;
  /** When SIGKILL is due, once SIGTERM was sent. */
  #killAt: number | null = null;

  constructor(process: ChildProcess, graces: Graces, log: Log) {
    this.#process = process;
    this.#graces = graces;
    this.#log = log;
  }

  /** Resolves when no process of the group is left. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  begin(): void {
    this.#process.stdin.end();
    this.#after(this.#graces.endOfInput, () => {
      this.#signal('SIGTERM');
      this.#killAt = performance.now() + this.#graces.terminate;
      this.#after(this.#graces.terminate, () => {
        this.#signal('SIGKILL');
        this.#after(KILLED, () => {
          this.#log.error('The server cannot be killed', { pid: this.#process.pid ?? null });
          this.#gone.resolve();
        });
      });
    });
  }

  /** The process has exited, by our doing or not. */
  exited(): void {
    clearTimeout(this.#timer);
    const grace = this.#killAt === null ? this.#graces.terminate : this.#killAt - performance.now();
    endGroup(this.#pid, grace, () => this.#gone.resolve());
  }

  #signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#log.info(`The server did not leave; sending ${signal}`, { pid: this.#pid });
    signalGroup(this.#pid, signal);
  }

  #after(milliseconds: number, then: () => void): void {
    this.#timer = setTimeout(then, milliseconds);
  }

  get #pid(): number {
    return this.#process.pid ?? 0;
  }
}

/** Turns of the event loop without a byte after which nothing is left in a pipe. */
const QUIET_TURNS = 3;

/** Milliseconds after which a process that is gone has said enough: something it left behind keeps on writing. */
const LONGEST = 1000;

/**
 * Calls `done` when all that an exited process wrote has been read. The pipes' own end is no measure: a grandchild may hold
 * them for ever. What the process itself wrote is in the pipe already, so some turns of the event loop fetch it. While a reader has paused
 * the flow, its time does not run.
 */
export function whenDrained(pipes: readonly Readable[], done: () => void): void {
  let quiet = 0;
  const count = () => {
    quiet = 0;
  };
  for (const pipe of pipes) pipe.on('data', count);
  let deadline = performance.now() + LONGEST;
  const look = () => {
    if (pipes.some((pipe) => pipe.isPaused())) {
      deadline = performance.now() + LONGEST;
      const paused = pipes.filter((pipe) => pipe.isPaused());
      paused[0]?.once('resume', () => setImmediate(look));
      quiet = 0;
      return;
    }
    quiet++;
    const open = pipes.some((pipe) => !pipe.readableEnded && !pipe.destroyed);
    if (open && quiet <= QUIET_TURNS && performance.now() < deadline) {
      setImmediate(look);
      return;
    }
    for (const pipe of pipes) pipe.off('data', count);
    done();
  };
  setImmediate(look);
}
