import type { Log } from '../../log/log.ts';
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
