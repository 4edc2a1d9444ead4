import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { endWithUs } from '../bench/common/end-with-us.ts';
import {
  type Answer,
  answerOf,
  type CompatClient,
  INITIALIZE,
  inTime,
  type Message,
  MODERN_META,
  PATIENCE,
  replyTo,
  type Sent,
} from './client.ts';

export interface StdioCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** How long a server may take to leave after the end of its input before it gets SIGTERM, and then SIGKILL, in milliseconds. */
const GRACE = 2_000;
const STDERR_SHOWN = 400;

/** A program that speaks MCP over its pipes, and the client that started it. */
export class StdioClient implements CompatClient {
  hello: Answer = {};
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiting = new Map<number, PromiseWithResolvers<Answer>>();
  readonly #exited: Promise<string>;
  readonly #meta: object | undefined;
  #lastId = 0;
  #open = '';
  #stderr = '';
  #end: Error | undefined;

  private constructor({ command, args, env, cwd }: StdioCommand, meta?: object) {
    this.#meta = meta;
    // A group of its own: what the server starts ends with it.
    this.child = spawn(command, args, { env, cwd, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    endWithUs(this.child);
    this.child.stdin.on('error', () => undefined);
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_SHOWN);
    });
    this.#exited = new Promise((resolve) => {
      this.child.once('error', (error) => resolve(error.message));
      this.child.once('exit', (code, signal) => resolve(String(signal ?? code)));
    });
    void this.#exited.then((status) => this.#fail(new Error(`ended with ${status}: ${this.#stderr.trim()}`)));
  }

  /** Starts the program and greets it with `initialize`. */
  static async legacy(command: StdioCommand): Promise<StdioClient> {
    const client = new StdioClient(command);
    client.hello = await client.#greet('initialize', INITIALIZE);
    client.#write({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return client;
  }

  /** Starts the program and greets it with `server/discover`, with the fields of 2026-07-28 in each request. */
  static async modern(command: StdioCommand): Promise<StdioClient> {
    const client = new StdioClient(command, MODERN_META);
    client.hello = await client.#greet('server/discover', {});
    return client;
  }

  get pids(): readonly number[] {
    return this.child.pid === undefined ? [] : [this.child.pid];
  }

  request(method: string, params: object = {}): Promise<Answer> {
    return this.send(method, params).answer;
  }

  send(method: string, params: object = {}): Sent {
    const id = ++this.#lastId;
    const waiting = Promise.withResolvers<Answer>();
    this.#waiting.set(id, waiting);
    if (this.#end) this.#fail(this.#end);
    const full = this.#meta === undefined ? params : { ...params, _meta: this.#meta };
    this.#write({ jsonrpc: '2.0', id, method, params: full });
    return {
      answer: inTime(method, waiting.promise),
      cancel: async () =>
        this.#write({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason: 'compat' } }),
    };
  }

  /** Ends the input, then asks by signals (2025-11-25, Lifecycle, Shutdown). Resolves with what it took. */
  async close(): Promise<string> {
    this.child.stdin.end();
    const leavesByItself = await this.#leaves(GRACE);
    // Also for what it has started and left behind.
    this.#signal('SIGTERM');
    if (leavesByItself) return 'leaves by itself';
    const leavesOnTerm = await this.#leaves(GRACE);
    this.#signal('SIGKILL');
    if (leavesOnTerm) return 'leaves on SIGTERM';
    await inTime('the end of a killed process', this.#exited);
    return 'has to be killed';
  }

  /** The status once the process has exited by itself; rejects if it does not in time. */
  async exit(patience = PATIENCE): Promise<string> {
    return inTime('the exit', this.#exited, patience);
  }

  async #greet(method: string, params: object): Promise<Answer> {
    try {
      return await this.request(method, params);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async #leaves(patience: number): Promise<boolean> {
    try {
      await inTime('the exit', this.#exited, patience);
      return true;
    } catch {
      // The deadline.
      return false;
    }
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      if (this.child.pid !== undefined) process.kill(-this.child.pid, signal);
    } catch (error) {
      // ESRCH: the group has ended.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }

  #write(message: object): void {
    this.child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  #fail(error: Error): void {
    this.#end = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #take(text: string): void {
    const lines = (this.#open + text).split('\n');
    this.#open = lines.pop() ?? '';
    for (const line of lines) {
      const message = parsed(line);
      if (message === undefined) continue;
      if (message.method !== undefined && message.id !== undefined) this.#write(replyTo(message));
      if (message.method !== undefined || typeof message.id !== 'number') continue;
      this.#waiting.get(message.id)?.resolve(answerOf(message));
      this.#waiting.delete(message.id);
    }
  }
}

/** A line that is no JSON object is passed over: some servers print their greeting to stdout. */
function parsed(line: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
